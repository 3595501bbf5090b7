//! Letting the other in: what is said to and heard from one who isn't, and what the host has to say.

use conclave_keys::epoch::Epoch;
use conclave_keys::identity::DeviceKey;
use conclave_keys::pair::Role;
use conclave_keys::session::Session;
use conclave_keys::session::envelope::EnvelopeType;
use conclave_protocol::ids::LinkGeneration;
use conclave_protocol::notice::SecurityProblem;
use conclave_protocol::peer::{PeerMessage, Told};
use conclave_protocol::signal::Signal;

use super::{Answer, Asked, LinkPresence, MAX_HELD, Own, PeerTrust};
use crate::gate::Place;
use crate::news::PeerNews;
use crate::problem::Distrust;
use crate::statements;
use crate::{Outbox, TrustEffect};

/// More than the descriptions and candidates of a link.
const MAX_PARKED_BYTES: usize = 128 * 1024;

/// How long somebody may wait who has not said which device it has.
const MAX_SILENCE_MS: u64 = 60_000;

/// What is done with one who waits before the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    ComesIn,
    StaysOut,
}

fn size_of(signal: &Signal) -> usize {
    match signal {
        Signal::Offer { sdp, .. } | Signal::Answer { sdp, .. } => sdp.len(),
        Signal::Candidate { candidate, .. } => candidate.candidate.len(),
        Signal::Hello { .. } | Signal::RestartRequest { .. } | Signal::RebuildRequest { .. } => 0,
    }
}

impl PeerTrust {
    pub(crate) fn set_place(&mut self, place: Place) {
        self.place = place;
        self.verdict = None;
        self.silent_since_ms = None;
    }

    /// Begins a session without a link, to say the name in.
    pub(crate) fn knock(&mut self, own: &Own<'_>, outbox: &mut Outbox, name: Signal) {
        self.change_role();
        self.asked = Asked::Yes;
        self.held.retain(|signal| !matches!(signal, Signal::Hello { .. }));
        // The other may have forgotten the last time. One that hasn't the same password would only count it as a guess.
        let may_have_forgotten = self.link == LinkPresence::None && !self.told.contains(&SecurityProblem::OtherKey);
        if self.pair.role == Role::Offerer && (may_have_forgotten || !self.has_session()) {
            self.greet(own, outbox, own.epochs.current());
        }
        self.send(own, outbox, name);
    }

    /// Asks whoever governs, once a session, if this end was there before the room had to be asked for.
    pub(crate) fn ask(&mut self, own: &Own<'_>, outbox: &mut Outbox) {
        let governs = || self.device().is_some_and(|device| own.gate.may_govern(&device));
        if self.asked == Asked::No && self.has_session() && own.gate.has_to_ask() && governs() {
            self.asked = Asked::Yes;
            outbox.push(TrustEffect::Ask { peer: self.pair.peer });
        }
    }

    /// The device that the other has shown to have, in the session that this end would speak in.
    pub(crate) fn device(&self) -> Option<DeviceKey> {
        self.sessions.device()
    }

    /// The device that a link to the other has led to.
    pub(crate) fn proven_device(&self) -> Option<DeviceKey> {
        self.sessions.proven_device()
    }

    pub(crate) fn has_device(&self, device: &DeviceKey) -> bool {
        let current = self.sessions.current().and_then(Session::peer_device);
        [current, self.sessions.claimed_device(), self.sessions.proven_device()].contains(&Some(*device))
    }

    /// Whether the session in use is proven.
    pub(crate) fn is_verified(&self) -> bool {
        self.sessions.current().is_some_and(Session::is_verified)
    }

    /// The epoch that the session in use was made in.
    pub(crate) fn session_epoch(&self) -> Option<Epoch> {
        self.sessions.current().map(Session::epoch)
    }

    /// Whether links are built with the other. One that stands goes on, whatever changes.
    pub(super) fn is_let_in(&self, own: &Own<'_>) -> bool {
        let coming = self.sessions.claimed_device().filter(|_| self.pair.role == Role::Offerer);
        let stands = coming.is_none() && self.is_verified();
        self.device().is_some_and(|device| stands || own.gate.lets_in(&device, self.place))
    }

    /// A name is also said to who governs: with it one asks to be let in.
    pub(super) fn may_say(&self, own: &Own<'_>, signal: &Signal) -> bool {
        let asks = || {
            let may_be_asked = self.device().is_some_and(|device| own.gate.may_govern(&device));
            matches!(signal, Signal::Hello { .. }) && may_be_asked
        };
        self.has_session() && (self.is_let_in(own) || asks())
    }

    pub(super) fn take_any_signal(&mut self, own: &Own<'_>, outbox: &mut Outbox, plain: &[u8]) -> Result<(), Distrust> {
        let Some(signal) = self.read(plain) else { return Ok(()) };
        if matches!(signal, Signal::Hello { .. }) && self.verdict == Some(Verdict::ComesIn) {
            // It still waits: the order may not have come through.
            self.verdict = None;
        }
        if self.is_let_in(own) {
            return self.take_signal(outbox, signal);
        }
        if let Signal::Hello { name } = signal {
            if self.verdict.is_none() {
                outbox.news(self.pair.peer, PeerNews::Knocked(name));
            }
            return Ok(());
        }
        if self.parked.len() < MAX_HELD && self.parked_bytes() + size_of(&signal) <= MAX_PARKED_BYTES {
            self.parked.push_back(signal);
        }
        // Whoever governs is asked; to the others it should not have come this far.
        if own.gate.governs() { Ok(()) } else { Err(Distrust::NotAdmitted) }
    }

