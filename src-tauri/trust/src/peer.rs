//! Trust between this end and one other participant: what is sealed for them, what of theirs is believed, and how far
//! the proof has come that the link leads to them and nobody else.

mod entry;
mod greeting;
mod proof;

pub(super) use entry::Verdict;

use std::collections::{HashSet, VecDeque};

use conclave_keys::handshake::OwnDevice;
use conclave_keys::hello::Features;
use conclave_keys::identity::DeviceIdentity;
use conclave_keys::note::Note;
use conclave_keys::pair::{Pair, Role};
use conclave_keys::pair_sessions::{OpenedUnder, PairSessions};
use conclave_keys::session::envelope::{EnvelopeType, OpenError};
use conclave_keys::transcript::TransportParameters;
use conclave_keys::wire::MessageKind;
use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{LinkGeneration, OfferRound, ParticipantId};
use conclave_protocol::notice::SecurityProblem;
use conclave_protocol::signal::Signal;

use super::budget::StatementBudget;
use super::epochs::Epochs;
use super::gate::{Gate, Place};
use super::news::PeerNews;
use super::problem::Distrust;
use super::transport::read_transport;
use super::{Outbox, TrustEffect};

/// Signals that wait for a session: a link's description and its candidates.
const MAX_HELD: usize = 96;

/// What every pair of this end works with.
pub(super) struct Own<'a> {
    pub(super) identity: &'a DeviceIdentity,
    pub(super) epochs: &'a Epochs,
    pub(super) gate: Gate<'a>,
    pub(super) newcomers: Newcomers,
}

/// Whether this end answers those who have proven nothing yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Newcomers {
    Answered,
    Ignored,
}

impl Own<'_> {
    fn device(&self) -> OwnDevice<'_> {
        OwnDevice { identity: self.identity, features: Features::default() }
    }
}

/// Whether the other has said Hello to mine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    NotAwaited,
    Awaited,
}

/// Whether whoever governs was asked in the session in use to let this end in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    No,
    Yes,
}

/// Whether a link stands or is being built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LinkPresence {
    None,
    /// Being built, or up and not proven.
    Standing,
    /// Up, and proven: things can be said on it.
    Connected,
}

/// The description of one end that opened a link, and what it says of its transport.
struct Described {
    generation: LinkGeneration,
    transport: TransportParameters,
}

/// Trust in one participant.
pub(super) struct PeerTrust {
    pair: Pair,
    /// The role in the next link. The standing one keeps its own: both its ends know who offers in it.
    next_role: Role,
    link: LinkPresence,
    sessions: PairSessions,
    answer: Answer,
    /// The offer that opens the link: this end's as the offerer, the other's as the answerer.
    offer: Option<Described>,
    held: VecDeque<Signal>,
    /// What the other said who is not let in, for when it is.
    parked: VecDeque<Signal>,
    place: Place,
    verdict: Option<Verdict>,
    asked: Asked,
    /// Since when it waits before the room and has not said which device it has.
    silent_since_ms: Option<u64>,
    budget: StatementBudget,
    told: HashSet<SecurityProblem>,
}

impl PeerTrust {
    pub(super) fn new(me: ParticipantId, peer: ParticipantId, role: Role) -> Self {
        let pair = Pair { me, peer, role };
        Self {
            pair,
            next_role: role,
            link: LinkPresence::None,
            sessions: PairSessions::new(pair),
            answer: Answer::NotAwaited,
            offer: None,
            held: VecDeque::new(),
            parked: VecDeque::new(),
            place: Place::Inside,
            verdict: None,
            asked: Asked::No,
            silent_since_ms: None,
            budget: StatementBudget::default(),
            told: HashSet::new(),
        }
    }

    /// It is settled who offers from now on.
    pub(super) fn set_next_role(&mut self, role: Role) {
        self.next_role = role;
        if self.link == LinkPresence::None {
            self.change_role();
        }
    }

