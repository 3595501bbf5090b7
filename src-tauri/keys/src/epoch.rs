//! Epochs: a room begins in epoch 0; each removal of somebody begins the next one, with a secret that only those who
//! stay are told.

use conclave_protocol::bytes::{decode_exact, encode};
use conclave_protocol::ids::RoomId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::canonical::Canonical;
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

    /// What the removal that begins the epoch says of its secret.
    #[must_use]
    pub fn commitment(&self, room: RoomId, epoch: Epoch) -> EpochSecretHash {
        let hash = Canonical::new("conclave v1 epoch secret").bytes(&room.0).number(epoch.0).bytes(self.as_bytes());
        EpochSecretHash(hash.sha_256())
    }
}

impl std::fmt::Debug for EpochSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EpochSecret(…)")
    }
}

/// Commits to an epoch's secret without telling it. Travels as base64url text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EpochSecretHash(pub [u8; 32]);

impl Serialize for EpochSecretHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for EpochSecretHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        decode_exact(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_fits_one_secret_of_one_epoch_of_one_room() {
        let commit = |secret, room, epoch| EpochSecret::from_bytes([secret; 32]).commitment(RoomId([room; 16]), epoch);
        let one = commit(1, 2, Epoch(3));
        assert_eq!(one, commit(1, 2, Epoch(3)));
        for other in [commit(9, 2, Epoch(3)), commit(1, 9, Epoch(3)), commit(1, 2, Epoch(4))] {
            assert_ne!(one, other);
        }
    }
}
