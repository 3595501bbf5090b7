//! Bounds of this server beyond those of the [protocol](conclave_protocol::signalling::limits), and all of them as one
//! value that a test may shorten.

use std::num::NonZeroU32;
use std::time::Duration;

use conclave_protocol::signalling::limits::{
    CONNECTIONS_PER_ADDRESS, HELLO_TIMEOUT, JOINS_PER_MINUTE_PER_ADDRESS, MAX_MESSAGE_BYTES, MESSAGE_BURST,
    MESSAGES_PER_SECOND, PING_INTERVAL, SEND_QUEUE_BYTES,
};

/// Rooms at a time.
pub const MAX_ROOMS: usize = 5_000;
/// TCP connections at a time, of every kind.
pub const MAX_SOCKETS: usize = 5_000;
/// TCP connections of one address at a time: its WebSockets and as many others, so that one beyond the allowed
/// WebSockets still gets its typed refusal.
pub const SOCKETS_PER_ADDRESS: usize = 2 * CONNECTIONS_PER_ADDRESS;
/// Addresses whose joins are remembered at a time; past them, joins are refused until some are forgotten.
pub const MAX_REMEMBERED_ADDRESSES: usize = 50_000;
/// What is kept for one participant whose connection is down, in bytes: a send queue's worth, less the space that the
/// welcome before it and a message behind it need, so that who returns isn't at once too slow.
pub const KEPT_BYTES_PER_PLACE: usize = SEND_QUEUE_BYTES - MAX_MESSAGE_BYTES;
/// What is kept for all participants whose connections are down, in bytes.
pub const KEPT_BYTES_TOTAL: usize = 64 * 1024 * 1024;
/// STUN and TURN servers that clients are told of, as JSON, in bytes: a welcome must fit in a message.
pub const MAX_ICE_SERVERS_BYTES: usize = 16 * 1024;
/// Pings in a row that may stay unanswered.
pub const MAX_MISSED_PINGS: u32 = 2;
/// How long the last words to a client may take to be written, and a whole stop of the server twice that.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a client may take for the TLS handshake.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client may take to send the head of an HTTP request, or to ask for another page.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may be used for pages.
pub const PAGES_TIMEOUT: Duration = Duration::from_secs(60);

/// What one client may do, and how long it may take. The default is the constants.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The largest WebSocket message, in bytes.
    pub message_bytes: usize,
    /// What may wait for one client, in bytes.
    pub send_queue_bytes: usize,
    /// Messages a second that a client may send for long.
    pub messages_per_second: NonZeroU32,
    /// Messages that a client may send at once.
    pub message_burst: NonZeroU32,
    /// How long a new connection may take to say hello.
    pub hello_timeout: Duration,
    /// How often a client is pinged.
    pub ping_interval: Duration,
    /// WebSockets of one address.
    pub connections_per_address: usize,
    /// Joins a minute of one address, returns included.
    pub joins_per_minute_per_address: NonZeroU32,
    /// TCP connections of one address.
    pub sockets_per_address: usize,
    /// TCP connections of all.
    pub sockets: usize,
    /// How long the last words to a client may take.
    pub close_timeout: Duration,
    /// How long a TLS handshake may take.
    pub handshake_timeout: Duration,
    /// How long the head of a request may take.
    pub request_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let count = |constant| NonZeroU32::new(constant).unwrap_or(NonZeroU32::MIN);
        Self {
            message_bytes: MAX_MESSAGE_BYTES,
            send_queue_bytes: SEND_QUEUE_BYTES,
            messages_per_second: count(MESSAGES_PER_SECOND),
            message_burst: count(MESSAGE_BURST),
            hello_timeout: HELLO_TIMEOUT,
            ping_interval: PING_INTERVAL,
            connections_per_address: CONNECTIONS_PER_ADDRESS,
            joins_per_minute_per_address: count(JOINS_PER_MINUTE_PER_ADDRESS),
            sockets_per_address: SOCKETS_PER_ADDRESS,
            sockets: MAX_SOCKETS,
            close_timeout: CLOSE_TIMEOUT,
            handshake_timeout: HANDSHAKE_TIMEOUT,
            request_timeout: REQUEST_TIMEOUT,
        }
    }
}
