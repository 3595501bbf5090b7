//! The source of a sender: opened on a thread of its own, put in the former one's place by its first picture, watched,
//! and opened again when it fails.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::MediaTime;
use crate::fault::{DeviceFault, DeviceNotice, ReplaceTrackError};
use crate::frame::VideoFrame;
use crate::source::{CameraSpec, VideoSource};
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

/// Opens what a spec names.
pub(super) type Opener = Box<dyn Fn(&CameraSpec) -> Result<Box<dyn VideoSource>, DeviceFault> + Send + Sync>;

/// Told what happens to the active source.
pub(super) type Events = Box<dyn Fn(VideoSenderEvent) + Send + Sync>;

/// The source that sends, and the one that is to.
pub(super) struct Capture {
    opener: Opener,
    events: Events,
    layers: Arc<Layers>,
    scaler: Arc<Scaler>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Of the last request.
    generation: SourceGeneration,
    active: Option<SourceThread>,
    pending: Option<SourceThread>,
    /// Told to end, and perhaps not there yet.
    ending: Vec<Worker>,
    closed: bool,
}

struct SourceThread {
    generation: SourceGeneration,
    spec: CameraSpec,
    /// Whether it delivers; false while it is being opened again.
    works: Arc<AtomicBool>,
    stop: Arc<StopSignal>,
    worker: Worker,
}

impl SourceThread {
    /// Whether this is the device that is asked for, and nothing is wrong with it. A device can't be opened twice.
    fn is_working_device(&self, spec: &CameraSpec) -> bool {
        matches!(spec, CameraSpec::Device(_)) && self.spec == *spec && self.works.load(Ordering::Acquire)
    }
}

impl State {
    fn end(&mut self, thread: Option<SourceThread>) {
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

impl Capture {
    pub(super) fn new(opener: Opener, events: Events, layers: Arc<Layers>) -> Arc<Self> {
        Arc::new(Self { opener, events, layers, scaler: Arc::default(), state: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a source on its own thread.
    pub(super) fn open(self: &Arc<Self>, spec: CameraSpec, completion: Completion) {
        let mut state = self.lock();
        if state.closed {
            return;
        }
        let generation = state.next_generation();
        if state.active.as_ref().is_some_and(|active| active.is_working_device(&spec)) {
            return state.run("camera-answer", move || completion.complete(Ok(())));
        }
        let (stop, works) = (Arc::<StopSignal>::default(), Arc::<AtomicBool>::default());
        let work = {
            let (spec, stop, works) = (spec.clone(), Arc::clone(&stop), Arc::clone(&works));
            let source = SourceWork { capture: Arc::clone(self), spec, generation, works, stop };
            move || source.run(completion)
        };
        // The thread waits for the lock before it takes the former one's place, so it finds itself pending.
        match Worker::spawn("camera", work) {
            Ok(worker) => state.pending = Some(SourceThread { generation, spec, works, stop, worker }),
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
        state.run("camera-close", move || {
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
struct SourceWork {
    capture: Arc<Capture>,
    spec: CameraSpec,
    generation: SourceGeneration,
    works: Arc<AtomicBool>,
    stop: Arc<StopSignal>,
}

impl SourceWork {
    fn run(self, completion: Completion) {
        let (mut source, first) = match self.open() {
            Ok(opened) => opened,
            Err(fault) => return completion.complete(Err(self.capture.give_up(self.generation, fault))),
        };
        if let Err(error) = self.capture.take_over(self.generation) {
            // The device is released before anyone hears of it.
            drop(source);
            return completion.complete(Err(error));
        }
        self.works.store(true, Ordering::Release);
        self.capture.publish(self.generation, first);
        completion.complete(Ok(()));
        while self.stop.state() == Running::Yes {
            match source.next_frame() {
                Ok(frame) => self.capture.publish(self.generation, frame),
                Err(fault) => {
                    self.works.store(false, Ordering::Release);
                    // Told first: closing a device that hangs may take as long as its driver does.
                    self.notify(DeviceNotice::Fault(fault));
                    drop(source);
                    let Some((reopened, first)) = self.reopen() else {
                        return;
                    };
                    source = reopened;
                    self.works.store(true, Ordering::Release);
                    self.notify(DeviceNotice::Recovered);
                    self.capture.publish(self.generation, first);
                }
            }
        }
    }

    /// A source that gives pictures, and the first of them.
    fn open(&self) -> Result<(Box<dyn VideoSource>, VideoFrame), DeviceFault> {
        let mut source = (self.capture.opener)(&self.spec)?;
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

    fn notify(&self, notice: DeviceNotice) {
        // Not after it was replaced: nobody cares what becomes of it then.
        if self.stop.state() == Running::Yes {
            (self.capture.events)(VideoSenderEvent::Notice(notice));
        }
    }
}