    /// Sessions are of one role: with another one there are none yet.
    fn change_role(&mut self) {
        if self.pair.role != self.next_role {
            let held = std::mem::take(&mut self.held);
            let (place, verdict, silent_since_ms) = (self.place, self.verdict, self.silent_since_ms);
            *self = Self {
                held,
                place,
                verdict,
                silent_since_ms,
                ..Self::new(self.pair.me, self.pair.peer, self.next_role)
            };
        }
    }

    /// A link is being built. Every link is proven by a session of its own; the offerer begins it.
    pub(super) fn link_opened(&mut self, own: &Own<'_>, outbox: &mut Outbox) {
        self.change_role();
        self.link = LinkPresence::Standing;
        if self.pair.role == Role::Answerer {
            return;
        }
        self.offer = None;
        // What was to go to the former link's other end.
        self.held.retain(|signal| matches!(signal, Signal::Hello { .. }));
        self.parked.clear();
        self.greet(own, outbox, own.epochs.current());
    }

    pub(super) fn link_closed(&mut self) {
        self.link = LinkPresence::None;
        self.offer = None;
        self.parked.clear();
        if self.pair.role == Role::Offerer {
            self.answer = Answer::NotAwaited;
            self.sessions.abandon_pending();
        }
        self.change_role();
    }

    /// Seals a signal for the other, or keeps it until there is a session to seal it in.
    pub(super) fn send(&mut self, own: &Own<'_>, outbox: &mut Outbox, signal: Signal) {
        if self.may_say(own, &signal) {
            return self.seal(own, outbox, &signal);
        }
        if let Signal::RebuildRequest { generation } = signal {
            return self.send_note(own, outbox, Note::Rebuild(generation));
        }
        if self.held.len() < MAX_HELD {
            self.held.push_back(signal);
        }
    }

    /// Takes what the server says the other sent.
    pub(super) fn receive(&mut self, own: &Own<'_>, outbox: &mut Outbox, sealed: &SealedBytes) {
        let taken = match MessageKind::of(&sealed.0) {
            Some(MessageKind::Hello) => self.take_hello(own, outbox, sealed),
            Some(MessageKind::Envelope) => self.take_envelope(own, outbox, sealed),
            Some(MessageKind::Note) => self.take_note(own, outbox, sealed),
            None => Err(Distrust::UnknownKind),
        };
        self.note(outbox, taken);
    }

    /// Tells the person of what was not believed.
    pub(super) fn note(&mut self, outbox: &mut Outbox, taken: Result<(), Distrust>) {
        if let Err(distrust) = taken {
            tracing::debug!(peer = ?self.pair.peer, %distrust, "a message was not believed");
            if let Some(problem) = distrust.problem() {
                self.tell(outbox, problem);
            }
        }
    }

    /// Whether the offerer may seal for the link that is coming up, or the answerer for the one in use.
    fn has_session(&self) -> bool {
        let coming = self.pair.role == Role::Offerer && self.sessions.has_pending();
        self.answer == Answer::NotAwaited && (coming || self.sessions.current().is_some())
    }

    fn take_envelope(&mut self, own: &Own<'_>, outbox: &mut Outbox, sealed: &SealedBytes) -> Result<(), Distrust> {
        let opened = match self.sessions.open(sealed) {
            // The first envelope of a first session: what differs is the password.
            Err(OpenError::OtherKey) if self.sessions.current().is_none() => {
                self.sessions.abandon_pending();
                self.send_note(own, outbox, Note::OtherKey);
                self.tell(outbox, SecurityProblem::OtherKey);
                outbox.news(self.pair.peer, PeerNews::WrongPassword);
                return Err(OpenError::OtherKey.into());
            }
            opened => opened?,
        };
        if opened.under == OpenedUnder::NewlyCurrent && self.pair.role == Role::Answerer {
            self.offer = None;
            self.asked = Asked::No;
            // An order may not have come through.
            self.verdict = None;
            self.parked.clear();
            outbox.news(self.pair.peer, PeerNews::Session);
        }
        match opened.kind {
            // The session has checked it.
            EnvelopeType::Device => Ok(()),
            EnvelopeType::Signal => self.take_any_signal(own, outbox, &opened.plain),
            EnvelopeType::Answer if self.is_let_in(own) => self.take_answer(own, outbox, &opened.plain),
            EnvelopeType::Confirm if self.is_let_in(own) => self.take_confirmation(outbox, &opened.plain),
            EnvelopeType::Answer | EnvelopeType::Confirm => Err(Distrust::NotAdmitted),
            EnvelopeType::Statement => self.take_statements(own, outbox, &opened.plain),
            EnvelopeType::EpochSecret => {
                outbox.news(self.pair.peer, PeerNews::Epoch(opened.plain));
                Ok(())
            }
            EnvelopeType::Refusal => {
                outbox.news(self.pair.peer, PeerNews::Refused);
                Ok(())
            }
        }
    }

