//! The link to one participant: which attempt stands, and when the next one is due.
//!
//! The offerer numbers the attempts and starts each. The answerer follows the newest offer, and asks for another when
//! there is none or it came to nothing. Signals may be lost, late or out of order, so every wait has an end: an attempt
//! is given up in time, and a question without an answer is asked again.

use std::time::Duration;

use conclave_protocol::ids::{LinkGeneration, OfferRound, ParticipantId};
use conclave_protocol::signal::{IceCandidate, Signal};
use conclave_protocol::snapshot::{LinkPhase, VerifiedIdentity};

use crate::attempt::{Attempt, CameUp, Verdict};
use crate::context::Context;
use crate::effect::LinkRole;
use crate::input::LinkEvent;
use crate::time::Timestamp;

/// How long the answerer waits for an offer before it asks for one, and asks again.
const ASK_AFTER: Duration = Duration::from_secs(4);
/// The least time from one opening to the next, doubling with each failure up to the greatest.
const LEAST_GAP: Duration = Duration::from_millis(500);
const GREATEST_GAP: Duration = Duration::from_secs(4);
/// An offer younger than this may be on its way to an answerer who says it has none yet.
const OFFER_TRAVELS: Duration = Duration::from_secs(2);
/// When the server is back, what was to wait waits at most this long.
const HURRIED: Duration = Duration::from_millis(500);
/// After this many failures in a row the person is told.
const TROUBLE: u32 = 3;
/// Candidates that are kept for an offer which hasn't come yet.
const EARLY_CANDIDATES: usize = 64;

/// The link to one participant.
#[derive(Debug)]
pub(crate) struct Link {
    peer: ParticipantId,
    /// Of the next attempt; the standing one keeps its own.
    role: LinkRole,
    /// Of the standing attempt, or of the latest that was.
    generation: LinkGeneration,
    attempt: Option<Attempt>,
    /// Without an attempt: when the offerer opens one, when the answerer asks for one.
    next_move: Timestamp,
    question: Question,
    failures: u32,
    history: History,
    early: EarlyCandidates,
}

/// Whether the answerer has asked for an offer that hasn't come.
#[derive(Debug, PartialEq, Eq)]
enum Question {
    NotAsked,
    Asked,
}

#[derive(Debug, PartialEq, Eq)]
enum History {
    NeverConnected,
    WasConnected,
}

/// What others have to know of a link.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LinkNews {
    /// It is up, or up again.
    Up,
    /// It failed several times in a row.
    Trouble,
}

/// Candidates of the newest generation whose offer hasn't come yet.
#[derive(Debug, Default)]
struct EarlyCandidates {
    generation: LinkGeneration,
    candidates: Vec<IceCandidate>,
}

impl Link {
    pub(crate) fn new(now: Timestamp, peer: ParticipantId, role: LinkRole) -> Self {
        Self {
            peer,
            role,
            generation: LinkGeneration::default(),
            attempt: None,
            next_move: match role {
                LinkRole::Offerer => now,
                LinkRole::Answerer => now + ASK_AFTER,
            },
            question: Question::NotAsked,
            failures: 0,
            history: History::NeverConnected,
            early: EarlyCandidates::default(),
        }
    }

    pub(crate) fn role(&self) -> LinkRole {
        self.role
    }

    pub(crate) fn phase(&self) -> LinkPhase {
        match (self.attempt.as_ref().is_some_and(Attempt::is_connected), &self.history) {
            (true, _) => LinkPhase::Connected,
            (false, History::WasConnected) => LinkPhase::Reconnecting,
            (false, History::NeverConnected) => LinkPhase::Connecting,
        }
    }

    /// The attempt that stands, if it is this one.
    pub(crate) fn attempt(&mut self, generation: LinkGeneration) -> Option<&mut Attempt> {
        self.attempt.as_mut().filter(|attempt| attempt.generation() == generation)
    }

    /// The attempt's generation while it is connected.
    pub(crate) fn connected(&self) -> Option<LinkGeneration> {
        let connected = self.attempt.as_ref().filter(|attempt| attempt.is_connected());
        connected.map(Attempt::generation)
    }

