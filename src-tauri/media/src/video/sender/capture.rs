//! The source of a sender: opened on a thread of its own, put in the former one's place by its first picture, watched,
//! and opened again when it fails.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::MediaTime;
use crate::fault::{DeviceFault, DeviceNotice, ReplaceTrackError};
use crate::frame::VideoFrame;
use crate::source::VideoSource;
use crate::video::layer::LayerLadder;
use crate::video::open::{AfterFault, SourceOpener, SourceSpec};
use crate::video::pyramid::{Pyramid, SourceGeneration};
use crate::video::scale::Scaler;
use crate::video::sender::VideoSenderEvent;
use crate::video::sender::completion::Completion;
use crate::video::sender::layers::Layers;
use crate::video::worker::{Running, StopSignal, Worker};

/// How long after a failure a source is opened again, and again.
const REOPEN_INTERVAL: Duration = Duration::from_millis(500);

/// A capture time further from now than this is a broken clock's.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(1);

/// Told what happens to the active source.
pub(super) type Events = Box<dyn Fn(VideoSenderEvent) + Send + Sync>;

/// The source that sends, and the one that is to.
pub(super) struct Capture<Spec> {
    opener: Box<dyn SourceOpener<Spec>>,
    events: Events,
    layers: Arc<Layers>,
    scaler: Arc<Scaler>,
    state: Mutex<State<Spec>>,
}

struct State<Spec> {
    /// Of the last request.
    generation: SourceGeneration,
    active: Option<SourceThread<Spec>>,
    pending: Option<SourceThread<Spec>>,
    /// Told to end, and perhaps not there yet.
    ending: Vec<Worker>,
    closed: bool,
}

struct SourceThread<Spec> {
    generation: SourceGeneration,
    presence: Arc<Mutex<Presence<Spec>>>,
    stop: Arc<StopSignal>,
    worker: Worker,
}

/// What a source's thread shares with who asks for sources.
struct Presence<Spec> {
    /// What it is asked for by, also when it is opened again.
    spec: Spec,
    delivery: Delivery,
    /// Whether the device, which can be open once, is to be closed and opened again as `spec` says.
    reopen: Reopen,
}

/// Whether a device is to be read in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reopen {
    No,
    Yes,
}

/// Whether a source delivers.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Delivery {
    /// It is being opened, or opened again.
    Not,
    /// From the device of this id, if it is a device.
    From(Option<String>),
}

fn present<Spec>(presence: &Mutex<Presence<Spec>>) -> MutexGuard<'_, Presence<Spec>> {
    presence.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<Spec> Default for State<Spec> {
    fn default() -> Self {
        Self { generation: SourceGeneration::default(), active: None, pending: None, ending: Vec::new(), closed: false }
    }
}

impl<Spec> State<Spec> {
    fn end(&mut self, thread: Option<SourceThread<Spec>>) {
        if let Some(thread) = thread {
            thread.stop.stop();
            self.ending.push(thread.worker);
        }
    }

    fn next_generation(&mut self) -> SourceGeneration {
        self.generation = SourceGeneration(self.generation.0 + 1);
        let superseded = self.pending.take();
        self.end(superseded);
        self.ending.retain(|worker| !worker.is_finished());
        self.generation
    }

    /// Runs something short on a thread of its own.
    fn run(&mut self, name: &str, work: impl FnOnce() + Send + 'static) {
        match Worker::spawn(name, work) {
            Ok(worker) => self.ending.push(worker),
            Err(error) => tracing::error!(%error, name, "no thread left"),
        }
    }
}

