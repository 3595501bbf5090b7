//! A session: what two participants have once each has the other's Hello, until one of them begins anew.

pub mod channel;
mod counter_cipher;
pub(crate) mod device;
pub mod envelope;
pub(crate) mod keys;
mod progress;
pub mod proof;
mod replay_window;

use std::collections::BTreeSet;

use conclave_protocol::bytes::SealedBytes;
use thiserror::Error;

use self::channel::{ChannelError, ChannelOpener, ChannelSealer, Delivery, MAX_CHANNEL_LABEL_LENGTH, MAX_CHANNELS};
use self::envelope::{EnvelopeContext, EnvelopeOpener, EnvelopeSealer, EnvelopeType, OpenError, SealError};
use self::keys::SessionKeys;
use self::progress::Progress;
use self::proof::{Proof, ProofError};
use crate::epoch::Epoch;
use crate::hello::{Features, Hello, HelloError, HelloPart};
use crate::identity::{DeviceIdentity, DeviceKey};
use crate::pair::{Pair, Role};
use crate::room_key::EpochKey;
use crate::safety::emoji::SafetyEmoji;
use crate::secret::Secret;
use crate::transcript::{TransportParameters, transcript};

/// Why the parameters of an ICE restart are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RestartError {
    /// The session's own parameters are not known yet.
    #[error("there is nothing to restart yet")]
    TooEarly,
    /// Another certificate than the one that was proven.
    #[error("the fingerprint changed")]
    OtherFingerprint,
}

/// Whether the other has shown that it has the device of its Hello.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PeerDevice {
    Claimed,
    Proven,
}

/// Keys and progress of one session.
pub struct Session {
    pair: Pair,
    room: conclave_protocol::ids::RoomId,
    epoch: Epoch,
    own: Hello,
    peer: Hello,
    peer_device: PeerDevice,
    sealer: EnvelopeSealer,
    opener: EnvelopeOpener,
    proof_key: Secret<32>,
    channel_root: Secret<32>,
    share: Secret<32>,
    progress: Progress,
    channels: BTreeSet<(String, u16)>,
}

/// What one end draws for a handshake.
pub(crate) struct OwnSecrets {
    pub(crate) agreement: Secret<32>,
    pub(crate) share: Secret<32>,
}

impl Session {
    pub(crate) fn new(
        keys: &EpochKey,
        pair: Pair,
        own: Hello,
        peer: Hello,
        secrets: OwnSecrets,
    ) -> Result<Self, HelloError> {
        let agreed = keys::agree(&secrets.agreement, &peer.agreement_key).ok_or(HelloError::WeakAgreementKey)?;
        let (offerer, answerer) = in_order(pair.role, &own, &peer);
        let peer_device = match &peer.part {
            HelloPart::Offerer { .. } => PeerDevice::Claimed,
            HelloPart::Answerer { signature, .. } => {
                if !peer.device_key.has_signed(&device::signed_by_answerer(offerer, answerer), signature) {
                    return Err(HelloError::WrongSignature);
                }
                PeerDevice::Proven
            }
        };
        let derived = SessionKeys::derive(keys, &agreed, offerer, answerer);
        let context = |from, to| EnvelopeContext {
            room: keys.room(),
            epoch: keys.epoch(),
            from,
            to,
            nonce_offerer: offerer.nonce,
            nonce_answerer: answerer.nonce,
            key_check: derived.key_check.clone(),
        };
        let (sealing, opening) = in_order(pair.role, &derived.offerer_to_answerer, &derived.answerer_to_offerer);
        Ok(Self {
            pair,
            room: keys.room(),
            epoch: keys.epoch(),
            sealer: EnvelopeSealer::new(sealing, context(pair.me, pair.peer)),
            opener: EnvelopeOpener::new(opening, context(pair.peer, pair.me)),
            proof_key: derived.proof,
            channel_root: derived.channels,
            share: secrets.share,
            progress: Progress::Open,
            channels: BTreeSet::new(),
            own,
            peer,
            peer_device,
        })
    }

