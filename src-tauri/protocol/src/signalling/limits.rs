//! Every bound of the signalling protocol, in one place: the server enforces them, clients stay inside them.

use std::time::Duration;

/// The largest WebSocket message, in bytes, in either direction.
pub const MAX_MESSAGE_BYTES: usize = 64 * 1024;
/// Messages a second that a client may send for long.
pub const MESSAGES_PER_SECOND: u32 = 50;
/// Messages that a client may send at once.
pub const MESSAGE_BURST: u32 = 200;
/// What may wait for one client, in bytes, before it is closed as too slow.
pub const SEND_QUEUE_BYTES: usize = 256 * 1024;
/// How long a new connection may take to say hello.
pub const HELLO_TIMEOUT: Duration = Duration::from_secs(5);
/// How often the server pings; a client silent for two of them is dropped.
pub const PING_INTERVAL: Duration = Duration::from_secs(25);
/// How long a dropped client's place is kept.
pub const RESUME_WINDOW: Duration = Duration::from_secs(30);
/// Participants of a mesh room.
pub const MAX_PARTICIPANTS: usize = 12;
/// Those who wait to be let into a room, beside its participants.
pub const MAX_WAITING: usize = 12;
/// How long one waits to be let in while nobody is there who could.
pub const WAITING_PATIENCE: Duration = Duration::from_secs(600);
/// The longest body of an order, in bytes.
pub const MAX_ORDER_BODY_BYTES: usize = 1024;
/// Credentials of an order: as many as a chain of handovers may be long, and the rules that name a co-host.
pub const MAX_ORDER_CREDENTIALS: usize = 33;
/// The longest credential, in bytes.
pub const MAX_CREDENTIAL_BYTES: usize = 1024;
/// The highest number of an order: beyond it JavaScript's numbers skip some (RFC 8259, section 6).
pub const MAX_ORDER_NUMBER: u64 = (1 << 53) - 1;
/// Keys that give orders as one participant. A device has one.
pub const MAX_ORDER_KEYS: usize = 4;
/// Participants that a room remembers as removed; the oldest are forgotten first.
pub const MAX_REMOVED: usize = 64;
/// Open connections an address.
pub const CONNECTIONS_PER_ADDRESS: usize = 20;
/// Joins a minute an address.
pub const JOINS_PER_MINUTE_PER_ADDRESS: u32 = 30;
