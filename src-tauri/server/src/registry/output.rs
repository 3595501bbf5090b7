//! What a registry wants done.

use conclave_protocol::signalling::{ServerMessage, SignallingError};

/// A connection, as its owner numbers it. Numbers are never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Say this to each of these connections.
    Send {
        /// To whom; at least one.
        to: Vec<ConnectionId>,
        /// What.
        message: ServerMessage,
    },
    /// Close this connection; the registry has forgotten it.
    Close {
        /// Which.
        connection: ConnectionId,
        /// How.
        closure: Closure,
    },
}

/// How a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Closure {
    /// After [`ServerMessage::Refused`], with the error's close code.
    Refused(SignallingError),
    /// The client left: a normal closure (RFC 6455 section 7.4.1, code 1000).
    Goodbye,
}

impl Output {
    pub(super) fn send(to: ConnectionId, message: ServerMessage) -> Self {
        Self::Send { to: vec![to], message }
    }

    /// Nothing when there is nobody.
    pub(super) fn to_all(to: Vec<ConnectionId>, message: ServerMessage) -> Vec<Self> {
        if to.is_empty() { Vec::new() } else { vec![Self::Send { to, message }] }
    }

    pub(super) fn refuse(connection: ConnectionId, error: SignallingError) -> Self {
        Self::Close { connection, closure: Closure::Refused(error) }
    }
}

/// What a registry holds, and what it dropped since it began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Rooms with at least one place taken.
    pub rooms: usize,
    /// Places taken inside.
    pub participants: usize,
    /// Places of those who wait.
    pub waiting: usize,
    /// Those of either without a connection.
    pub away: usize,
    /// What is kept for them, in bytes of JSON.
    pub kept_bytes: usize,
    /// Messages that could not be kept for want of space.
    pub kept_dropped: u64,
    /// Messages for somebody who is not in the room, or whom the sender doesn't meet.
    pub unknown_recipients: u64,
    /// Orders that were carried out.
    pub orders_obeyed: u64,
    /// Valid orders that there was nothing to do for.
    pub orders_without_effect: u64,
    /// Orders that weren't the host's, or had been given before.
    pub orders_refused: u64,
}
