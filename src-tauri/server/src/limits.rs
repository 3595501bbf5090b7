//! Bounds of this server beyond those of the [protocol](conclave_protocol::signalling::limits).

use conclave_protocol::signalling::limits::{MAX_MESSAGE_BYTES, SEND_QUEUE_BYTES};

/// Rooms at a time.
pub const MAX_ROOMS: usize = 5_000;
/// What is kept for one participant whose connection is down, in bytes: a send queue's worth, less the space that the
/// welcome before it and a message behind it need, so that who returns isn't at once too slow.
pub const KEPT_BYTES_PER_PLACE: usize = SEND_QUEUE_BYTES - MAX_MESSAGE_BYTES;
/// What is kept for all participants whose connections are down, in bytes.
pub const KEPT_BYTES_TOTAL: usize = 64 * 1024 * 1024;