    /// The device that the other has shown to have: an answerer by its Hello, an offerer by its first envelope. That
    /// the link leads to it is another proof: see [`Self::is_verified`].
    #[must_use]
    pub fn peer_device(&self) -> Option<DeviceKey> {
        (self.peer_device == PeerDevice::Proven).then_some(self.peer.device_key)
    }

    /// The device that the other says it has.
    pub(crate) fn claimed_device(&self) -> DeviceKey {
        self.peer.device_key
    }

    /// The offerer's first envelope, which proves its device.
    pub(crate) fn prove_device(&mut self, identity: &DeviceIdentity) -> Result<SealedBytes, SealError> {
        let signature = identity.sign(&device::signed_by_offerer(&self.own, &self.peer));
        self.sealer.seal(EnvelopeType::Device, &signature)
    }

    /// What both ends can do.
    #[must_use]
    pub fn features(&self) -> Features {
        self.own.features.common(self.peer.features)
    }

    /// The epoch that the session was made in.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// My role.
    #[must_use]
    pub fn role(&self) -> Role {
        self.pair.role
    }

    pub(crate) fn offerer_hello(&self) -> &Hello {
        in_order(self.pair.role, &self.own, &self.peer).0
    }

    /// Seals `plain` for the other.
    ///
    /// # Errors
    /// [`SealError`]; [`SealError::NotVerified`] for an epoch's secret before the other has proven who it is.
    pub fn seal(&mut self, kind: EnvelopeType, plain: &[u8]) -> Result<SealedBytes, SealError> {
        if self.peer_device == PeerDevice::Claimed {
            return Err(SealError::DeviceNotProven);
        }
        if kind == EnvelopeType::EpochSecret && !self.is_verified() {
            return Err(SealError::NotVerified);
        }
        self.sealer.seal(kind, plain)
    }

    /// Opens what the other sealed.
    ///
    /// # Errors
    /// [`OpenError`]. After any of them the session goes on as if nothing had come.
    pub fn open(&mut self, sealed: &SealedBytes) -> Result<(EnvelopeType, Vec<u8>), OpenError> {
        let genuine = self.opener.open(sealed)?;
        match (self.peer_device, genuine.kind) {
            (PeerDevice::Claimed, EnvelopeType::Device) => self.check_device(&genuine.plain)?,
            (PeerDevice::Claimed, _) => return Err(OpenError::DeviceNotProven),
            (PeerDevice::Proven, EnvelopeType::Device) => return Err(OpenError::DeviceProvenBefore),
            (PeerDevice::Proven, EnvelopeType::EpochSecret) if !self.is_verified() => {
                return Err(OpenError::NotVerified);
            }
            (PeerDevice::Proven, _) => {}
        }
        self.peer_device = PeerDevice::Proven;
        self.opener.note(&genuine);
        Ok((genuine.kind, genuine.plain))
    }

    /// The offerer's proof of its device.
    fn check_device(&self, signature: &[u8]) -> Result<(), OpenError> {
        let signed = device::signed_by_offerer(&self.peer, &self.own);
        let fits = signature.try_into().is_ok_and(|signature| self.peer.device_key.has_signed(&signed, signature));
        if fits { Ok(()) } else { Err(OpenError::WrongDevice) }
    }

    /// Says what transport the two ends have, as this end sees it. Each end once: the answerer when it has made its
    /// answer, the offerer when it has read it and before it applies it.
    ///
    /// # Errors
    /// [`ProofError::Twice`], [`ProofError::Refused`].
    pub fn bind(&mut self, local: &TransportParameters, remote: &TransportParameters) -> Result<(), ProofError> {
        let (offerer, answerer) = in_order(self.pair.role, &self.own, &self.peer);
        let (offers, answers) = in_order(self.pair.role, local, remote);
        let transcript = transcript((self.room, self.epoch), [offerer, answerer], [offers, answers]);
        self.progress.bind(transcript, remote.fingerprint)
    }

