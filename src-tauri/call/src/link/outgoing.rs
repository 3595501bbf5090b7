//! From this end's encoders to a link's senders: called on the encoders' threads.

use std::sync::Arc;

use conclave_media::audio::{AudioSubscription, EncodedAudioPacket, EncodedAudioSink};
use conclave_media::video::{EncodedVideoFrame, EncodedVideoSink, SinkResult, VideoLayer, VideoSubscription};
use conclave_peer::{Line, LineSender, Link, OutgoingPacket};
use conclave_protocol::line::TileSize;

use super::layer::LayerChoice;
use crate::devices::LocalMedia;

struct VideoOut(LineSender);

impl EncodedVideoSink for VideoOut {
    fn frame(&self, frame: &EncodedVideoFrame) -> SinkResult {
        let last = frame.payloads.len().saturating_sub(1);
        let packets: Vec<_> = frame
            .payloads
            .iter()
            .enumerate()
            .map(|(i, payload)| OutgoingPacket {
                payload: payload.clone(),
                timestamp: frame.timestamp,
                marker: i == last,
            })
            .collect();
        match self.0.send(&packets) {
            Ok(()) => SinkResult::Accepted,
            Err(_) => SinkResult::Full,
        }
    }
}

struct AudioOut(LineSender);

impl EncodedAudioSink for AudioOut {
    fn packet(&self, packet: &EncodedAudioPacket) {
        let packet =
            OutgoingPacket { payload: packet.payload.clone(), timestamp: packet.timestamp, marker: packet.marker };
        // A packet that finds no place is lost as on the network: the far end conceals it.
        let _ = self.0.send(std::slice::from_ref(&packet));
    }
}

/// What this end sends over one link. Dropping it stops that.
pub(super) struct Outgoing {
    camera: VideoSubscription,
    _microphone: AudioSubscription,
}

impl Outgoing {
    pub(super) fn attach(media: &LocalMedia, link: &Link) -> Self {
        Self {
            camera: media.camera.attach(Arc::new(VideoOut(link.line_sender(Line::Camera)))),
            _microphone: media.microphone.attach(Arc::new(AudioOut(link.line_sender(Line::Microphone)))),
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
    outgoing: Option<Outgoing>,
    wanted: Option<VideoLayer>,
}

impl CameraForwarding {
    pub(super) fn start(&mut self, outgoing: Outgoing) {
        outgoing.want(self.wanted);
        self.outgoing = Some(outgoing);
    }

    pub(super) fn set_demand(&mut self, demand: TileSize) {
        let layer = self.choice.set_demand(demand);
        self.apply(layer);
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
