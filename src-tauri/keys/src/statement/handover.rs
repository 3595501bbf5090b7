//! Somebody else becomes host.

use conclave_protocol::ids::RoomId;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{MAX_NUMBER, Statement};
use crate::epoch::Epoch;
use crate::identity::DeviceKey;

/// The most handovers of a room.
pub const MAX_HANDOVERS: usize = 32;

/// Gives the host's role to another device; signed by the host that gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Handover {
    /// R.
    pub room: RoomId,
    /// The epoch that it was said in.
    pub epoch: Epoch,
    /// Which handover of the room it is: 1 for the first, and no number left out.
    pub revision: u64,
    /// The host until now.
    pub from: DeviceKey,
    /// The host from now on.
    pub to: DeviceKey,
}

impl Statement for Handover {
    const KIND: u8 = 4;
    const DOMAIN: &'static str = "conclave v1 handover";

    fn is_bounded(&self) -> bool {
        self.revision <= MAX_NUMBER && self.epoch.0 <= MAX_NUMBER && self.from != self.to
    }
}

/// Why a handover hands nothing over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HandoverError {
    /// For another room.
    #[error("the handover is for another room")]
    OtherRoom,
    /// Not signed by the host that it takes the role from, or that one isn't the host at this place of the chain.
    #[error("the handover is not the host's")]
    NotHost,
    /// A handover before it is missing.
    #[error("a handover before this one is missing")]
    Gap,
    /// The host has signed two handovers of one number. The one that was seen first stays.
    #[error("the host handed over to two")]
    Conflict,
    /// More than [`MAX_HANDOVERS`].
    #[error("too many handovers")]
    TooMany,
}
