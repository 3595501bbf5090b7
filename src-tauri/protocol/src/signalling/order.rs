//! What a host has its server do: who comes in, and who goes.
//!
//! The server enforces these beside the participants, who trust their own checks alone. It knows no secret of the
//! link: an order is signed by a device whose key's hash is H of the room's address, or that shows by credentials that
//! the role was handed to it.
//!
//! Orders are kept as long as the room has anybody in it. A server that restarted knows none: until whoever governs
//! has repeated them it lets everyone in, and the participants refuse whom they know not to be admitted.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

use super::limits::{MAX_CREDENTIAL_BYTES, MAX_ORDER_BODY_BYTES, MAX_ORDER_CREDENTIALS, MAX_ORDER_NUMBER};
use crate::bytes::BoundedBytes;
use crate::ids::{DevicePublicKey, DeviceSignature, HostKeyHash, ParticipantId, RoomAddress, RoomId};

/// The domain of an order's signature. What is signed are three fields, each after its length in bytes (u32,
/// big-endian): this domain, the signer's key, the body.
pub const ORDER_DOMAIN: &str = "conclave v1 room order";

/// The JSON of a [`RoomOrder`], in the very bytes that are signed.
pub type OrderBody = BoundedBytes<MAX_ORDER_BODY_BYTES>;

/// A signed statement of a host, as participants show it to each other.
pub type Credential = BoundedBytes<MAX_CREDENTIAL_BYTES>;

/// An order and who gives it; nothing of it is checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedOrder {
    /// Whose order.
    pub key: DevicePublicKey,
    /// What is signed.
    pub body: OrderBody,
    /// Over [`ORDER_DOMAIN`], key and body.
    pub signature: DeviceSignature,
    /// Why the key speaks for the host; empty when it is the one that H of the address is the hash of.
    pub credentials: Credentials,
}

/// Credentials, the first handover first; at most [`MAX_ORDER_CREDENTIALS`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Credential>")]
pub struct Credentials(Vec<Credential>);

/// More credentials than any order needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("more than {MAX_ORDER_CREDENTIALS} credentials")]
pub struct TooManyCredentials;

impl Credentials {
    /// In their order.
    #[must_use]
    pub fn as_slice(&self) -> &[Credential] {
        &self.0
    }
}

impl TryFrom<Vec<Credential>> for Credentials {
    type Error = TooManyCredentials;

    fn try_from(credentials: Vec<Credential>) -> Result<Self, Self::Error> {
        if credentials.len() <= MAX_ORDER_CREDENTIALS { Ok(Self(credentials)) } else { Err(TooManyCredentials) }
    }
}

/// What is ordered, where, and by which connection: an order is of no use to another participant or in another room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoomOrder {
    /// R of the link.
    pub room: RoomId,
    /// H of the link.
    pub host: HostKeyHash,
    /// Who gives the order, as the server named it in its welcome.
    pub participant: ParticipantId,
    /// Makes each of this participant's orders one of its own.
    pub number: OrderNumber,
    /// What is to be done.
    pub command: RoomCommand,
}

impl RoomOrder {
    /// Where it is to be done.
    #[must_use]
    pub fn address(&self) -> RoomAddress {
        RoomAddress { room: self.room, host: self.host }
    }

    /// The bytes to sign.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Serialising strings and numbers into memory has no failure.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// Greater with each order that a key gives as one participant, over all its connections: the time of day in
/// milliseconds, or one more than the last if that is greater. As another participant a key begins anew, and its order
/// for one is of no use to the other: so nobody is kept from giving orders by a clock that was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct OrderNumber(u64);

/// Beyond [`MAX_ORDER_NUMBER`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an order's number is at most {MAX_ORDER_NUMBER}")]
pub struct InvalidOrderNumber;

impl OrderNumber {
    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for OrderNumber {
    type Error = InvalidOrderNumber;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        if number <= MAX_ORDER_NUMBER { Ok(Self(number)) } else { Err(InvalidOrderNumber) }
    }
}

/// What can be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum RoomCommand {
    /// Says who may come in. An open room that isn't locked lets in all who wait.
    SetAccess {
        /// Who.
        access: Access,
    },
    /// Locks the room, or opens the lock.
    SetLock {
        /// Which.
        lock: Lock,
    },
    /// Lets one in who waits.
    Admit {
        /// Who.
        participant: ParticipantId,
    },
    /// Sends one away who waits: as [`Locked`](super::SignallingError::Locked) who came while the room was locked, as
    /// long as it is; otherwise as [`NotAdmitted`](super::SignallingError::NotAdmitted).
    Refuse {
        /// Who.
        participant: ParticipantId,
    },
    /// Puts one out, who doesn't come back with the same token.
    Remove {
        /// Who.
        participant: ParticipantId,
    },
}

/// Who may come in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Access {
    /// Whoever has the link.
    #[default]
    Open,
    /// Whom the host lets in; others wait.
    Lobby,
}

/// Whether anybody may come in unasked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Lock {
    /// As [`Access`] says.
    #[default]
    Unlocked,
    /// Nobody but who has a place already: whoever comes waits, however open the room is. The server can't tell strangers
    /// from those who were inside and lost their place, nor from the host; those who govern can.
    Locked,
}