impl<Spec: SourceSpec> Capture<Spec> {
    pub(super) fn new(opener: Box<dyn SourceOpener<Spec>>, events: Events, layers: Arc<Layers>) -> Arc<Self> {
        Arc::new(Self { opener, events, layers, scaler: Arc::default(), state: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, State<Spec>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a source on its own thread.
    pub(super) fn open(self: &Arc<Self>, spec: Spec, completion: Completion) {
        let mut state = self.lock();
        if state.closed {
            return;
        }
        let generation = state.next_generation();
        let stop = Arc::<StopSignal>::default();
        let presence = Arc::new(Mutex::new(Presence { spec, delivery: Delivery::Not, reopen: Reopen::No }));
        let work = {
            let (presence, stop) = (Arc::clone(&presence), Arc::clone(&stop));
            let source = SourceWork { capture: Arc::clone(self), generation, presence, stop };
            move || source.run(completion)
        };
        // The thread waits for the lock before it takes the former one's place, so it finds itself pending.
        let name = match Spec::LADDER {
            LayerLadder::Camera => "camera",
            LayerLadder::Screen => "screen",
        };
        match Worker::spawn(name, work) {
            Ok(worker) => state.pending = Some(SourceThread { generation, presence, stop, worker }),
            Err(error) => tracing::error!(%error, "no thread to capture on"),
        }
    }

    /// Closes the source, and answers when its device is released.
    pub(super) fn stop(self: &Arc<Self>, completion: Completion) {
        let mut state = self.lock();
        if state.closed {
            return;
        }
        state.next_generation();
        let active = state.active.take();
        if let Some(active) = &active {
            active.stop.stop();
        }
        state.run("capture-close", move || {
            if let Some(active) = active {
                active.worker.join();
            }
            completion.complete(Ok(()));
        });
    }

    /// Ends all threads and waits for them.
    pub(super) fn close(&self) {
        let ending = {
            let mut state = self.lock();
            state.closed = true;
            state.next_generation();
            let active = state.active.take();
            state.end(active);
            std::mem::take(&mut state.ending)
        };
        ending.into_iter().for_each(Worker::join);
    }

    /// Lets the active source go on when it reads the device that the pending one is to open, in another way if need be:
    /// most can be open only once. Whether it does.
    fn goes_on(&self, generation: SourceGeneration, spec: &Spec, device: Option<String>) -> bool {
        let mut state = self.lock();
        let State { active: Some(active), pending, ending, .. } = &mut *state else { return false };
        {
            let mut presence = present(&active.presence);
            let same = match &presence.delivery {
                Delivery::Not => false,
                Delivery::From(active) => presence.spec == *spec || (device.is_some() && *active == device),
            };
            if !same {
                return false;
            }
            let Some(pending) = pending.take_if(|pending| pending.generation == generation) else { return false };
            ending.push(pending.worker);
            if presence.spec.is_read_otherwise(spec) {
                presence.reopen = Reopen::Yes;
            }
            presence.spec = spec.clone();
        }
        true
    }

    /// Makes the pending source the active one, if it still is what was asked for last.
    fn take_over(&self, generation: SourceGeneration) -> Result<(), ReplaceTrackError> {
        let mut state = self.lock();
        if state.closed {
            return Err(ReplaceTrackError::Closed);
        }
        let Some(pending) = state.pending.take_if(|pending| pending.generation == generation) else {
            return Err(ReplaceTrackError::Superseded);
        };
        let former = state.active.replace(pending);
        state.end(former);
        Ok(())
    }

    /// Gives up a source that could not be opened.
    fn give_up(&self, generation: SourceGeneration, fault: DeviceFault) -> ReplaceTrackError {
        let mut state = self.lock();
        match state.pending.take_if(|pending| pending.generation == generation) {
            Some(pending) => {
                state.ending.push(pending.worker);
                fault.into()
            }
            None if state.closed => ReplaceTrackError::Closed,
            None => ReplaceTrackError::Superseded,
        }
    }

    fn publish(&self, generation: SourceGeneration, mut frame: VideoFrame) {
        // One that has just been replaced may have a picture on its hands still.
        let is_active = self.lock().active.as_ref().is_some_and(|active| active.generation == generation);
        if is_active {
            let now = MediaTime::now();
            if frame.captured > now || now.since(frame.captured) > CLOCK_TOLERANCE {
                frame.captured = now;
            }
            self.layers.publish(&Arc::new(Pyramid::new(frame, generation, Arc::clone(&self.scaler))));
        }
    }
}

/// What a source's thread does.
struct SourceWork<Spec> {
    capture: Arc<Capture<Spec>>,
    generation: SourceGeneration,
    presence: Arc<Mutex<Presence<Spec>>>,
    stop: Arc<StopSignal>,
}

impl<Spec: SourceSpec> SourceWork<Spec> {
    fn run(self, completion: Completion) {
        let spec = present(&self.presence).spec.clone();
        // Not under a lock: asking the system for its devices may take long.
        let device = self.capture.opener.meant(&spec).into_iter().next();
        if spec.is_exclusive() && self.capture.goes_on(self.generation, &spec, device) {
            return completion.complete(Ok(()));
        }
        let (source, first) = match self.open() {
            Ok(opened) => opened,
            Err(fault) => return completion.complete(Err(self.capture.give_up(self.generation, fault))),
        };
        if let Err(error) = self.capture.take_over(self.generation) {
            // The device is released before anyone hears of it.
            drop(source);
            return completion.complete(Err(error));
        }
        self.delivers(&*source);
        self.capture.publish(self.generation, first);
        completion.complete(Ok(()));
        let mut source = Some(source);
        while self.stop.state() == Running::Yes {
            if present(&self.presence).reopen == Reopen::Yes {
                source = None;
            }
            match self.next_frame(&mut source) {
                Ok(frame) => self.capture.publish(self.generation, frame),
                Err(fault) => {
                    present(&self.presence).delivery = Delivery::Not;
                    // Told first: closing a device that hangs may take as long as its driver does.
                    self.notify(DeviceNotice::Fault(fault));
                    drop(source.take());
                    if Spec::AFTER_FAULT == AfterFault::End {
                        return;
                    }
                    let Some((reopened, first)) = self.reopen() else {
                        return;
                    };
                    self.delivers(&*reopened);
                    source = Some(reopened);
                    self.notify(DeviceNotice::Recovered);
                    self.capture.publish(self.generation, first);
                }
            }
        }
    }

    /// The next picture of the source, which is opened if it is not.
    fn next_frame(&self, source: &mut Option<Box<dyn VideoSource>>) -> Result<VideoFrame, DeviceFault> {
        if let Some(source) = source {
            return source.next_frame();
        }
        let (opened, first) = self.open()?;
        self.delivers(&*opened);
        *source = Some(opened);
        Ok(first)
    }

    /// A source that gives pictures, and the first of them.
    fn open(&self) -> Result<(Box<dyn VideoSource>, VideoFrame), DeviceFault> {
        let spec = {
            let mut presence = present(&self.presence);
            presence.reopen = Reopen::No;
            presence.spec.clone()
        };
        let mut source = self.capture.opener.open(&spec)?;
        let first = source.next_frame()?;
        Ok((source, first))
    }

    /// Tries until it works. `None` when told to stop.
    fn reopen(&self) -> Option<(Box<dyn VideoSource>, VideoFrame)> {
        while self.stop.sleep(REOPEN_INTERVAL) == Running::Yes {
            if let Ok(opened) = self.open() {
                return Some(opened);
            }
        }
        None
    }

    fn delivers(&self, source: &dyn VideoSource) {
        present(&self.presence).delivery = Delivery::From(source.device_id().map(str::to_owned));
    }

    fn notify(&self, notice: DeviceNotice) {
        // Not after it was replaced: nobody cares what becomes of it then.
        if self.stop.state() == Running::Yes {
            (self.capture.events)(VideoSenderEvent::Notice(notice));
        }
    }
}
