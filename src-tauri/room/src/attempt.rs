//! One attempt at a link: a single connection, from its opening to its end.

use std::time::Duration;

use conclave_protocol::ids::{LinkGeneration, OfferRound, ParticipantId};
use conclave_protocol::line::{TileSize, VideoLine};
use conclave_protocol::signal::{IceCandidate, Signal};
use conclave_protocol::snapshot::{ServerPresence, VerifiedIdentity};

use crate::context::Context;
use crate::effect::{Effect, LinkRole, RemoteSignal};
use crate::time::Timestamp;

/// How long a connection may take to come up once this end has described itself, and how long this end may take for that.
/// Host candidates need below a second, relayed ones a few; a DTLS handshake that lost the wrong packet never ends and
/// fails without a word.
const CONNECT_WITHIN: Duration = Duration::from_secs(8);
/// How long a connection of which signals may have been lost still gets.
const HURRIED: Duration = Duration::from_secs(1);
/// When ICE is restarted after nothing arrived any more.
const RESTARTS_AFTER: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];
/// A restart in less than this after another would only break that one.
const RESTART_GAP: Duration = Duration::from_secs(1);
/// How long an interrupted connection is kept once it can be repaired, which takes a server. Without one it may come
/// back by itself, and nothing could take its place.
const REPAIR_WITHIN: Duration = Duration::from_secs(8);
/// A connection that held this long counts as a success, whatever became of it.
const HELD: Duration = Duration::from_secs(10);

/// One connection to one participant. Lives from `OpenLink` to `CloseLink`.
#[derive(Debug)]
pub(crate) struct Attempt {
    peer: ParticipantId,
    generation: LinkGeneration,
    role: LinkRole,
    opened: Timestamp,
    state: State,
    /// The latest offer's: of the offerer, as soon as it is to be made; of the answerer, once it has come.
    round: Option<OfferRound>,
    answer: Answer,
    restarted: Option<Timestamp>,
    verified: Option<VerifiedIdentity>,
    camera_demand: TileSize,
    screen_demand: TileSize,
}

#[derive(Debug)]
enum State {
    Connecting {
        /// When this end's description went out.
        described: Option<Timestamp>,
        give_up: Timestamp,
    },
    Connected {
        since: Timestamp,
    },
    Interrupted {
        /// Since when it had been connected.
        connected: Timestamp,
        since: Timestamp,
        next_restart: Option<Timestamp>,
        give_up: Timestamp,
    },
}

/// Whether the latest offer of this end is out and still to be answered.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Awaited,
    NotAwaited,
}

/// What is to become of an attempt.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    GoOn,
    GiveUp,
}

/// Whether an attempt just came up.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CameUp {
    Yes,
    No,
}

impl Attempt {
    pub(crate) fn open(cx: &mut Context<'_>, peer: ParticipantId, generation: LinkGeneration, role: LinkRole) -> Self {
        cx.outbox.push(Effect::OpenLink { peer, generation, role, ice_servers: cx.local.ice_servers.clone() });
        Self {
            peer,
            generation,
            role,
            opened: cx.now,
            state: State::Connecting { described: None, give_up: cx.now + CONNECT_WITHIN },
            round: match role {
                LinkRole::Offerer => Some(OfferRound::FIRST),
                LinkRole::Answerer => None,
            },
            answer: Answer::NotAwaited,
            restarted: None,
            verified: None,
            camera_demand: TileSize::HIDDEN,
            screen_demand: TileSize::HIDDEN,
        }
    }

    pub(crate) fn close(self, cx: &mut Context<'_>) {
        cx.outbox.push(Effect::CloseLink { peer: self.peer, generation: self.generation });
    }

    pub(crate) fn generation(&self) -> LinkGeneration {
        self.generation
    }

    pub(crate) fn verified(&self) -> Option<&VerifiedIdentity> {
        self.verified.as_ref()
    }

    pub(crate) fn set_verified(&mut self, identity: VerifiedIdentity) {
        self.verified = Some(identity);
    }

    pub(crate) fn opened(&self) -> Timestamp {
        self.opened
    }

    pub(crate) fn is_connected(&self) -> bool {
        matches!(self.state, State::Connected { .. })
    }

    /// Whether it is connected, or was and may be again.
    pub(crate) fn is_alive(&self) -> bool {
        !matches!(self.state, State::Connecting { .. })
    }

    /// When its first description went out, while it is coming up.
    pub(crate) fn described(&self) -> Option<Timestamp> {
        match self.state {
            State::Connecting { described, .. } => described,
            State::Connected { .. } | State::Interrupted { .. } => None,
        }
    }

    /// Whether it was connected long enough to count as a success.
    pub(crate) fn held(&self, now: Timestamp) -> bool {
        match self.state {
            State::Connecting { .. } => false,
            State::Connected { since } => now.since(since) >= HELD,
            State::Interrupted { connected, since, .. } => since.since(connected) >= HELD,
        }
    }

    pub(crate) fn connected(&mut self, now: Timestamp) -> CameUp {
        let since = match self.state {
            State::Connecting { .. } => now,
            State::Interrupted { connected, .. } => connected,
            State::Connected { .. } => return CameUp::No,
        };
        self.state = State::Connected { since };
        CameUp::Yes
    }

    pub(crate) fn interrupted(&mut self, now: Timestamp) {
        if let State::Connected { since: connected } = self.state {
            let (next_restart, give_up) = (next_restart(now, now), now + REPAIR_WITHIN);
            self.state = State::Interrupted { connected, since: now, next_restart, give_up };
        }
    }

