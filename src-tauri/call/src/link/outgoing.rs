//! From this end's encoders to a link's senders: called on the encoders' threads.

use std::sync::Arc;

use conclave_media::audio::{AudioSubscription, EncodedAudioPacket, EncodedAudioSink};
use conclave_media::video::{EncodedVideoFrame, EncodedVideoSink, SinkResult, VideoSubscription};
use conclave_peer::{Line, LineSender, Link, OutgoingPacket};
use conclave_protocol::line::{TileSize, VideoLine};

use super::budget::{Carried, VideoBudget};
use crate::devices::{LocalMedia, Sharing};

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
    screen: TimestampOffset,
    microphone: TimestampOffset,
}

impl Default for TimestampOffsets {
    fn default() -> Self {
        let random = TimestampOffset::random;
        Self { camera: random(), screen: random(), microphone: random() }
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
    screen: VideoSubscription,
    _microphone: AudioSubscription,
}

impl Outgoing {
    fn attach(media: &LocalMedia, link: &Link, offsets: &TimestampOffsets) -> Self {
        let video = |line, offset| Arc::new(VideoOut { line: link.line_sender(line), offset });
        Self {
            camera: media.camera.attach(video(Line::Camera, offsets.camera)),
            screen: media.screen.attach(video(Line::Screen, offsets.screen)),
            _microphone: media
                .microphone
                .attach(Arc::new(AudioOut { line: link.line_sender(Line::Microphone), offset: offsets.microphone })),
        }
    }

    fn carry(&self, carried: Carried) {
        self.camera.want(carried.camera);
        self.screen.limit(carried.screen_limit_bps);
        self.screen.want(carried.screen);
    }

    fn keyframe_requested(&self, line: Line) {
        match line {
            Line::Camera => self.camera.request_keyframe(),
            Line::Screen => self.screen.request_keyframe(),
            Line::Microphone | Line::ScreenSound => {}
        }
    }
}

/// What a link carries of the video lines, and what carries it while the link is up.
#[derive(Default)]
pub(super) struct VideoForwarding {
    budget: VideoBudget,
    offsets: TimestampOffsets,
    outgoing: Option<Outgoing>,
    carried: Carried,
}

impl VideoForwarding {
    /// The link is up, for the first time or again.
    pub(super) fn start(&mut self, media: &LocalMedia, link: &Link) {
        let outgoing = Outgoing::attach(media, link, &self.offsets);
        outgoing.carry(self.carried);
        self.outgoing = Some(outgoing);
    }

    pub(super) fn set_demand(&mut self, line: VideoLine, demand: TileSize) {
        self.budget.set_demand(line, demand);
        self.apply();
    }

    pub(super) fn set_sharing(&mut self, sharing: Sharing) {
        self.budget.set_sharing(sharing);
        self.apply();
    }

    /// What the link is to be able to carry, in bit/s: the sum over the lines.
    pub(super) fn wanted_bps(&self) -> u64 {
        self.budget.wanted_bps()
    }

    pub(super) fn set_bandwidth(&mut self, bps: u64) {
        self.budget.set_bandwidth(bps);
        self.apply();
    }

    pub(super) fn keyframe_requested(&self, line: Line) {
        if let Some(outgoing) = &self.outgoing {
            outgoing.keyframe_requested(line);
        }
    }

    fn apply(&mut self) {
        let carried = self.budget.carried();
        if self.carried != carried {
            self.carried = carried;
            if let Some(outgoing) = &self.outgoing {
                outgoing.carry(carried);
            }
        }
    }
}
