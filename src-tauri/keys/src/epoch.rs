//! Epochs: a room begins in epoch 0; each removal of somebody begins the next one, with a secret that only those who
//! stay are told.

use serde::{Deserialize, Serialize};

use crate::random::RandomSourceFailed;
use crate::secret::Secret;

/// The number of an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u64);

impl Epoch {
    /// The epoch that a room begins in; the only one without a secret.
    pub const FIRST: Self = Self(0);

    /// The epoch after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// E: 32 random bytes, told to those who stay when somebody was removed.
#[derive(Clone, PartialEq, Eq)]
pub struct EpochSecret(pub(crate) Secret<32>);

impl EpochSecret {
    /// A fresh one, for the host that removes somebody.
    ///
    /// # Errors
    /// [`RandomSourceFailed`].
    pub fn generate() -> Result<Self, RandomSourceFailed> {
        Secret::draw().map(Self)
    }

    /// From the bytes of an `EpochSecret` envelope.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// The bytes for an `EpochSecret` envelope.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.expose()
    }
}

impl std::fmt::Debug for EpochSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EpochSecret(…)")
    }
}