    fn take_signal(&mut self, outbox: &mut Outbox, signal: Signal) -> Result<(), Distrust> {
        match &signal {
            Signal::Offer { generation, round: OfferRound::FIRST, sdp } if self.pair.role == Role::Answerer => {
                let transport = read_transport(sdp)?;
                // The one that was seen first is the one that the link is built on.
                self.offer.get_or_insert(Described { generation: *generation, transport });
            }
            // The first answer comes with a proof; without one it is nothing.
            Signal::Answer { round: OfferRound::FIRST, .. } | Signal::Offer { round: OfferRound::FIRST, .. } => {
                return Err(Distrust::OutOfTurn);
            }
            Signal::Offer { sdp, .. } | Signal::Answer { sdp, .. } => {
                let transport = read_transport(sdp)?;
                let session = self.sessions.current().ok_or(Distrust::OutOfTurn)?;
                session.check_restart(&transport)?;
            }
            Signal::Hello { .. }
            | Signal::Candidate { .. }
            | Signal::RestartRequest { .. }
            | Signal::RebuildRequest { .. } => {}
        }
        outbox.signal(self.pair.peer, signal);
        Ok(())
    }

    fn seal(&mut self, own: &Own<'_>, outbox: &mut Outbox, signal: &Signal) {
        let json = signal.to_json();
        let sealed = match signal {
            Signal::Answer { generation, round: OfferRound::FIRST, sdp } => {
                let Some(proof) = self.prove_answer(own, *generation, sdp) else { return };
                self.sessions.seal(EnvelopeType::Answer, &[proof.as_slice(), &json].concat())
            }
            Signal::Offer { generation, round: OfferRound::FIRST, sdp } => {
                match read_transport(sdp) {
                    Ok(transport) => self.offer = Some(Described { generation: *generation, transport }),
                    Err(error) => return tracing::error!(%error, "this end's own offer can't be trusted"),
                }
                self.sessions.seal(EnvelopeType::Signal, &json)
            }
            _ => self.sessions.seal(EnvelopeType::Signal, &json),
        };
        match sealed {
            Ok(sealed) => outbox.relay(self.pair.peer, sealed),
            Err(error) => tracing::debug!(peer = ?self.pair.peer, %error, "a signal was not sealed"),
        }
    }

    /// What a participant that doesn't keep to the rules says.
    #[cfg(test)]
    pub(super) fn seal_unchecked(&mut self, outbox: &mut Outbox, signal: &Signal) {
        let sealed = self.sessions.seal(EnvelopeType::Signal, &signal.to_json());
        outbox.relay(self.pair.peer, sealed.unwrap_or_else(|error| panic!("{error}")));
    }

    fn send_note(&self, own: &Own<'_>, outbox: &mut Outbox, note: Note) {
        match note.seal(own.epochs.current(), self.pair) {
            Ok(sealed) => outbox.relay(self.pair.peer, sealed),
            Err(error) => tracing::error!(%error, "a note was not sealed"),
        }
    }

    fn read(&self, plain: &[u8]) -> Option<Signal> {
        let signal = Signal::from_json(plain);
        signal.inspect_err(|error| tracing::debug!(peer = ?self.pair.peer, %error, "a signal was ignored")).ok()
    }

    /// Each problem once, until the link is proven good: a server can make any number of them.
    fn tell(&mut self, outbox: &mut Outbox, problem: SecurityProblem) {
        if self.told.insert(problem) {
            outbox.push(TrustEffect::Problem { peer: self.pair.peer, problem });
        }
    }
}