    /// My proof. The answerer's turn is once the transport is bound; the offerer's once it has verified the answerer.
    ///
    /// # Errors
    /// [`ProofError::TooEarly`], [`ProofError::Twice`], [`ProofError::Refused`], [`ProofError::OtherIdentity`].
    pub fn prove(&mut self, identity: &DeviceIdentity) -> Result<Proof, ProofError> {
        if identity.public_key() != self.own.device_key {
            return Err(ProofError::OtherIdentity);
        }
        let transcript = self.progress.prove(self.pair.role)?;
        Ok(Proof::make(&self.proof_key, identity, self.pair.role, &transcript, &self.share))
    }

    /// Checks the other's proof. The offerer does so before it applies the answer; a proof that is wrong ends the
    /// session.
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn verify(&mut self, proof: &Proof) -> Result<(), ProofError> {
        let transcript = self.progress.may_verify(self.pair.role)?;
        let commitment = match &self.peer.part {
            HelloPart::Offerer { commitment } => Some(commitment),
            HelloPart::Answerer { .. } => None,
        };
        let checked =
            proof.check(&self.proof_key, &self.peer.device_key, self.pair.role.other(), &transcript, commitment);
        let peer_share = match checked {
            Ok(share) => share,
            Err(error) => {
                self.progress = Progress::Refused;
                return Err(error);
            }
        };
        let (offerer, answerer) = in_order(self.pair.role, &self.share, &peer_share);
        self.progress.verified(self.pair.role, SafetyEmoji::derive(&transcript, offerer, answerer));
        Ok(())
    }

    /// Whether the other has proven that it has the key, saw the same handshake and is the device it says. No media
    /// is sent or played before.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.safety_emoji().is_some()
    }

    /// The seven emoji that both ends show; once the session is verified.
    #[must_use]
    pub fn safety_emoji(&self) -> Option<SafetyEmoji> {
        self.progress.emoji()
    }

    #[cfg(test)]
    pub(crate) fn transcript(&self) -> Option<[u8; 32]> {
        self.progress.transcript()
    }

    /// Whether a restarted description's transport may be used: a restart changes the ICE fragment, never the
    /// certificate. The description came in an envelope, so the session stays.
    ///
    /// # Errors
    /// [`RestartError`].
    pub fn check_restart(&self, remote: &TransportParameters) -> Result<(), RestartError> {
        match self.progress.remote_fingerprint() {
            None => Err(RestartError::TooEarly),
            Some(proven) if proven == remote.fingerprint => Ok(()),
            Some(_) => Err(RestartError::OtherFingerprint),
        }
    }

    /// The keys of a data channel, by its label and SCTP stream; once for each.
    ///
    /// # Errors
    /// [`ChannelError::NotVerified`], [`ChannelError::Twice`], [`ChannelError::TooMany`].
    pub fn channel(
        &mut self,
        label: &str,
        stream: u16,
        delivery: Delivery,
    ) -> Result<(ChannelSealer, ChannelOpener), ChannelError> {
        if !self.is_verified() {
            return Err(ChannelError::NotVerified);
        }
        if self.channels.len() >= MAX_CHANNELS || label.len() > MAX_CHANNEL_LABEL_LENGTH {
            return Err(ChannelError::TooMany);
        }
        if !self.channels.insert((label.to_owned(), stream)) {
            return Err(ChannelError::Twice);
        }
        let role = self.pair.role;
        Ok((
            ChannelSealer::new(&self.channel_root, label, stream, role),
            ChannelOpener::new(&self.channel_root, label, stream, role.other(), delivery),
        ))
    }
}

/// Mine and the other's as offerer's and answerer's; and the other way round, as it is its own inverse.
fn in_order<T>(role: Role, own: T, peer: T) -> (T, T) {
    match role {
        Role::Offerer => (own, peer),
        Role::Answerer => (peer, own),
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({:?}, {:?}, {:?})", self.pair, self.epoch, self.progress)
    }
}

#[cfg(test)]
mod channel_tests;
#[cfg(test)]
mod tests;
