//! Somebody is put out.

use conclave_protocol::ids::RoomId;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::authority::HostAuthority;
use super::{MAX_NUMBER, Signed, Statement};
use crate::epoch::{Epoch, EpochSecretHash};
use crate::identity::DeviceKey;

/// The most devices that are remembered as removed from a room.
pub const MAX_REMOVED_DEVICES: usize = 64;

/// Puts one device out, and begins an epoch whose secret only the others are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Removal {
    /// R.
    pub room: RoomId,
    /// The epoch that begins.
    pub epoch: Epoch,
    /// The device that is put out.
    pub device_key: DeviceKey,
    /// Of the secret of the epoch that begins: no other is taken.
    pub secret_hash: EpochSecretHash,
}

impl Statement for Removal {
    const KIND: u8 = 3;
    const DOMAIN: &'static str = "conclave v1 removal";

    fn is_bounded(&self) -> bool {
        self.epoch.0 <= MAX_NUMBER
    }
}

/// Why a removal removes nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RemovalError {
    /// For another room.
    #[error("the removal is for another room")]
    OtherRoom,
    /// Signed by somebody who may not remove.
    #[error("the removal is not the host's")]
    NotHost,
    /// The host can't be removed: it hands over.
    #[error("the host can't be removed")]
    HostItself,
    /// [`MAX_REMOVED_DEVICES`] were removed: the room needs a new link.
    #[error("too many devices were removed from this room")]
    TooMany,
}

/// What a removal means for me.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RemovalEffect {
    /// A later epoch than mine begins: sessions with the device are to be closed, and the host sends the secret.
    BeginsEpoch(Epoch),
    /// It belongs to the past: told to newcomers, or told again.
    Past,
}

/// The devices that were removed from a room, for good: who is wanted back needs a new link, or a new key. Asked before any handshake is accepted. A device can give itself a new
/// key, so this keeps out who doesn't try; who does is kept out by the epoch's secret and the lobby.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemovedDevices(Vec<DeviceKey>);

impl RemovedDevices {
    #[cfg(test)]
    pub(crate) fn of(devices: &[DeviceKey]) -> Self {
        Self(devices.to_vec())
    }

    /// Whether the device was removed.
    #[must_use]
    pub fn contains(&self, device: &DeviceKey) -> bool {
        self.0.contains(device)
    }

    /// Takes a removal by the host or the acting host, as one in `epoch`, given who is present, me included. Newcomers
    /// take all earlier ones.
    ///
    /// # Errors
    /// [`RemovalError`].
    pub fn accept(
        &mut self,
        removal: &Signed<Removal>,
        authority: &HostAuthority,
        epoch: Epoch,
        present: &[DeviceKey],
    ) -> Result<RemovalEffect, RemovalError> {
        let Removal { room, epoch: begins, device_key, .. } = removal.statement();
        if *room != authority.room() {
            return Err(RemovalError::OtherRoom);
        }
        if authority.rank(&removal.signer(), present).is_none() {
            return Err(RemovalError::NotHost);
        }
        if authority.is_host(device_key) {
            return Err(RemovalError::HostItself);
        }
        if !self.contains(device_key) {
            if self.0.len() >= MAX_REMOVED_DEVICES {
                return Err(RemovalError::TooMany);
            }
            self.0.push(*device_key);
        }
        Ok(if *begins > epoch { RemovalEffect::BeginsEpoch(*begins) } else { RemovalEffect::Past })
    }
}
