//! The proofs of both ends that the link leads to each other.

use conclave_keys::session::channel::Delivery;
use conclave_keys::session::envelope::EnvelopeType;
use conclave_keys::session::proof::Proof;
use conclave_protocol::ids::{LinkGeneration, OfferRound};
use conclave_protocol::signal::Signal;

use super::{Own, PeerTrust};
use crate::news::PeerNews;
use crate::problem::Distrust;
use crate::{ControlKeys, Outbox, TrustEffect, VerifiedPeer, read_transport};

/// The control channel as the key agreement knows it: its label, and a number in place of its stream's.
const CONTROL_CHANNEL: (&str, u16) = ("control", 0);

impl PeerTrust {
    /// The answerer's proof, and then its answer: applied only if the proof holds.
    pub(super) fn take_answer(&mut self, own: &Own<'_>, outbox: &mut Outbox, plain: &[u8]) -> Result<(), Distrust> {
        let (proof, answer) = Proof::split(plain)?;
        let Some(signal) = self.read(answer) else { return Ok(()) };
        let Signal::Answer { generation, round: OfferRound::FIRST, sdp } = &signal else {
            return Err(Distrust::OutOfTurn);
        };
        let offer = self.offer.as_ref().filter(|offer| offer.generation == *generation).ok_or(Distrust::OutOfTurn)?;
        let session = self.sessions.current_mut().ok_or(Distrust::OutOfTurn)?;
        let generation = *generation;
        let verified = (|| -> Result<Proof, Distrust> {
            session.bind(&offer.transport, &read_transport(sdp)?)?;
            session.verify(&proof)?;
            Ok(session.prove(own.identity)?)
        })();
        let proof = verified.inspect_err(|_| outbox.failed(self.pair.peer, generation))?;
        if let Ok(confirm) = session.seal(EnvelopeType::Confirm, &proof.to_bytes()) {
            outbox.relay(self.pair.peer, confirm);
        }
        outbox.signal(self.pair.peer, signal);
        self.verified(outbox, generation);
        Ok(())
    }

    pub(super) fn take_confirmation(&mut self, outbox: &mut Outbox, plain: &[u8]) -> Result<(), Distrust> {
        let offer = self.offer.as_ref().ok_or(Distrust::OutOfTurn)?;
        let generation = offer.generation;
        let session = self.sessions.current_mut().ok_or(Distrust::OutOfTurn)?;
        let proof = Proof::parse(plain)?;
        session.verify(&proof).inspect_err(|_| outbox.failed(self.pair.peer, generation))?;
        self.verified(outbox, generation);
        Ok(())
    }

    fn verified(&mut self, outbox: &mut Outbox, generation: LinkGeneration) {
        let Some(session) = self.sessions.current_mut() else { return };
        let (label, stream) = CONTROL_CHANNEL;
        let (Some(device), Some(emoji), Ok((sealer, opener))) =
            (session.peer_device(), session.safety_emoji(), session.channel(label, stream, Delivery::Strict))
        else {
            return;
        };
        self.told.clear();
        outbox.push(TrustEffect::Verified {
            peer: self.pair.peer,
            generation,
            verified: VerifiedPeer { device, emoji },
            control: Box::new(ControlKeys { sealer, opener }),
        });
        outbox.news(self.pair.peer, PeerNews::Verified(device));
    }

    /// The proof that goes with the answer to the link's offer. `None` when the offer was of a session that is over.
    pub(super) fn prove_answer(&mut self, own: &Own<'_>, generation: LinkGeneration, sdp: &str) -> Option<Vec<u8>> {
        let offer = self.offer.as_ref().filter(|offer| offer.generation == generation)?;
        let local = read_transport(sdp).inspect_err(|error| tracing::error!(%error, "this end's own answer")).ok()?;
        let session = self.sessions.current_mut()?;
        let proof = session.bind(&local, &offer.transport).and_then(|()| session.prove(own.identity));
        let proof = proof.inspect_err(|error| tracing::debug!(%error, "an answer was not proven")).ok()?;
        Some(proof.to_bytes().to_vec())
    }
}
