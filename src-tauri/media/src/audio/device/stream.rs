//! A stream of a device, on a thread of its own.
//!
//! Opening, closing and watching a device are calls into the sound server, which may hang (a stopped PulseAudio never
//! answers, and cpal's streams join threads that wait for it when they are dropped). Only this thread makes them;
//! whoever uses the stream sees atomics and a ring, and leaves a hanging thread to itself. How many may hang is
//! bounded.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, TryRecvError};
use std::thread::Thread;
use std::time::Duration;

use rtrb::{Consumer, Producer};

use super::format;
use super::host::{Direction, Found, Survey, survey};
use super::supervisor::View;
use crate::fault::DeviceFault;

/// Threads that may hang at the same time; the two streams of a call, with room for those that do.
const MOST_HANGABLE: usize = 12;

/// How often the list of devices is looked at: PulseAudio tells neither a change of the default device nor, when it
/// moves a stream elsewhere, a removal. Listing ALSA devices opens each card, and its streams tell of removal.
const WATCH: Duration = Duration::from_millis(400);
const WATCH_ALSA: Duration = Duration::from_secs(2);

static HANGABLE: AtomicUsize = AtomicUsize::new(0);

/// A thread that may hang in the sound server, counted while it lives.
pub(super) struct Hangable(());

impl Hangable {
    /// `None` when too many hang already.
    pub(super) fn enter() -> Option<Self> {
        let entered = HANGABLE
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| (count < MOST_HANGABLE).then_some(count + 1));
        entered.is_ok().then_some(Self(()))
    }
}

