//! From this end's encoders to a link's senders: called on the encoders' threads.

use std::sync::Arc;

use conclave_media::audio::{AudioSubscription, EncodedAudioPacket, EncodedAudioSink};
use conclave_media::video::{EncodedVideoFrame, EncodedVideoSink, SinkResult, VideoLayer, VideoSubscription};
use conclave_peer::{Line, LineSender, Link, OutgoingPacket};
use conclave_protocol::line::TileSize;

use super::layer::LayerChoice;
use crate::devices::LocalMedia;

/// What a line's RTP timestamps begin at (RFC 3550 section 5.1): the media clock would tell for how long this computer
/// has been running, and which links lead to the same one.
#[derive(Debug, Clone, Copy)]
struct TimestampOffset(u32);

impl TimestampOffset {
    fn random() -> Self {
        // Without a random source there would be no keys and no link; zero is harmless.
        Self(getrandom::u32().unwrap_or(0))
    }

    fn apply(self, timestamp: u32) -> u32 {
        timestamp.wrapping_add(self.0)
    }
}

/// They last as long as the link, however often it is interrupted.
struct TimestampOffsets {
    camera: TimestampOffset,
    microphone: TimestampOffset,
}

impl Default for TimestampOffsets {
    fn default() -> Self {
        Self { camera: TimestampOffset::random(), microphone: TimestampOffset::random() }
    }
}

struct VideoOut {
    line: LineSender,
    offset: TimestampOffset,
}

impl EncodedVideoSink for VideoOut {
    fn frame(&self, frame: &EncodedVideoFrame) -> SinkResult {
        let last = frame.payloads.len().saturating_sub(1);
        let packets: Vec<_> = frame
            .payloads
            .iter()
            .enumerate()
            .map(|(i, payload)| OutgoingPacket {
                payload: payload.clone(),
                timestamp: self.offset.apply(frame.timestamp),
                marker: i == last,
            })
            .collect();
        match self.line.send(&packets) {
            Ok(()) => SinkResult::Accepted,
            Err(_) => SinkResult::Full,
        }
    }
}

struct AudioOut {
    line: LineSender,
    offset: TimestampOffset,
}

impl EncodedAudioSink for AudioOut {
    fn packet(&self, packet: &EncodedAudioPacket) {
        let packet = OutgoingPacket {
            payload: packet.payload.clone(),
            timestamp: self.offset.apply(packet.timestamp),
            marker: packet.marker,
        };
        // A packet that finds no place is lost as on the network: the far end conceals it.
        let _ = self.line.send(std::slice::from_ref(&packet));
    }
}

/// What this end sends over one link. Dropping it stops that.
struct Outgoing {
    camera: VideoSubscription,
    _microphone: AudioSubscription,
}

impl Outgoing {
    fn attach(media: &LocalMedia, link: &Link, offsets: &TimestampOffsets) -> Self {
        Self {
            camera: media
                .camera
                .attach(Arc::new(VideoOut { line: link.line_sender(Line::Camera), offset: offsets.camera })),
            _microphone: media
                .microphone
                .attach(Arc::new(AudioOut { line: link.line_sender(Line::Microphone), offset: offsets.microphone })),
        }
    }

    pub(super) fn want(&self, layer: Option<VideoLayer>) {
        self.camera.want(layer);
    }

    pub(super) fn keyframe_requested(&self, line: Line) {
        if line == Line::Camera {
            self.camera.request_keyframe();
        }
    }
}

/// The layer a link carries, and what carries it while the link is up.
#[derive(Default)]
pub(super) struct CameraForwarding {
    choice: LayerChoice,
    offsets: TimestampOffsets,
    outgoing: Option<Outgoing>,
    wanted: Option<VideoLayer>,
}

impl CameraForwarding {
    /// The link is up, for the first time or again.
    pub(super) fn start(&mut self, media: &LocalMedia, link: &Link) {
        let outgoing = Outgoing::attach(media, link, &self.offsets);
        outgoing.want(self.wanted);
        self.outgoing = Some(outgoing);
    }

    pub(super) fn set_demand(&mut self, demand: TileSize) {
        let layer = self.choice.set_demand(demand);
        self.apply(layer);
    }

    /// What the link is to be able to carry, in bit/s: the sum over the lines, of which only the camera asks for any.
    pub(super) fn wanted_bps(&self) -> u64 {
        self.choice.wanted_bps()
    }

    pub(super) fn set_bandwidth(&mut self, bps: u64) {
        let layer = self.choice.set_bandwidth(bps);
        self.apply(layer);
    }

    pub(super) fn keyframe_requested(&self, line: Line) {
        if let Some(outgoing) = &self.outgoing {
            outgoing.keyframe_requested(line);
        }
    }

    fn apply(&mut self, layer: Option<VideoLayer>) {
        if self.wanted != layer {
            self.wanted = layer;
            if let Some(outgoing) = &self.outgoing {
                outgoing.want(layer);
            }
        }
    }
}