    /// The attempt's generation while it is connected, or was and may be again.
    pub(crate) fn alive(&self) -> Option<LinkGeneration> {
        let alive = self.attempt.as_ref().filter(|attempt| attempt.is_alive());
        alive.map(Attempt::generation)
    }

    /// Who the other end has proven to be.
    pub(crate) fn verified(&self) -> Option<&VerifiedIdentity> {
        self.attempt.as_ref().and_then(Attempt::verified)
    }

    /// The generation of the attempt that stands, whatever its state.
    pub(crate) fn standing(&self) -> Option<LinkGeneration> {
        self.attempt.as_ref().map(Attempt::generation)
    }

    /// The join orders say otherwise than before. A link that works is left alone: both its ends know who offers in it.
    pub(crate) fn set_role(&mut self, cx: &mut Context<'_>, role: LinkRole) {
        if self.role == role {
            return;
        }
        self.role = role;
        if self.alive().is_none() {
            self.next_move = cx.now;
            if let Some(attempt) = self.attempt.take() {
                self.next_move = cx.now.max(attempt.opened() + LEAST_GAP);
                attempt.close(cx);
            }
        }
    }

    pub(crate) fn event(
        &mut self,
        cx: &mut Context<'_>,
        generation: LinkGeneration,
        event: LinkEvent,
    ) -> Option<LinkNews> {
        let attempt = self.attempt(generation)?;
        match event {
            LinkEvent::LocalDescription { round, sdp } => attempt.local_description(cx, round, sdp),
            LinkEvent::LocalCandidate(candidate) => attempt.local_candidate(cx, candidate),
            LinkEvent::Verified(identity) => attempt.set_verified(identity),
            LinkEvent::Connected => {
                if attempt.connected(cx.now) == CameUp::Yes {
                    self.history = History::WasConnected;
                    return Some(LinkNews::Up);
                }
            }
            LinkEvent::Interrupted => attempt.interrupted(cx.now),
            LinkEvent::Failed => return self.give_up(cx),
            // Between the participants, not about the link.
            LinkEvent::Message(_) => {}
        }
        None
    }

    pub(crate) fn signal(&mut self, cx: &mut Context<'_>, signal: Signal) -> Option<LinkNews> {
        match signal {
            Signal::Offer { generation, round, sdp } => return self.offered(cx, generation, round, sdp),
            Signal::RebuildRequest { generation } => return self.asked_to_rebuild(cx, generation),
            Signal::Answer { generation, round, sdp } => {
                if let Some(attempt) = self.attempt(generation) {
                    attempt.remote_answer(cx, round, sdp);
                }
            }
            Signal::RestartRequest { generation } => {
                if let Some(attempt) = self.attempt(generation) {
                    attempt.restart_requested(cx);
                }
            }
            Signal::Candidate { generation, candidate } => {
                if let Some(attempt) = self.attempt(generation) {
                    attempt.remote_candidate(cx, candidate);
                } else if generation > self.generation {
                    self.early.keep(generation, candidate);
                }
            }
            // Between the participants, not about the link.
            Signal::Hello { .. } => {}
        }
        None
    }

    /// The server was away: signals may be lost, so don't wait for their effect.
    pub(crate) fn hurry(&mut self, now: Timestamp) {
        match &mut self.attempt {
            Some(attempt) => attempt.hurry(now),
            None => self.next_move = self.next_move.min(now + HURRIED),
        }
    }

    /// Gives up what took too long.
    pub(crate) fn expire(&mut self, cx: &mut Context<'_>) -> Option<LinkNews> {
        match self.attempt.as_mut()?.expire(cx) {
            Verdict::GoOn => None,
            Verdict::GiveUp => self.give_up(cx),
        }
    }

