//! What arrives on the media lines.

mod keyframe;
mod track;

pub(crate) use keyframe::KeyframeRequests;
pub(crate) use track::receive;
pub use track::{IncomingPacket, PacketSink};