    /// An offer that another one follows already is not worth sending, nor is its answer.
    pub(crate) fn local_description(&mut self, cx: &mut Context<'_>, round: OfferRound, sdp: String) {
        if self.round != Some(round) {
            return;
        }
        if let State::Connecting { described: described @ None, give_up } = &mut self.state {
            // On a computer that has much to do a description takes its time: what follows has no less for it.
            (*described, *give_up) = (Some(cx.now), cx.now + CONNECT_WITHIN);
        }
        let generation = self.generation;
        let signal = match self.role {
            LinkRole::Offerer => {
                self.answer = Answer::Awaited;
                Signal::Offer { generation, round, sdp }
            }
            LinkRole::Answerer => Signal::Answer { generation, round, sdp },
        };
        self.signal(cx, signal);
    }

    pub(crate) fn local_candidate(&self, cx: &mut Context<'_>, candidate: IceCandidate) {
        let generation = self.generation;
        self.signal(cx, Signal::Candidate { generation, candidate });
    }

    /// An offer said twice, or overtaken by a later one, is dropped.
    pub(crate) fn remote_offer(&mut self, cx: &mut Context<'_>, round: OfferRound, sdp: String) {
        if self.role == LinkRole::Answerer && self.round.is_none_or(|latest| round > latest) {
            self.round = Some(round);
            self.apply(cx, RemoteSignal::Offer(round, sdp));
        }
    }

    /// An answer that no offer waits for (said twice, never asked for, or to an earlier offer) is dropped.
    pub(crate) fn remote_answer(&mut self, cx: &mut Context<'_>, round: OfferRound, sdp: String) {
        if self.answer == Answer::Awaited && self.round == Some(round) {
            self.answer = Answer::NotAwaited;
            self.apply(cx, RemoteSignal::Answer(sdp));
        }
    }

    pub(crate) fn remote_candidate(&self, cx: &mut Context<'_>, candidate: IceCandidate) {
        self.apply(cx, RemoteSignal::Candidate(candidate));
    }

    /// The answerer sees that nothing arrives.
    pub(crate) fn restart_requested(&mut self, cx: &mut Context<'_>) {
        if self.role == LinkRole::Offerer && self.is_alive() {
            self.restart(cx);
        }
    }

    pub(crate) fn set_demand(&mut self, cx: &mut Context<'_>, line: VideoLine, size: TileSize) {
        let demand = match line {
            VideoLine::Camera => &mut self.camera_demand,
            VideoLine::Screen => &mut self.screen_demand,
        };
        if *demand != size {
            *demand = size;
            let peer = self.peer;
            cx.outbox.push(Effect::SetDemand { peer, line, size });
        }
    }

    /// The server was away: what was signalled meanwhile is lost, so don't wait for its effect.
    pub(crate) fn hurry(&mut self, now: Timestamp) {
        match &mut self.state {
            State::Connecting { give_up, .. } => *give_up = (*give_up).min(now + HURRIED),
            State::Interrupted { next_restart, give_up, .. } => {
                *next_restart = Some(now);
                *give_up = now + REPAIR_WITHIN;
            }
            State::Connected { .. } => {}
        }
    }

    /// Does what is due.
    pub(crate) fn expire(&mut self, cx: &mut Context<'_>) -> Verdict {
        match &mut self.state {
            State::Connecting { give_up, .. } if *give_up <= cx.now => Verdict::GiveUp,
            // A restart leaves the old path, and its offer would be lost: only the server's return makes it due again.
            State::Interrupted { next_restart, give_up, .. } if cx.server != ServerPresence::Connected => {
                *next_restart = next_restart.filter(|at| *at > cx.now);
                *give_up = (*give_up).max(cx.now + REPAIR_WITHIN);
                Verdict::GoOn
            }
            State::Interrupted { give_up, .. } if *give_up <= cx.now => Verdict::GiveUp,
            State::Interrupted { since, next_restart, .. } => {
                if next_restart.is_some_and(|at| at <= cx.now) {
                    *next_restart = self::next_restart(*since, cx.now);
                    self.restart(cx);
                }
                Verdict::GoOn
            }
            State::Connecting { .. } | State::Connected { .. } => Verdict::GoOn,
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        match self.state {
            State::Connecting { give_up, .. } => Some(give_up),
            State::Connected { .. } => None,
            State::Interrupted { next_restart, give_up, .. } => {
                Some(next_restart.map_or(give_up, |at| at.min(give_up)))
            }
        }
    }

    fn restart(&mut self, cx: &mut Context<'_>) {
        if self.restarted.is_some_and(|at| cx.now.since(at) < RESTART_GAP) {
            return;
        }
        self.restarted = Some(cx.now);
        let (peer, generation) = (self.peer, self.generation);
        match self.role {
            LinkRole::Offerer => {
                let round = self.round.map_or(OfferRound::FIRST, OfferRound::next);
                self.round = Some(round);
                self.answer = Answer::NotAwaited;
                cx.outbox.push(Effect::RestartIce { peer, generation, round });
            }
            LinkRole::Answerer => self.signal(cx, Signal::RestartRequest { generation }),
        }
    }

    fn signal(&self, cx: &mut Context<'_>, signal: Signal) {
        cx.signal(self.peer, signal);
    }

    fn apply(&self, cx: &mut Context<'_>, remote: RemoteSignal) {
        cx.outbox.push(Effect::ApplyRemote { peer: self.peer, generation: self.generation, remote });
    }
}

fn next_restart(since: Timestamp, now: Timestamp) -> Option<Timestamp> {
    RESTARTS_AFTER.into_iter().map(|after| since + after).find(|at| *at > now)
}
