//! The layers: which are encoded, and who gets what they give.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::clock::MediaTime;
use crate::slot::LatestFrame;
use crate::video::h264::encoder::EncodedPicture;
use crate::video::keyframes::KeyframeGate;
use crate::video::layer::{LayerLadder, VideoLayer};
use crate::video::pyramid::Pyramid;
use crate::video::sender::encode;
use crate::video::sender::route::{Demand, Offered, Route, Routing};
use crate::video::sender::sink::{EncodedVideoFrame, EncodedVideoSink};
use crate::video::worker::Worker;

/// What one layer's encoder has done for as long as the sender has lived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncoderStatistics {
    /// Which layer.
    pub layer: VideoLayer,
    /// Pictures encoded, each once, however many get it.
    pub frames: u64,
    /// Their payloads together.
    pub bytes: u64,
    /// How many of them were keyframes.
    pub keyframes: u64,
}

/// Somebody who gets pictures.
pub(super) struct Subscriber {
    sink: Arc<dyn EncodedVideoSink>,
    // Not held while the sink is called, so that the sink may change it.
    demand: Mutex<Demand>,
    // Held while the sink is called: two layers' threads must not interleave at a switch.
    route: Mutex<Route>,
    /// Zero: not known.
    limit_bps: AtomicU32,
    detached: AtomicBool,
}

/// All layers of one sender.
pub(super) struct Layers {
    ladder: LayerLadder,
    subscribers: Mutex<Vec<Arc<Subscriber>>>,
    threads: Mutex<Threads>,
    layers: [Layer; VideoLayer::ALL.len()],
}

#[derive(Default)]
struct Threads {
    running: [Option<RunningLayer>; VideoLayer::ALL.len()],
    /// Told to end, and perhaps not there yet.
    ending: Vec<Worker>,
    closed: bool,
}

struct RunningLayer {
    slot: Arc<LatestFrame<Arc<Pyramid>>>,
    worker: Worker,
}

