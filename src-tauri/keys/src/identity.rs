//! A device's identity: an Ed25519 key pair (RFC 8032).

use conclave_protocol::ids::HostKeyHash;
use ed25519_dalek::SigningKey;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// The system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the system's random source failed")]
pub struct RandomSourceFailed;

/// This device's key pair.
pub struct DeviceIdentity(SigningKey);

impl DeviceIdentity {
    /// A fresh key pair.
    ///
    /// # Errors
    /// [`RandomSourceFailed`].
    pub fn generate() -> Result<Self, RandomSourceFailed> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|_| RandomSourceFailed)?;
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// The first 16 bytes of SHA-256 of the public key: H of the links this device makes.
    #[must_use]
    pub fn key_hash(&self) -> HostKeyHash {
        let digest: [u8; 32] = Sha256::digest(self.0.verifying_key().as_bytes()).into();
        HostKeyHash(std::array::from_fn(|i| digest[i]))
    }
}

impl std::fmt::Debug for DeviceIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeviceIdentity({:?})", self.key_hash())
    }
}