impl Drop for Hangable {
    fn drop(&mut self) {
        HANGABLE.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What a stream's callbacks and thread tell, without locks.
#[derive(Debug, Default)]
pub(crate) struct Signals {
    callbacks: AtomicU64,
    fault: AtomicU8,
    news: AtomicU8,
    closing: AtomicBool,
    /// Samples that a speaker asked for and did not get, or that a microphone gave and nobody took.
    missing: AtomicU64,
    /// The most samples that a speaker asked for at once.
    largest: AtomicU32,
}

const DEFAULT_CHANGED: u8 = 1;
const WANTED_IS_BACK: u8 = 2;

const FAULTS: [DeviceFault; 7] = [
    DeviceFault::NotFound,
    DeviceFault::Busy,
    DeviceFault::PermissionDenied,
    DeviceFault::UnsupportedFormat,
    DeviceFault::Unplugged,
    DeviceFault::Stalled,
    DeviceFault::Failed,
];

impl Signals {
    fn called(&self) {
        self.callbacks.fetch_add(1, Ordering::Relaxed);
    }

    /// A microphone gave samples, and for so many there was no room.
    pub(super) fn recorded(&self, missing: usize) {
        self.called();
        self.missing.fetch_add(missing as u64, Ordering::Relaxed);
    }

    /// A speaker asked for this many samples, and so many were not there.
    pub(super) fn played(&self, asked: usize, missing: usize) {
        self.called();
        self.largest.fetch_max(u32::try_from(asked).unwrap_or(u32::MAX), Ordering::Relaxed);
        self.missing.fetch_add(missing as u64, Ordering::Relaxed);
    }

    /// Samples that a speaker asked for and did not get, or that a microphone gave and nobody took, so far.
    pub(crate) fn missing(&self) -> u64 {
        self.missing.load(Ordering::Relaxed)
    }

    /// The most samples that a speaker asked for at once.
    pub(crate) fn largest(&self) -> usize {
        self.largest.load(Ordering::Relaxed) as usize
    }

    /// The first fault is kept.
    pub(super) fn fail(&self, fault: DeviceFault) {
        let code = FAULTS.iter().zip(1..).find(|(known, _)| **known == fault).map_or(0, |(_, code)| code);
        let _ = self.fault.compare_exchange(0, code, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn view(&self) -> View {
        let fault = usize::from(self.fault.load(Ordering::Relaxed)).checked_sub(1);
        if let Some(fault) = fault.and_then(|index| FAULTS.get(index)) {
            return View::Failed(*fault);
        }
        match self.news.swap(0, Ordering::Relaxed) {
            0 => View::Open(self.callbacks.load(Ordering::Relaxed)),
            news if news & WANTED_IS_BACK != 0 => View::WantedIsBack,
            _ => View::DefaultChanged,
        }
    }
}

/// Which way a stream goes, and what end of its ring is held outside of the callback.
pub(crate) trait Kind: Send + 'static {
    /// The end of the ring.
    type End: Send;

    #[doc(hidden)]
    fn direction() -> Direction;

    #[doc(hidden)]
    fn build(survey: &Survey, device: &Found, signals: &Arc<Signals>) -> Result<Built<Self::End>, DeviceFault>;
}

/// A stream that was started. Dropping it ends it.
pub(crate) struct Built<E> {
    pub(super) stream: Box<dyn Any>,
    pub(super) end: E,
    pub(super) rate_hz: u32,
}

/// Streams of microphones.
pub(crate) struct Capture;

/// Streams of speakers.
pub(crate) struct Playback;

impl Kind for Capture {
    type End = Consumer<f32>;

    fn direction() -> Direction {
        Direction::Capture
    }

    fn build(survey: &Survey, device: &Found, signals: &Arc<Signals>) -> Result<Built<Self::End>, DeviceFault> {
        format::build_capture(survey, device, signals)
    }
}

impl Kind for Playback {
    type End = Producer<f32>;

    fn direction() -> Direction {
        Direction::Playback
    }

    fn build(survey: &Survey, device: &Found, signals: &Arc<Signals>) -> Result<Built<Self::End>, DeviceFault> {
        format::build_playback(survey, device, signals)
    }
}

/// A stream's ring, once it is open.
pub(super) struct Opened<K: Kind> {
    pub(super) end: K::End,
    pub(super) rate_hz: u32,
}

/// What to open.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// The device's id or name; `None` for the default one.
    pub(super) device: Option<String>,
    /// The device to look out for meanwhile.
    pub(super) awaited: Option<String>,
}

/// A stream that is being opened, or open. Dropping it closes it, without waiting.
pub(super) struct StreamThread<K: Kind> {
    signals: Arc<Signals>,
    opening: mpsc::Receiver<Result<Opened<K>, DeviceFault>>,
    ended: mpsc::Receiver<()>,
    thread: Thread,
    refused: Option<DeviceFault>,
}

impl<K: Kind> StreamThread<K> {
    /// Begins to open a stream.
    ///
    /// # Errors
    /// [`DeviceFault::Stalled`] when too many former streams hang.
    pub(super) fn open(request: Request) -> Result<Self, DeviceFault> {
        let hangable = Hangable::enter().ok_or(DeviceFault::Stalled)?;
        let signals = Arc::new(Signals::default());
        let (opened, opening) = mpsc::sync_channel(1);
        let (end, ended) = mpsc::sync_channel(0);
        let theirs = Arc::clone(&signals);
        let spawned = std::thread::Builder::new().name("sound-device".into()).spawn(move || {
            run::<K>(&request, &theirs, opened);
            drop(end);
            drop(hangable);
        });
        let thread = spawned.map_err(|_| DeviceFault::Failed)?.thread().clone();
        Ok(Self { signals, opening, ended, thread, refused: None })
    }

    /// The stream's ring, the first time after it was opened; else how it is.
    pub(super) fn poll(&mut self) -> Result<Opened<K>, View> {
        if let Some(fault) = self.refused {
            return Err(View::Refused(fault));
        }
        match self.opening.try_recv() {
            Ok(Ok(opened)) => Ok(opened),
            Ok(Err(fault)) => {
                self.refused = Some(fault);
                Err(View::Refused(fault))
            }
            Err(TryRecvError::Empty) => Err(View::Opening),
            // The thread sends once and then keeps nothing to send with.
            Err(TryRecvError::Disconnected) => Err(self.signals.view()),
        }
    }

    pub(super) fn signals(&self) -> &Signals {
        &self.signals
    }

    /// Closes the stream, and waits so long for it; then it is left to itself.
    pub(super) fn close(self, patience: Duration) {
        self.cancel();
        let gone = self.ended.recv_timeout(patience);
        if gone == Err(RecvTimeoutError::Timeout) {
            tracing::warn!("the sound server does not answer; a stream is left to itself");
        }
    }

    fn cancel(&self) {
        self.signals.closing.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

impl<K: Kind> Drop for StreamThread<K> {
    fn drop(&mut self) {
        self.cancel();
    }
}

type OpenedSender<K> = mpsc::SyncSender<Result<Opened<K>, DeviceFault>>;

/// The life of a stream.
fn run<K: Kind>(request: &Request, signals: &Arc<Signals>, opened: OpenedSender<K>) {
    let started = start::<K>(request, signals);
    let (stream, id, watch) = match started {
        Ok((built, id, watch)) => {
            let Built { stream, end, rate_hz } = built;
            let _ = opened.send(Ok(Opened { end, rate_hz }));
            (stream, id, watch)
        }
        Err(fault) => {
            let _ = opened.send(Err(fault));
            return;
        }
    };
    // From here on the stream is seen by its signals.
    drop(opened);
    while !signals.closing.load(Ordering::Acquire) {
        std::thread::park_timeout(watch);
        look(&survey(K::direction()), request, &id, signals);
    }
    drop(stream);
}

type Started<K> = (Built<<K as Kind>::End>, String, Duration);

fn start<K: Kind>(request: &Request, signals: &Arc<Signals>) -> Result<Started<K>, DeviceFault> {
    let survey = survey(K::direction())?;
    let found = match &request.device {
        Some(name) => survey.find(name),
        None => survey.default(),
    };
    let device = found.ok_or(DeviceFault::NotFound)?;
    if signals.closing.load(Ordering::Acquire) {
        return Err(DeviceFault::Stalled);
    }
    let built = K::build(&survey, &device, signals)?;
    let watch = if survey.is_alsa() { WATCH_ALSA } else { WATCH };
    Ok((built, device.info.id, watch))
}

/// Compares what the system has with what is open.
fn look(survey: &Result<Survey, DeviceFault>, request: &Request, open: &str, signals: &Signals) {
    let survey = match survey {
        Ok(survey) => survey,
        Err(fault) => return signals.fail(*fault),
    };
    match &request.device {
        Some(name) if survey.find(name).is_none() => signals.fail(DeviceFault::Unplugged),
        None if survey.default().is_none_or(|found| found.info.id != open) => {
            signals.news.fetch_or(DEFAULT_CHANGED, Ordering::Relaxed);
        }
        _ => {}
    }
    if request.awaited.as_ref().is_some_and(|awaited| survey.find(awaited).is_some()) {
        signals.news.fetch_or(WANTED_IS_BACK, Ordering::Relaxed);
    }
}
