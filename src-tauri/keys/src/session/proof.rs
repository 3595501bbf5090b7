//! Proofs: each end shows that it has the session's key, saw the same transcript, and has its device's private key.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use thiserror::Error;

use crate::canonical::Canonical;
use crate::identity::{DeviceIdentity, DeviceKey, SIGNATURE_LENGTH};
use crate::pair::Role;
use crate::secret::Secret;

/// The length of a proof in bytes.
pub const PROOF_LENGTH: usize = 1 + 32 + SIGNATURE_LENGTH + 32;

/// What one end proves. Travels as role, MAC, signature, share.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof {
    role: Role,
    mac: [u8; 32],
    signature: [u8; SIGNATURE_LENGTH],
    /// The sender's share of the safety emoji.
    share: [u8; 32],
}

/// Why a proof was not made or not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProofError {
    /// Not of a proof's form.
    #[error("the proof is malformed")]
    Malformed,
    /// Its turn has not come.
    #[error("the proof came before its time")]
    TooEarly,
    /// Its turn is over.
    #[error("the proof was there already")]
    Twice,
    /// Of my own role.
    #[error("the proof is of the wrong role")]
    WrongRole,
    /// The MAC is wrong: the two ends have different keys, or saw different Hellos or transports.
    #[error("the other saw another handshake")]
    WrongKey,
    /// The signature is not the device's.
    #[error("the proof is not signed by the device")]
    WrongSignature,
    /// The offerer's share is not the one that its Hello committed to.
    #[error("the proof reveals another share than promised")]
    WrongCommitment,
    /// To be signed by another device than the Hello named.
    #[error("this is not the device of the hello")]
    OtherIdentity,
    /// A proof was refused before: the session is over.
    #[error("the session was refused")]
    Refused,
}

impl Proof {
    pub(crate) fn make(
        key: &Secret<32>,
        identity: &DeviceIdentity,
        role: Role,
        transcript: &[u8; 32],
        share: &Secret<32>,
    ) -> Self {
        let share = *share.expose();
        Self {
            role,
            mac: mac(key, role, transcript, &share).finalize().into_bytes().into(),
            signature: identity.sign(&signed(role, transcript, &share)),
            share,
        }
    }

    /// Checks role, MAC (in constant time), signature and, of an offerer, the commitment; gives the share.
    pub(crate) fn check(
        &self,
        key: &Secret<32>,
        device: &DeviceKey,
        role: Role,
        transcript: &[u8; 32],
        commitment: Option<&[u8; 32]>,
    ) -> Result<Secret<32>, ProofError> {
        if self.role != role {
            return Err(ProofError::WrongRole);
        }
        mac(key, role, transcript, &self.share).verify_slice(&self.mac).map_err(|_| ProofError::WrongKey)?;
        if !device.has_signed(&signed(role, transcript, &self.share), &self.signature) {
            return Err(ProofError::WrongSignature);
        }
        let share = Secret::new(self.share);
        if commitment.is_some_and(|commitment| super::keys::commitment(&share) != *commitment) {
            return Err(ProofError::WrongCommitment);
        }
        Ok(share)
    }

    /// The bytes for an envelope.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; PROOF_LENGTH] {
        let mut bytes = [0; PROOF_LENGTH];
        bytes[0] = if self.role == Role::Offerer { 1 } else { 2 };
        bytes[1..33].copy_from_slice(&self.mac);
        bytes[33..97].copy_from_slice(&self.signature);
        bytes[97..].copy_from_slice(&self.share);
        bytes
    }

    /// Reads the bytes of a `Confirm` envelope: a proof and nothing else.
    ///
    /// # Errors
    /// [`ProofError::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofError> {
        match Self::split(bytes)? {
            (proof, []) => Ok(proof),
            _ => Err(ProofError::Malformed),
        }
    }

    /// Reads the bytes of an `Answer` envelope: a proof, then the answer.
    ///
    /// # Errors
    /// [`ProofError::Malformed`].
    pub fn split(bytes: &[u8]) -> Result<(Self, &[u8]), ProofError> {
        let (proof, rest) = bytes.split_first_chunk::<PROOF_LENGTH>().ok_or(ProofError::Malformed)?;
        let role = Role::from_number(proof[0].into()).ok_or(ProofError::Malformed)?;
        let proof = Self {
            role,
            mac: std::array::from_fn(|i| proof[1 + i]),
            signature: std::array::from_fn(|i| proof[33 + i]),
            share: std::array::from_fn(|i| proof[97 + i]),
        };
        Ok((proof, rest))
    }
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proof({:?}, …)", self.role)
    }
}

fn mac(key: &Secret<32>, role: Role, transcript: &[u8; 32], share: &[u8; 32]) -> Hmac<Sha256> {
    let message = proven("conclave v1 proof mac", role, transcript, share);
    // A key shorter than a block is filled up with zeros (RFC 2104, section 2).
    let mut block = Secret::new([0; 64]);
    block.expose_mut()[..32].copy_from_slice(key.expose());
    let mut mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new(block.expose().into());
    mac.update(&message);
    mac
}

fn signed(role: Role, transcript: &[u8; 32], share: &[u8; 32]) -> Vec<u8> {
    proven("conclave v1 proof signature", role, transcript, share)
}

fn proven(domain: &str, role: Role, transcript: &[u8; 32], share: &[u8; 32]) -> Vec<u8> {
    Canonical::new(domain).number(role.number()).bytes(transcript).bytes(share).finish()
}
