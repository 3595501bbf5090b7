//! Server to client.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

use super::order::OrderNumber;
use crate::bytes::SealedBytes;
use crate::ids::{JoinOrder, ParticipantId, ResumeToken};

/// One message from the room server to a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ServerMessage {
    /// The answer to a hello.
    Welcome {
        /// Who the client is in this room.
        participant: ParticipantId,
        /// What to show to be let back in as the same participant.
        token: ResumeToken,
        /// When the client joined, relative to the others; as one who waits, when it would have, until
        /// [`ServerMessage::Admitted`] says so.
        order: JoinOrder,
        /// Whether the client is in the room.
        standing: Standing,
        /// Everyone else in the room, those included whose connection is down and whose place is kept. For one who
        /// waits, only those who govern.
        members: Vec<Member>,
        /// STUN and TURN servers to gather candidates with.
        ice_servers: Vec<IceServer>,
    },
    /// The client waited and is in the room now.
    Admitted {
        /// When the client joined.
        order: JoinOrder,
        /// Everyone else in the room.
        members: Vec<Member>,
    },
    /// Someone waits to be let in; said to those who govern. [`ServerMessage::Joined`] or [`ServerMessage::Left`]
    /// follows.
    Waiting {
        /// Who, with the order that it was told for the time being.
        member: Member,
    },
    /// Someone entered the room; also said of someone who returns after its place had lapsed. To one who waits:
    /// someone governs now.
    Joined {
        /// Who.
        member: Member,
    },
    /// Someone is gone. To one who waits: someone governs no more, or is gone.
    Left {
        /// Who.
        participant: ParticipantId,
        /// Why.
        reason: LeaveReason,
    },
    /// Sealed bytes from another participant.
    Relayed {
        /// The sender, stamped by the server.
        from: ParticipantId,
        /// What only participants can read.
        payload: SealedBytes,
    },
    /// An order was given with a number that is not greater than that of the last one that its key gave as this
    /// participant: it was not followed, and the connection goes on. Whoever wants it still gives it anew.
    OrderRepeated {
        /// The number of the last one.
        last: OrderNumber,
    },
    /// The server did not accept what the client sent, and closes the connection with [`SignallingError::close_code`].
    Refused {
        /// What was wrong.
        error: SignallingError,
    },
}

impl ServerMessage {
    /// The JSON to send.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serialising strings and numbers into memory has no failure.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Whether a client is in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// It is.
    Inside,
    /// It waits until somebody who governs lets it in, as the room has a lobby or is locked. It has a place with a token
    /// all the same.
    Waiting,
}

/// A participant, as the server knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Who.
    pub participant: ParticipantId,
    /// When it joined.
    pub order: JoinOrder,
}

/// Why a participant is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LeaveReason {
    /// It said so.
    Left,
    /// Its connection dropped and it did not return in time. Links to it may be alive all the same.
    TimedOut,
    /// The host put it out, or didn't let it in.
    Removed,
}

/// A STUN or TURN server.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IceServer {
    /// `stun:…` and `turn:…` addresses (RFC 7064, RFC 7065).
    pub urls: Vec<String>,
    /// TURN user name.
    #[serde(default)]
    pub username: Option<String>,
    /// TURN password.
    #[serde(default)]
    pub credential: Option<String>,
}

impl std::fmt::Debug for IceServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceServer").field("urls", &self.urls).finish_non_exhaustive()
    }
}

/// Why the server refused a client or a message. Each ends the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Error, TS)]
#[serde(rename_all = "camelCase")]
pub enum SignallingError {
    /// Not a message of this protocol.
    #[error("unreadable message")]
    Malformed,
    /// Larger than [`super::limits::MAX_MESSAGE_BYTES`].
    #[error("message too large")]
    TooLarge,
    /// Something other than a hello came first.
    #[error("a hello must come first")]
    HelloExpected,
    /// No hello in time.
    #[error("no hello in time")]
    HelloTimeout,
    /// A second hello.
    #[error("hello was already said")]
    UnexpectedHello,
    /// The client speaks another version.
    #[error("unsupported version")]
    UnsupportedVersion,
    /// More messages than allowed.
    #[error("too many messages")]
    TooManyMessages,
    /// More connections or joins from one address than allowed.
    #[error("too many connections from this address")]
    TooManyConnections,
    /// The room has [`super::limits::MAX_PARTICIPANTS`] already, or [`super::limits::MAX_WAITING`] who wait.
    #[error("the room is full")]
    RoomFull,
    /// The place is another client's: the resume token is wrong.
    #[error("the resume token is wrong")]
    WrongToken,
    /// The same participant connected again; the newer connection stands.
    #[error("replaced by a newer connection")]
    Replaced,
    /// The client did not read what was sent to it.
    #[error("too slow in reading")]
    TooSlow,
    /// The server is stopping; try again soon.
    #[error("the server is stopping")]
    ShuttingDown,
    /// An order that isn't the host's, or isn't this client's.
    #[error("not an order of the room's host")]
    NotTheHost,
    /// The host didn't let the client in, or nobody came who could.
    #[error("not let into the room")]
    NotAdmitted,
    /// The client came to a locked room, and the host refused it while the lock was on.
    #[error("the room is locked")]
    Locked,
    /// The host has removed the client.
    #[error("removed from the room")]
    Removed,
}

impl SignallingError {
    /// The WebSocket close code (RFC 6455 section 7.4): a registered one where it fits, 4000 and up otherwise.
    #[must_use]
    pub fn close_code(self) -> u16 {
        match self {
            Self::Malformed => 1007,
            Self::TooLarge => 1009,
            Self::ShuttingDown => 1012,
            Self::HelloExpected => 4000,
            Self::HelloTimeout => 4001,
            Self::UnexpectedHello => 4002,
            Self::UnsupportedVersion => 4003,
            Self::TooManyMessages => 4004,
            Self::TooManyConnections => 4005,
            Self::RoomFull => 4006,
            Self::WrongToken => 4007,
            Self::Replaced => 4008,
            Self::TooSlow => 4009,
            Self::NotTheHost => 4010,
            Self::NotAdmitted => 4011,
            Self::Locked => 4012,
            Self::Removed => 4013,
        }
    }

    /// Whether trying again by itself can help.
    #[must_use]
    pub fn is_transient(self) -> bool {
        matches!(
            self,
            Self::ShuttingDown | Self::TooSlow | Self::TooManyMessages | Self::HelloTimeout | Self::TooManyConnections
        )
    }
}
