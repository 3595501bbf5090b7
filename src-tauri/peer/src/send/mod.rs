//! From whole frames to paced, numbered packets.

mod pacer;
mod probe_desk;
mod queue;
mod writer;

#[cfg(test)]
pub(crate) use pacer::Pacer;
pub(crate) use pacer::pacing_bps;
pub(crate) use probe_desk::ProbeDesk;
pub(crate) use queue::SendQueues;
pub use queue::{LineSender, MAX_PAYLOAD_BYTES, OutgoingPacket, SendError};
pub(crate) use writer::{LineWriter, write_queued};
