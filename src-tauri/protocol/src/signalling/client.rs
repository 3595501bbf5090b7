//! Client to server.

use serde::{Deserialize, Serialize};

use super::order::SignedOrder;
use crate::bytes::SealedBytes;
use crate::ids::{HostKeyHash, JoinOrder, ParticipantId, ResumeToken, RoomAddress, RoomId};

/// The signalling protocol's version; a server refuses a client of another one.
pub const PROTOCOL_VERSION: u16 = 1;

/// One message from a client to the room server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ClientMessage {
    /// The first message, once: enter a room, or take one's place there again.
    Hello {
        /// [`PROTOCOL_VERSION`].
        version: u16,
        /// R of the link.
        room: RoomId,
        /// H of the link: the server tells by it whose orders to follow. Metadata that it sees: all rooms of one host
        /// have the same.
        host: HostKeyHash,
        /// The place held before, after a dropped connection or a restarted server.
        returning: Option<Returning>,
    },
    /// Sealed bytes for one participant or for all others. The server stamps the sender. Between one who waits and the
    /// room they go only to and from those who govern, and only when sent to a participant.
    Relay {
        /// For whom.
        to: Recipient,
        /// What only participants can read.
        payload: SealedBytes,
    },
    /// An order of the room's host. Whoever gives the first valid one on a connection governs the room from then on,
    /// until the connection ends: the server tells it who waits. One that waited itself comes inside first.
    ///
    /// An order that is valid and can't be carried out, as whom it is about has just gone, has no effect. One that was
    /// given before is answered by [`OrderRepeated`](super::ServerMessage::OrderRepeated). Any other is refused as
    /// [`NotTheHost`](super::SignallingError::NotTheHost).
    Govern {
        /// The order.
        order: SignedOrder,
    },
    /// Leave for good: the place is given up at once.
    Leave,
}

impl ClientMessage {
    /// A first hello of this version.
    #[must_use]
    pub fn hello(address: RoomAddress, returning: Option<Returning>) -> Self {
        let RoomAddress { room, host } = address;
        Self::Hello { version: PROTOCOL_VERSION, room, host, returning }
    }

    /// The JSON to send.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serialising strings and numbers into memory has no failure.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A place in a room that a client held before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Returning {
    /// Who it was.
    pub participant: ParticipantId,
    /// Proof of it. A server that restarted empty takes the client's word and remembers this token.
    pub token: ResumeToken,
    /// When it had joined.
    pub order: JoinOrder,
}

/// For whom a relayed message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Recipient {
    /// Every other participant who is inside; nobody, from one who waits.
    Everyone,
    /// One participant of the room.
    Participant(ParticipantId),
}