    /// Starts the next attempt, or asks for it, when it is time.
    pub(crate) fn advance(&mut self, cx: &mut Context<'_>) -> Option<LinkNews> {
        if self.attempt.is_some() || self.next_move > cx.now {
            return None;
        }
        match self.role {
            LinkRole::Offerer => {
                self.open(cx, self.generation.next());
                None
            }
            LinkRole::Answerer => self.ask(cx),
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        match &self.attempt {
            Some(attempt) => attempt.next_deadline(),
            None => Some(self.next_move),
        }
    }

    /// Closes what stands. Nothing follows: the link is to be dropped.
    pub(crate) fn close(self, cx: &mut Context<'_>) {
        if let Some(attempt) = self.attempt {
            attempt.close(cx);
        }
    }

    fn open(&mut self, cx: &mut Context<'_>, generation: LinkGeneration) {
        self.generation = generation;
        self.question = Question::NotAsked;
        self.attempt = Some(Attempt::open(cx, self.peer, generation, self.role));
    }

    fn ask(&mut self, cx: &mut Context<'_>) -> Option<LinkNews> {
        let unanswered = self.question == Question::Asked;
        self.question = Question::Asked;
        self.next_move = cx.now + ASK_AFTER;
        let generation = self.generation;
        cx.signal(self.peer, Signal::RebuildRequest { generation });
        if unanswered { self.count_failure() } else { None }
    }

    fn offered(
        &mut self,
        cx: &mut Context<'_>,
        generation: LinkGeneration,
        round: OfferRound,
        sdp: String,
    ) -> Option<LinkNews> {
        if let Some(attempt) = self.attempt(generation) {
            attempt.remote_offer(cx, round, sdp);
            return None;
        }
        if self.role == LinkRole::Offerer || generation <= self.generation {
            return None;
        }
        let news = self.give_up(cx);
        self.open(cx, generation);
        let early = self.early.take(generation);
        if let Some(attempt) = &mut self.attempt {
            attempt.remote_offer(cx, round, sdp);
            for candidate in early {
                attempt.remote_candidate(cx, candidate);
            }
        }
        news
    }

    /// The answerer gives a generation up. A request about an earlier one than stands was crossed by what it asks for.
    /// One about a later one comes from somebody whom this end has forgotten and met again: the count goes on from
    /// there, or its offers would be taken for old ones.
    fn asked_to_rebuild(&mut self, cx: &mut Context<'_>, generation: LinkGeneration) -> Option<LinkNews> {
        if self.role != LinkRole::Offerer {
            return None;
        }
        if let Some(attempt) = &self.attempt {
            let honoured = if generation == LinkGeneration::default() {
                // One that isn't made yet would only be made anew.
                attempt.described().is_some_and(|at| cx.now.since(at) >= OFFER_TRAVELS)
            } else {
                generation >= self.generation
            };
            if !honoured {
                return None;
            }
        }
        self.generation = self.generation.max(generation);
        self.give_up(cx)
    }

    fn give_up(&mut self, cx: &mut Context<'_>) -> Option<LinkNews> {
        let attempt = self.attempt.take()?;
        if attempt.held(cx.now) {
            self.failures = 0;
        }
        let news = self.count_failure();
        self.next_move = cx.now.max(attempt.opened() + gap_after(self.failures));
        attempt.close(cx);
        news
    }

    fn count_failure(&mut self) -> Option<LinkNews> {
        self.failures = self.failures.saturating_add(1);
        (self.failures == TROUBLE).then_some(LinkNews::Trouble)
    }
}

fn gap_after(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(8);
    LEAST_GAP.saturating_mul(1 << doublings).min(GREATEST_GAP)
}

impl EarlyCandidates {
    fn keep(&mut self, generation: LinkGeneration, candidate: IceCandidate) {
        if generation > self.generation {
            self.generation = generation;
            self.candidates.clear();
        }
        if generation == self.generation && self.candidates.len() < EARLY_CANDIDATES {
            self.candidates.push(candidate);
        }
    }

    /// Those of this generation, whose offer has come; earlier ones are forgotten.
    fn take(&mut self, generation: LinkGeneration) -> Vec<IceCandidate> {
        if self.generation > generation {
            return Vec::new();
        }
        let of_this_one = self.generation == generation;
        let candidates = std::mem::take(&mut self.candidates);
        if of_this_one { candidates } else { Vec::new() }
    }
}
