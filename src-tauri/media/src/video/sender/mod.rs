//! From a source of pictures to a line's packets.

mod capture;
mod completion;
mod encode;
mod layers;
mod route;
mod settling;
mod sink;

use std::sync::Arc;

use crate::fault::{DeviceNotice, ReplaceTrackError};
use crate::source::CameraSpec;
use crate::video::layer::VideoLayer;
use crate::video::open::{SourceOpener, SourceSpec, SystemSources};

pub use layers::EncoderStatistics;
pub use sink::{EncodedVideoFrame, EncodedVideoSink, SinkResult};

use capture::Capture;
use completion::Completion;
use layers::{Layers, Subscriber};

/// What a sender has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VideoSenderEvent {
    /// News of the source that sends. The fault of a source that is not opened again is its end.
    Notice(DeviceNotice),
}

/// The sending end of one video line: one source, encoded once a layer for all who want it. Owns the source's thread
/// and one for each wanted layer; dropping it ends them.
pub struct VideoSender<Spec: SourceSpec = CameraSpec> {
    capture: Arc<Capture<Spec>>,
    layers: Arc<Layers>,
}

impl VideoSender {
    /// A sender of cameras without a source. `events` is called on the source's thread.
    pub fn new(events: impl Fn(VideoSenderEvent) + Send + Sync + 'static) -> Self {
        Self::with_opener(events, SystemSources)
    }
}

impl<Spec: SourceSpec> VideoSender<Spec> {
    /// A sender that opens its sources in another way.
    pub fn with_opener(
        events: impl Fn(VideoSenderEvent) + Send + Sync + 'static,
        opener: impl SourceOpener<Spec> + 'static,
    ) -> Self {
        let layers = Arc::new(Layers::of(Spec::LADDER));
        let capture = Capture::new(Box::new(opener), Box::new(events), Arc::clone(&layers));
        Self { capture, layers }
    }

    /// Puts another source in the place of the one that sends, as `RTCRtpSender.replaceTrack` does: receivers see a
    /// keyframe and timestamps that go on, nothing else. The new source is opened first, on its own thread, and the
    /// former one sends until the first picture of the new one is there; if that never comes, the former one stays.
    /// `None` stops sending. A device that sends already, and works, goes on as it is, by whatever name it is asked for.
    ///
    /// `done` is called exactly once, on a thread of the sender's. A later call supersedes an earlier one that is not
    /// done yet.
    pub fn replace_track(
        &self,
        source: Option<Spec>,
        done: impl FnOnce(Result<(), ReplaceTrackError>) + Send + 'static,
    ) {
        let completion = Completion::new(done);
        match source {
            Some(spec) => self.capture.open(spec, completion),
            None => self.capture.stop(completion),
        }
    }

    /// Adds somebody who gets pictures, once they [`want`](VideoSubscription::want) some.
    #[must_use]
    pub fn attach(&self, sink: Arc<dyn EncodedVideoSink>) -> VideoSubscription {
        VideoSubscription { subscriber: self.layers.attach(sink), layers: Arc::clone(&self.layers) }
    }

    /// Changes a layer's bit rate from its next picture on, without a keyframe; `None` for the layer's own.
    pub fn set_layer_bitrate(&self, layer: VideoLayer, bitrate_bps: Option<u32>) {
        self.layers.set_bitrate_bps(layer, bitrate_bps);
    }

    /// What each layer's encoder has done so far, smallest layer first.
    #[must_use]
    pub fn encoder_statistics(&self) -> Vec<EncoderStatistics> {
        self.layers.statistics()
    }
}

impl<Spec: SourceSpec> Drop for VideoSender<Spec> {
    fn drop(&mut self) {
        self.capture.close();
        self.layers.close();
    }
}

/// One who gets pictures. Dropping it detaches; a picture that is being handed over at that moment may still come.
pub struct VideoSubscription {
    subscriber: Arc<Subscriber>,
    layers: Arc<Layers>,
}

impl VideoSubscription {
    /// Which layer of the sender's ladder to get; `None` for none. A change takes place at the new layer's next keyframe, which is asked for
    /// at once; until then the former layer goes on. A layer that nobody wants is not encoded.
    pub fn want(&self, layer: Option<VideoLayer>) {
        self.layers.want(&self.subscriber, layer);
    }

    /// The most that this subscription can be sent, in bit/s; `None` when that isn't known. A layer is encoded for the
    /// least of all who get it, though never with less than its [`VideoLayer::least_bps`].
    pub fn limit(&self, bitrate_bps: Option<u32>) {
        self.subscriber.limit(bitrate_bps);
    }

    /// The receiver needs a keyframe. Requests of all subscriptions are coalesced: a layer has one keyframe in 300 ms.
    pub fn request_keyframe(&self) {
        self.layers.request_keyframe_for(&self.subscriber);
    }
}

impl Drop for VideoSubscription {
    fn drop(&mut self) {
        self.layers.detach(&self.subscriber);
    }
}