    /// How much of what the other said is kept until it is let in.
    pub(crate) fn parked_bytes(&self) -> usize {
        self.parked.iter().map(size_of).sum()
    }

    pub(crate) fn take_statements(&mut self, own: &Own<'_>, outbox: &mut Outbox, plain: &[u8]) -> Result<(), Distrust> {
        let statements = statements::unpack(plain).ok_or(Distrust::UnknownKind)?;
        let granted = self.budget.take(statements.len(), own.gate.moment.now_ms);
        let statements = statements.into_iter().take(granted).map(<[u8]>::to_vec).collect();
        outbox.news(self.pair.peer, PeerNews::Statements(statements));
        Ok(())
    }

    /// Takes and says what waited for a session, or for the other to be let in.
    pub(crate) fn reconsider(&mut self, own: &Own<'_>, outbox: &mut Outbox) {
        while self.is_let_in(own)
            && let Some(signal) = self.parked.pop_front()
        {
            let taken = self.take_signal(outbox, signal);
            self.note(outbox, taken);
        }
        let mut waiting = std::mem::take(&mut self.held);
        while let Some(signal) = waiting.pop_front() {
            if self.may_say(own, &signal) {
                self.seal(own, outbox, &signal);
            } else {
                self.held.push_back(signal);
            }
        }
    }

    /// Hands statements on: on the link, where no server can keep them back, or else in a session if there is one.
    pub(crate) fn tell_statements(&mut self, outbox: &mut Outbox, statements: &[Vec<u8>]) {
        if self.link == LinkPresence::Connected {
            let packed = statements::pack(statements).into_iter().filter_map(|packed| Told::new(packed).ok());
            packed.for_each(|packed| outbox.say(self.pair.peer, PeerMessage::Statements { packed }));
        } else if self.has_session() {
            for envelope in statements::pack(statements) {
                self.say(outbox, EnvelopeType::Statement, &envelope);
            }
        }
    }

    /// Tells the epoch's secret; only ever in a session that is proven.
    pub(crate) fn tell_epoch(&mut self, outbox: &mut Outbox, told: &[u8]) {
        match Told::new(told.to_vec()) {
            Ok(told) if self.link == LinkPresence::Connected => outbox.say(self.pair.peer, PeerMessage::Epoch { told }),
            Ok(_) if self.is_verified() => self.say(outbox, EnvelopeType::EpochSecret, told),
            Ok(_) | Err(_) => {}
        }
    }

    pub(crate) fn refuse(&mut self, outbox: &mut Outbox) {
        self.say(outbox, EnvelopeType::Refusal, &[]);
    }

    /// The link is up, and its other end is who it says.
    pub(crate) fn link_connected(&mut self) {
        if self.link == LinkPresence::Standing && self.is_verified() {
            self.link = LinkPresence::Connected;
        }
    }

    /// Which link is proven, or is to be.
    pub(crate) fn link_generation(&self) -> Option<LinkGeneration> {
        self.offer.as_ref().map(|offer| offer.generation)
    }

    /// Whether a link would be built with this device of the other's now.
    pub(crate) fn would_let_in(&self, own: &Own<'_>, device: &DeviceKey) -> bool {
        own.gate.may_govern(device) || own.gate.lets_in(device, self.place)
    }

    /// What is to be done with one who waits before the room, when the rules say so already: who was let in before, or
    /// in a locked room was there, comes in; a stranger to a locked room doesn't.
    pub(crate) fn answer_the_door(&mut self, own: &Own<'_>, outbox: &mut Outbox) -> Option<Verdict> {
        if self.place == Place::Inside || self.verdict.is_some() {
            return None;
        }
        let Some(device) = self.device() else {
            // Whoever never says who it is takes the place of one who would.
            let since_ms = *self.silent_since_ms.get_or_insert(own.gate.moment.now_ms);
            let waited_ms = own.gate.moment.now_ms.saturating_sub(since_ms);
            self.verdict = (waited_ms >= MAX_SILENCE_MS).then_some(Verdict::StaysOut);
            return self.verdict;
        };
        self.verdict = if own.gate.lets_in(&device, Place::Inside) {
            Some(Verdict::ComesIn)
        } else if own.gate.is_locked() {
            // The server says why.
            self.tell(outbox, SecurityProblem::RoomLocked);
            Some(Verdict::StaysOut)
        } else {
            None
        };
        self.verdict
    }

    /// Nothing more is said to the other, or heard from it, in any session until now.
    pub(crate) fn close(&mut self) {
        self.sessions.clear();
        self.answer = Answer::NotAwaited;
        self.offer = None;
        self.held.clear();
        self.parked.clear();
    }

    fn say(&mut self, outbox: &mut Outbox, kind: EnvelopeType, plain: &[u8]) {
        match self.sessions.seal(kind, plain) {
            Ok(sealed) => outbox.relay(self.pair.peer, sealed),
            Err(error) => tracing::debug!(peer = ?self.pair.peer, %error, "an envelope was not sealed"),
        }
    }
}
