//! What arrives.

use std::time::Instant;

use bytes::Bytes;

use crate::video::h264::packetise::STAP_A;

/// An RTP packet of a video line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoPacket {
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp, 90 kHz.
    pub timestamp: u32,
    /// RTP marker bit: the last packet of a picture.
    pub marker: bool,
    /// The payload (RFC 6184).
    pub payload: Bytes,
    /// Who sends it.
    pub ssrc: u32,
    /// When it came.
    pub arrival: Instant,
}

impl VideoPacket {
    /// Whether a keyframe begins here, by its sequence parameter set.
    pub(crate) fn begins_keyframe(&self) -> bool {
        const SEQUENCE_PARAMETER_SET: u8 = 7;
        let kind = |at: usize| self.payload.get(at).map(|header| header & 0x1F);
        match kind(0) {
            // Behind the aggregate's own header and the first length.
            Some(STAP_A) => kind(3) == Some(SEQUENCE_PARAMETER_SET),
            first => first == Some(SEQUENCE_PARAMETER_SET),
        }
    }
}
