//! From whole frames to paced, numbered packets.

mod pacer;
mod queue;
mod writer;

pub(crate) use pacer::pacing_bps;
pub(crate) use queue::SendQueues;
pub use queue::{LineSender, MAX_PAYLOAD_BYTES, OutgoingPacket, SendError};
pub(crate) use writer::{LineWriter, write_queued};
