//! A layer's thread: thin out, scale, encode, hand out.

use std::sync::Arc;
use std::time::Duration;

use crate::slot::LatestFrame;
use crate::video::h264::encoder::{LayerEncoder, PictureRequest};
use crate::video::layer::VideoLayer;
use crate::video::pace::FrameRateLimit;
use crate::video::pyramid::{Pyramid, SourceGeneration};
use crate::video::sender::layers::Layers;
use crate::video::sender::settling::Settling;

/// Closing the slot wakes the thread; this only bounds the wait.
const WAIT: Duration = Duration::from_secs(60);

/// Runs until the slot is closed.
pub(super) fn run(layer: VideoLayer, layers: &Arc<Layers>, slot: &LatestFrame<Arc<Pyramid>>) {
    let mut work = LayerWork::new(layer);
    while !slot.is_closed() {
        if let Some(pyramid) = slot.take_blocking(WAIT) {
            work.encode(&pyramid, layers);
        }
    }
}

struct LayerWork {
    layer: VideoLayer,
    encoder: LayerEncoder,
    limit: FrameRateLimit,
    settling: Settling,
    source: Option<SourceGeneration>,
    /// The source is new, and no keyframe of it has been made yet.
    owes_keyframe: bool,
    /// Said once for each source.
    failed: bool,
}

impl LayerWork {
    fn new(layer: VideoLayer) -> Self {
        Self {
            layer,
            encoder: LayerEncoder::new(layer),
            limit: FrameRateLimit::new(layer.frame_interval()),
            settling: Settling::default(),
            source: None,
            owes_keyframe: false,
            failed: false,
        }
    }

    fn encode(&mut self, pyramid: &Pyramid, layers: &Arc<Layers>) {
        let captured = pyramid.source.captured;
        if self.source != Some(pyramid.generation) {
            self.source = Some(pyramid.generation);
            self.limit = FrameRateLimit::new(self.layer.frame_interval());
            self.settling = Settling::default();
            self.owes_keyframe = true;
            self.failed = false;
        }
        let keyframe = self.owes_keyframe || layers.is_keyframe_due(self.layer);
        if !keyframe && !self.settling.wants(&pyramid.source) || !self.limit.admits(captured) {
            return;
        }
        let request = if keyframe { PictureRequest::Keyframe } else { PictureRequest::Any };
        self.encoder.set_bitrate(layers.bitrate_bps(self.layer));
        self.encoder.set_bitrate_limit(layers.limit_bps(self.layer));
        let picture = match pyramid.level(self.layer) {
            Ok(frame) => self.encoder.encode(&frame, request).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        match picture {
            Ok(Some(picture)) => {
                self.owes_keyframe &= !picture.keyframe;
                if picture.keyframe {
                    self.settling.keyframe_encoded(&pyramid.source);
                } else {
                    self.settling.encoded(&pyramid.source);
                }
                layers.deliver(self.layer, captured, picture);
            }
            Ok(None) => {}
            Err(error) if !self.failed => {
                self.failed = true;
                tracing::warn!(layer = ?self.layer, error, "a picture could not be encoded");
            }
            Err(_) => {}
        }
    }
}
