//! A thread that reads a camera by nokhwa, and the watch over it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::session::Session;
use super::{Listed, list};
use crate::camera::format::CameraFormatWish;
use crate::camera::patience::Patience;
use crate::fault::DeviceFault;
use crate::frame::VideoFrame;
use crate::slot::LatestFrame;
use crate::source::VideoSource;

/// A thread that nokhwa keeps waiting can't be ended. With this many of them no further camera is opened.
const MAX_THREADS: usize = 4;

/// How long opening may take: some drivers take seconds to wake a camera up.
const OPENED_WITHIN: Duration = Duration::from_secs(5);

/// How long closing waits for the thread: a picture or two, then it's left to end by itself.
const CLOSED_WITHIN: Duration = Duration::from_millis(200);

static THREADS: AtomicUsize = AtomicUsize::new(0);

pub(super) struct PortableSource {
    camera: Listed,
    reader: Arc<Reader>,
    patience: Patience,
    thread: Option<JoinHandle<()>>,
    ended: Receiver<()>,
}

/// What the thread and the source share.
#[derive(Default)]
struct Reader {
    /// Closed when the thread has nothing more to give.
    pictures: LatestFrame<Delivery>,
    fault: Mutex<Option<DeviceFault>>,
    is_closing: AtomicBool,
}

enum Delivery {
    Good(VideoFrame),
    Bad,
}

/// A place among the threads that may run, given back when the thread ends.
struct Place;

impl Place {
    fn take() -> Option<Self> {
        let more = |threads| (threads < MAX_THREADS).then_some(threads + 1);
        THREADS.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok().map(|_| Self)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        THREADS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Closes the slot however the thread ends, also by a panic in nokhwa: its streams panic when the system refuses to
/// stop them.
struct CloseAtEnd(Arc<Reader>);

impl Drop for CloseAtEnd {
    fn drop(&mut self) {
        self.0.pictures.close();
    }
}

pub(super) fn open(camera: &Listed, wish: CameraFormatWish) -> Result<PortableSource, DeviceFault> {
    let place = Place::take().ok_or(DeviceFault::Stalled)?;
    let reader = Arc::new(Reader::default());
    let (opened, is_opened) = sync_channel(1);
    let (alive, ended) = sync_channel(1);
    let thread = {
        let (camera, reader) = (camera.clone(), Arc::clone(&reader));
        let body = move || {
            let _place = place;
            let _alive = alive;
            let _close = CloseAtEnd(Arc::clone(&reader));
            read(&camera, wish, &reader, &opened);
        };
        thread::Builder::new().name("camera-nokhwa".into()).spawn(body).map_err(|_| DeviceFault::Failed)?
    };
    let source =
        PortableSource { camera: camera.clone(), reader, patience: Patience::new(), thread: Some(thread), ended };
    match is_opened.recv_timeout(OPENED_WITHIN) {
        Ok(()) => Ok(source),
        Err(RecvTimeoutError::Timeout) => Err(DeviceFault::Stalled),
        Err(RecvTimeoutError::Disconnected) => Err(source.reader.fault()),
    }
}

/// The thread's work: opens the camera, and puts its pictures into the slot until it fails or the source closes.
fn read(camera: &Listed, wish: CameraFormatWish, reader: &Reader, opened: &SyncSender<()>) {
    let outcome = Session::open(camera, wish).and_then(|mut session| {
        let _ = opened.try_send(());
        while !reader.is_closing.load(Ordering::Relaxed) {
            reader.pictures.put(match session.next()? {
                Ok(picture) => Delivery::Good(picture),
                Err(_) => Delivery::Bad,
            });
        }
        Ok(())
    });
    if let Err(fault) = outcome {
        *reader.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
    }
}

impl Reader {
    /// Why the thread ended; it failed if it couldn't even say.
    fn fault(&self) -> DeviceFault {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or(DeviceFault::Failed)
    }
}

impl PortableSource {
    /// AVFoundation and Media Foundation tell an unplugged camera from a silent one only by its absence.
    fn or_unplugged(&self, fault: DeviceFault) -> DeviceFault {
        let is_there = list().iter().any(|camera| camera.info.id == self.camera.info.id);
        if is_there { fault } else { DeviceFault::Unplugged }
    }
}

impl VideoSource for PortableSource {
    fn device_id(&self) -> Option<&str> {
        Some(&self.camera.info.id)
    }

    fn next_frame(&mut self) -> Result<VideoFrame, DeviceFault> {
        let until = self.patience.begin();
        loop {
            match self.reader.pictures.take_blocking(until.saturating_duration_since(Instant::now())) {
                Some(Delivery::Good(picture)) => {
                    self.patience.good();
                    return Ok(picture);
                }
                Some(Delivery::Bad) => self.patience.bad(),
                None if self.reader.pictures.is_closed() => return Err(self.or_unplugged(self.reader.fault())),
                None => return Err(self.or_unplugged(self.patience.verdict())),
            }
        }
    }
}

impl Drop for PortableSource {
    fn drop(&mut self) {
        self.reader.is_closing.store(true, Ordering::Relaxed);
        let ended = self.ended.recv_timeout(CLOSED_WITHIN) == Err(RecvTimeoutError::Disconnected);
        match self.thread.take() {
            // A panic was already told as a fault.
            Some(thread) if ended => drop(thread.join()),
            _ => tracing::warn!("a camera that hangs was left to itself"),
        }
    }
}
