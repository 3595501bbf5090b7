//! What arrives on the media lines.

mod keyframe;
mod track;

pub(crate) use keyframe::KeyframeRequests;
pub use track::{IncomingPacket, PacketSink};
pub(crate) use track::{ReceiveCounters, receive};
