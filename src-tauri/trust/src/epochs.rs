//! The epoch that this end is in, and its key.

use std::num::NonZeroU64;

use conclave_keys::epoch::{Epoch, EpochSecret};
use conclave_keys::room_key::{EpochKey, RoomKey};

/// The room's keys: of the epoch that this end is in, and of the first, in which newcomers greet the host.
pub(super) struct Epochs {
    room: RoomKey,
    first: EpochKey,
    current: EpochKey,
    secret: Option<EpochSecret>,
}

impl Epochs {
    pub(super) fn new(room: RoomKey) -> Self {
        let first = room.first_epoch();
        Self { room, current: first.clone(), first, secret: None }
    }

    pub(super) fn current(&self) -> &EpochKey {
        &self.current
    }

    pub(super) fn first(&self) -> &EpochKey {
        &self.first
    }

    /// Whether the room has a password, as far as this end knows: it gave one.
    pub(super) fn has_password(&self) -> bool {
        self.room.has_password()
    }

    pub(super) fn epoch(&self) -> Epoch {
        self.current.epoch()
    }

    /// Goes on to a later epoch. An earlier one, or the one that this end is in, is gone on from.
    pub(super) fn advance(&mut self, epoch: Epoch, secret: EpochSecret) -> Advance {
        let Some(number) = NonZeroU64::new(epoch.0).filter(|_| epoch > self.epoch()) else {
            return Advance::Stayed;
        };
        self.current = self.room.later_epoch(number, &secret);
        self.secret = Some(secret);
        Advance::Moved
    }

    /// What tells another the epoch: its number, 8 bytes big-endian, and its secret. `None` in the first.
    pub(super) fn told(&self) -> Option<Vec<u8>> {
        let secret = self.secret.as_ref()?;
        Some([self.epoch().0.to_be_bytes().as_slice(), secret.as_bytes()].concat())
    }
}

/// Whether this end is in another epoch than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advance {
    Moved,
    Stayed,
}

/// Reads what tells an epoch.
pub(super) fn read(plain: &[u8]) -> Option<(Epoch, EpochSecret)> {
    let (number, secret) = plain.split_first_chunk::<8>()?;
    Some((Epoch(u64::from_be_bytes(*number)), EpochSecret::from_bytes(secret.try_into().ok()?)))
}
