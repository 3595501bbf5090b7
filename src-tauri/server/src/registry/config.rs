//! What bounds a registry.

use std::time::Duration;

use conclave_protocol::signalling::IceServer;
use conclave_protocol::signalling::limits::{
    MAX_MESSAGE_BYTES, MAX_PARTICIPANTS, MAX_WAITING, RESUME_WINDOW, WAITING_PATIENCE,
};

use crate::limits::{KEPT_BYTES_PER_PLACE, KEPT_BYTES_TOTAL, MAX_ROOMS};

/// What bounds a [`Registry`](super::Registry), and what it tells everyone who enters.
#[derive(Debug, Clone)]
pub struct RegistryConfig {
    /// Places of a room.
    pub participants_per_room: usize,
    /// Places of those who wait before it.
    pub waiting_per_room: usize,
    /// How long one waits while nobody governs the room.
    pub waiting_patience: Duration,
    /// Rooms at a time; for one more, a hello is refused as
    /// [`TooManyConnections`](conclave_protocol::signalling::SignallingError::TooManyConnections).
    pub rooms: usize,
    /// The largest message that others are sent, in bytes of JSON.
    pub message_bytes: usize,
    /// How long a place is kept without a connection.
    pub resume_window: Duration,
    /// What is kept for one place without a connection, in bytes of JSON; beyond it, the oldest message is dropped.
    pub kept_bytes_per_place: usize,
    /// What is kept for all of them together; beyond it, the newest message is dropped.
    pub kept_bytes_total: usize,
    /// STUN and TURN servers, for every welcome.
    pub ice_servers: Vec<IceServer>,
}

impl Default for RegistryConfig {
    /// The limits of the protocol, and no ICE servers.
    fn default() -> Self {
        Self {
            participants_per_room: MAX_PARTICIPANTS,
            waiting_per_room: MAX_WAITING,
            waiting_patience: WAITING_PATIENCE,
            rooms: MAX_ROOMS,
            message_bytes: MAX_MESSAGE_BYTES,
            resume_window: RESUME_WINDOW,
            kept_bytes_per_place: KEPT_BYTES_PER_PLACE,
            kept_bytes_total: KEPT_BYTES_TOTAL,
            ice_servers: Vec::new(),
        }
    }
}