/// What outlives a layer's thread.
#[derive(Default)]
struct Layer {
    keyframes: Mutex<KeyframeGate>,
    /// Zero: the layer's own.
    bitrate_bps: AtomicU32,
    frames: AtomicU64,
    bytes: AtomicU64,
    keyframe_count: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Layers {
    pub(super) fn of(ladder: LayerLadder) -> Self {
        Self { ladder, subscribers: Mutex::default(), threads: Mutex::default(), layers: Default::default() }
    }

    pub(super) fn attach(&self, sink: Arc<dyn EncodedVideoSink>) -> Arc<Subscriber> {
        let subscriber = Arc::new(Subscriber {
            sink,
            demand: Mutex::default(),
            route: Mutex::default(),
            limit_bps: AtomicU32::new(0),
            detached: AtomicBool::new(false),
        });
        lock(&self.subscribers).push(Arc::clone(&subscriber));
        subscriber
    }

    pub(super) fn detach(self: &Arc<Self>, subscriber: &Arc<Subscriber>) {
        subscriber.detached.store(true, Ordering::Release);
        lock(&self.subscribers).retain(|other| !Arc::ptr_eq(other, subscriber));
        self.start_and_stop();
    }

    pub(super) fn want(self: &Arc<Self>, subscriber: &Subscriber, wanted: Option<VideoLayer>) {
        let switching = {
            let mut demand = lock(&subscriber.demand);
            if demand.wanted == wanted {
                return;
            }
            demand.wanted = wanted;
            demand.is_switching()
        };
        self.start_and_stop();
        if let Some(layer) = wanted.filter(|_| switching) {
            self.request_keyframe(layer);
        }
    }

    /// The subscriber lost what it was sent.
    pub(super) fn request_keyframe_for(&self, subscriber: &Subscriber) {
        let demand = *lock(&subscriber.demand);
        if let Some(layer) = demand.current.or(demand.wanted) {
            self.request_keyframe(layer);
        }
    }

    fn request_keyframe(&self, layer: VideoLayer) {
        lock(&self.layer(layer).keyframes).request();
    }

    /// Starts the threads of layers that are wanted, and ends those of layers that are not any more.
    fn start_and_stop(self: &Arc<Self>) {
        let mut threads = lock(&self.threads);
        threads.ending.retain(|worker| !worker.is_finished());
        for &layer in self.ladder.layers() {
            let needed = !threads.closed && lock(&self.subscribers).iter().any(|s| lock(&s.demand).needs(layer));
            let running = &mut threads.running[layer.index()];
            if needed && running.is_none() {
                *running = self.start(layer);
            } else if !needed && let Some(unneeded) = running.take() {
                unneeded.slot.close();
                threads.ending.push(unneeded.worker);
            }
        }
    }

    fn start(self: &Arc<Self>, layer: VideoLayer) -> Option<RunningLayer> {
        let slot = Arc::new(LatestFrame::new());
        let work = {
            let (layers, slot) = (Arc::clone(self), Arc::clone(&slot));
            move || encode::run(layer, &layers, &slot)
        };
        let name = match layer {
            VideoLayer::P180 => "encode-180",
            VideoLayer::P360 => "encode-360",
            VideoLayer::P720 => "encode-720",
            VideoLayer::Screen360 => "screen-360",
            VideoLayer::Screen1080 => "screen-1080",
        };
        let worker =
            Worker::spawn(name, work).inspect_err(|error| tracing::error!(%error, "no thread to encode on")).ok()?;
        Some(RunningLayer { slot, worker })
    }

    /// Hands a captured picture to all layers that run. Newest wins where an encoder is slower than the source.
    pub(super) fn publish(&self, pyramid: &Arc<Pyramid>) {
        for running in lock(&self.threads).running.iter().flatten() {
            running.slot.put(Arc::clone(pyramid));
        }
    }

    /// Whether the layer's next picture has to be a keyframe because somebody asked.
    pub(super) fn is_keyframe_due(&self, layer: VideoLayer) -> bool {
        lock(&self.layer(layer).keyframes).is_due(Instant::now())
    }

    /// Hands an encoded picture to all who get this layer.
    pub(super) fn deliver(self: &Arc<Self>, layer: VideoLayer, captured: MediaTime, picture: EncodedPicture) {
        let now = Instant::now();
        let state = self.layer(layer);
        state.frames.fetch_add(1, Ordering::Relaxed);
        state.bytes.fetch_add(picture.len() as u64, Ordering::Relaxed);
        if picture.keyframe {
            state.keyframe_count.fetch_add(1, Ordering::Relaxed);
            lock(&state.keyframes).made(now);
        }
        let mut frame = EncodedVideoFrame {
            layer,
            keyframe: picture.keyframe,
            temporal_layer: picture.temporal_layer,
            timestamp: captured.to_rtp_90k(),
            captured,
            payloads: picture.payloads,
        };
        let subscribers = lock(&self.subscribers).clone();
        let (mut ask, mut switched) = (false, false);
        for subscriber in &subscribers {
            let outcome = subscriber.offer(&mut frame, captured.to_rtp_90k(), now);
            ask |= outcome.ask;
            switched |= outcome.switched;
        }
        if ask {
            self.request_keyframe(layer);
        }
        if switched {
            self.start_and_stop();
        }
    }

    pub(super) fn bitrate_bps(&self, layer: VideoLayer) -> Option<u32> {
        Some(self.layer(layer).bitrate_bps.load(Ordering::Relaxed)).filter(|bps| *bps > 0)
    }

    /// The least of what those who get the layer can be sent; `None` when nothing limits them.
    pub(super) fn limit_bps(&self, layer: VideoLayer) -> Option<u32> {
        let subscribers = lock(&self.subscribers);
        let getting = subscribers.iter().filter(|subscriber| lock(&subscriber.demand).needs(layer));
        let least = getting.map(|subscriber| subscriber.limit_bps.load(Ordering::Relaxed)).filter(|bps| *bps > 0).min();
        least.map(|bps| bps.max(layer.least_bps()))
    }

    pub(super) fn set_bitrate_bps(&self, layer: VideoLayer, bitrate_bps: Option<u32>) {
        self.layer(layer).bitrate_bps.store(bitrate_bps.unwrap_or(0), Ordering::Relaxed);
    }

    pub(super) fn statistics(&self) -> Vec<EncoderStatistics> {
        let of = |layer: VideoLayer| {
            let state = self.layer(layer);
            EncoderStatistics {
                layer,
                frames: state.frames.load(Ordering::Relaxed),
                bytes: state.bytes.load(Ordering::Relaxed),
                keyframes: state.keyframe_count.load(Ordering::Relaxed),
            }
        };
        self.ladder.layers().iter().copied().map(of).collect()
    }

    /// Ends all threads and waits for them.
    pub(super) fn close(self: &Arc<Self>) {
        lock(&self.threads).closed = true;
        self.start_and_stop();
        // Not under the lock, which the threads take on their way out.
        let ending = std::mem::take(&mut lock(&self.threads).ending);
        ending.into_iter().for_each(Worker::join);
    }

    fn layer(&self, layer: VideoLayer) -> &Layer {
        &self.layers[layer.index()]
    }
}

/// What came of offering a picture to a subscriber.
#[derive(Default)]
struct Outcome {
    ask: bool,
    switched: bool,
}

impl Subscriber {
    pub(super) fn limit(&self, bitrate_bps: Option<u32>) {
        self.limit_bps.store(bitrate_bps.unwrap_or(0), Ordering::Relaxed);
    }

    fn offer(&self, frame: &mut EncodedVideoFrame, timestamp: u32, now: Instant) -> Outcome {
        let offered =
            Offered { layer: frame.layer, keyframe: frame.keyframe, temporal_layer: frame.temporal_layer, timestamp };
        let mut route = lock(&self.route);
        let switched = {
            let mut demand = lock(&self.demand);
            let before = demand.current;
            if !demand.admits(offered) {
                return Outcome::default();
            }
            demand.current != before
        };
        let ask = match route.offer(offered, now) {
            Routing::Send(timestamp) if !self.detached.load(Ordering::Acquire) => {
                frame.timestamp = timestamp;
                let result = self.sink.frame(frame);
                route.sent(offered, result, now)
            }
            Routing::SkipAndAsk => true,
            Routing::Send(_) | Routing::Skip => false,
        };
        Outcome { ask, switched }
    }
}
