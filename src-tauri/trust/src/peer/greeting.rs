//! Hellos and notes: how a session begins, and with whom.

use conclave_keys::epoch::Epoch;
use conclave_keys::hello::HelloError;
use conclave_keys::note::Note;
use conclave_keys::pair::Role;
use conclave_keys::pair_sessions::HelloOutcome;
use conclave_keys::room_key::EpochKey;
use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::notice::SecurityProblem;
use conclave_protocol::signal::Signal;

use super::{Answer, LinkPresence, Newcomers, Own, PeerTrust};
use crate::Outbox;
use crate::news::PeerNews;
use crate::problem::Distrust;

impl PeerTrust {
    /// Says Hello in the epoch of these keys.
    pub(super) fn greet(&mut self, own: &Own<'_>, outbox: &mut Outbox, keys: &EpochKey) {
        match self.sessions.start(keys, own.device()) {
            Ok(hello) => {
                self.answer = Answer::Awaited;
                outbox.relay(self.pair.peer, hello);
            }
            Err(error) => tracing::error!(%error, "no handshake could be begun"),
        }
    }

    /// This end is in another epoch: a Hello of the former one is answered by nobody any more.
    pub(crate) fn greet_in_new_epoch(&mut self, own: &Own<'_>, outbox: &mut Outbox) {
        if self.pair.role == Role::Offerer && self.answer == Answer::Awaited {
            self.greet(own, outbox, own.epochs.current());
        }
    }

    pub(super) fn take_hello(
        &mut self,
        own: &Own<'_>,
        outbox: &mut Outbox,
        sealed: &SealedBytes,
    ) -> Result<(), Distrust> {
        // Whoever offers now has given the standing link up.
        self.change_role();
        let is_new = self.pair.role == Role::Answerer && self.sessions.proven_device().is_none();
        if is_new && own.newcomers == Newcomers::Ignored {
            return Err(Distrust::ClosedToGuesses);
        }
        match self.receive_hello(own, outbox, sealed)? {
            HelloOutcome::Answer(answer) => outbox.relay(self.pair.peer, answer),
            HelloOutcome::Ready { device_proof } => {
                self.answer = Answer::NotAwaited;
                outbox.relay(self.pair.peer, device_proof);
                outbox.news(self.pair.peer, PeerNews::Session);
            }
        }
        Ok(())
    }

    fn receive_hello(
        &mut self,
        own: &Own<'_>,
        outbox: &mut Outbox,
        sealed: &SealedBytes,
    ) -> Result<HelloOutcome, Distrust> {
        let removed = own.gate.authority.removed();
        let outcome = match self.sessions.receive_hello(own.epochs.current(), own.device(), removed, sealed) {
            Err(HelloError::OlderEpoch(Epoch::FIRST)) => {
                let outcome = self.sessions.receive_hello(own.epochs.first(), own.device(), removed, sealed)?;
                if !self.sessions.claimed_device().is_some_and(|device| own.gate.greets_newcomer(&device)) {
                    self.sessions.abandon_pending();
                    return Err(HelloError::OlderEpoch(Epoch::FIRST).into());
                }
                outcome
            }
            Err(error @ HelloError::OlderEpoch(_)) => {
                outbox.news(self.pair.peer, PeerNews::LeftBehind);
                return Err(error.into());
            }
            Err(error @ HelloError::NewerEpoch(_)) => {
                self.send_note(own, outbox, Note::EarlierEpoch);
                return Err(error.into());
            }
            outcome => outcome?,
        };
        // Whoever comes in can't know yet who was there: its offer waits until it does.
        let is_greeted = || self.sessions.claimed_device().is_some_and(|device| own.gate.greets(&device));
        if self.pair.role == Role::Answerer && !is_greeted() {
            self.sessions.abandon_pending();
            return Err(Distrust::Locked);
        }
        Ok(outcome)
    }

    pub(super) fn take_note(
        &mut self,
        own: &Own<'_>,
        outbox: &mut Outbox,
        sealed: &SealedBytes,
    ) -> Result<(), Distrust> {
        match Note::open(own.epochs.current(), self.pair, sealed)? {
            Note::Rebuild(generation) => outbox.signal(self.pair.peer, Signal::RebuildRequest { generation }),
            Note::OtherKey => self.tell(outbox, SecurityProblem::OtherKey),
            // A newcomer whom this end greets: whoever governs does so in the newcomer's epoch.
            Note::EarlierEpoch => {
                let greeted = self.pair.role == Role::Offerer && self.answer == Answer::Awaited;
                if greeted && self.link == LinkPresence::Standing && own.gate.governs() {
                    self.greet(own, outbox, own.epochs.first());
                }
            }
        }
        Ok(())
    }
}
