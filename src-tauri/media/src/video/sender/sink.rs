//! What a sender hands to the links.

use bytes::Bytes;

use crate::clock::MediaTime;
use crate::video::layer::VideoLayer;

/// One encoded picture of one layer.
#[derive(Debug, Clone)]
pub struct EncodedVideoFrame {
    /// Of which layer.
    pub layer: VideoLayer,
    /// Whether it is decodable without any other.
    pub keyframe: bool,
    /// 0 for what others are predicted from, 1 for what can be left out at no further harm.
    pub temporal_layer: u8,
    /// RTP timestamp, 90 kHz, from the capture time. Strictly increasing for a subscription, whatever source or layer
    /// its pictures are from.
    pub timestamp: u32,
    /// When the picture was taken.
    pub captured: MediaTime,
    /// RTP payloads (RFC 6184, packetization mode 1) of at most
    /// [`MAX_PAYLOAD_LENGTH`](crate::video::h264::packetise::MAX_PAYLOAD_LENGTH) bytes; the marker bit belongs to the
    /// last.
    pub payloads: Vec<Bytes>,
}

/// What became of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SinkResult {
    /// All of it is on its way.
    Accepted,
    /// None of it is: there is no room. The subscription gets nothing until the next keyframe, unless the picture was
    /// one that can be left out.
    Full,
}

/// Where encoded pictures go.
pub trait EncodedVideoSink: Send + Sync {
    /// Takes a picture, whole or not at all. Called on the encoder's thread; must not block.
    fn frame(&self, frame: &EncodedVideoFrame) -> SinkResult;
}
