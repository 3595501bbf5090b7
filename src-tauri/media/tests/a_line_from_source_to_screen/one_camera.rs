//! What becomes of a camera that sends already when it is asked for again. Most can be open only once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use conclave_media::fault::{DeviceFault, ReplaceTrackError};
use conclave_media::frame::VideoFrame;
use conclave_media::source::{CameraSpec, VideoSource};
use conclave_media::video::pattern::Pattern;
use conclave_media::video::{SourceOpener, VideoLayer, VideoSender, open_source};

use crate::SMALL;
use crate::video_line::{Line, Network, Shown, replace};

#[test]
fn a_device_that_sends_already_is_not_opened_again() {
    let opened = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&opened);
    let opener = move |_: &CameraSpec| match counter.fetch_add(1, Ordering::SeqCst) {
        0 => open_source(&SMALL.parse().unwrap()),
        _ => Err(DeviceFault::Busy),
    };
    let sender = VideoSender::with_opener(|_| {}, opener);
    let line = Line::new(&sender, Network::PERFECT, VideoLayer::P360);
    replace(&sender, Some("device:one")).unwrap();
    replace(&sender, Some("device:one")).unwrap();
    assert_eq!(opened.load(Ordering::SeqCst), 1);
    assert_eq!(replace(&sender, Some("device:two")), Err(ReplaceTrackError::Device(DeviceFault::Busy)));
    let shown = line.screen.wait_for_more(10);
    assert_eq!(shown.iter().filter(|picture| picture.keyframe).count(), 1);
}

/// One camera, `usb-1`, which is called "one", is the system's first, and can be open once.
struct OneCamera {
    opened: Arc<AtomicUsize>,
}

struct Numbered {
    pattern: Pattern,
}

impl VideoSource for Numbered {
    fn next_frame(&mut self) -> Result<VideoFrame, DeviceFault> {
        self.pattern.next_frame()
    }

    fn device_id(&self) -> Option<&str> {
        Some("usb-1")
    }
}

impl SourceOpener for OneCamera {
    fn open(&self, _: &CameraSpec) -> Result<Box<dyn VideoSource>, DeviceFault> {
        match self.opened.fetch_add(1, Ordering::SeqCst) {
            0 => Ok(Box::new(Numbered { pattern: Pattern::new(640, 360, 30).unwrap() })),
            _ => Err(DeviceFault::Busy),
        }
    }

    fn meant(&self, spec: &CameraSpec) -> Vec<String> {
        match spec {
            CameraSpec::Device { name: None, .. } => vec!["usb-1".to_owned()],
            CameraSpec::Device { name: Some(name), .. } if ["one", "usb-1"].contains(&name.as_str()) => {
                vec!["usb-1".to_owned()]
            }
            _ => Vec::new(),
        }
    }
}

#[test]
fn a_camera_is_the_same_by_all_its_names() {
    let opened = Arc::new(AtomicUsize::new(0));
    let sender = VideoSender::with_opener(|_| {}, OneCamera { opened: Arc::clone(&opened) });
    let line = Line::new(&sender, Network::PERFECT, VideoLayer::P360);
    for spec in ["device", "device:one", "device:usb-1", "device"] {
        assert_eq!(replace(&sender, Some(spec)), Ok(()), "{spec}");
    }
    assert_eq!(opened.load(Ordering::SeqCst), 1);
    assert_eq!(replace(&sender, Some("device:two")), Err(ReplaceTrackError::Device(DeviceFault::Busy)));
    let shown = line.screen.wait_for_more(10);
    assert_eq!(shown.iter().filter(|picture| picture.keyframe).count(), 1);
}

/// A camera that can be open once, and delivers what is wished of it.
struct Sized {
    open: Arc<AtomicUsize>,
}

struct SizedSource {
    pattern: Pattern,
    open: Arc<AtomicUsize>,
}

impl Drop for SizedSource {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
    }
}

impl VideoSource for SizedSource {
    fn next_frame(&mut self) -> Result<VideoFrame, DeviceFault> {
        self.pattern.next_frame()
    }

    fn device_id(&self) -> Option<&str> {
        Some("usb-1")
    }
}

impl SourceOpener for Sized {
    fn open(&self, spec: &CameraSpec) -> Result<Box<dyn VideoSource>, DeviceFault> {
        let CameraSpec::Device { format, .. } = spec else { return Err(DeviceFault::NotFound) };
        if self.open.fetch_add(1, Ordering::SeqCst) > 0 {
            self.open.fetch_sub(1, Ordering::SeqCst);
            return Err(DeviceFault::Busy);
        }
        let pattern = Pattern::new(format.width, format.height, format.fps).unwrap();
        Ok(Box::new(SizedSource { pattern, open: Arc::clone(&self.open) }))
    }

    fn meant(&self, _: &CameraSpec) -> Vec<String> {
        vec!["usb-1".to_owned()]
    }
}

#[test]
fn a_camera_that_sends_changes_its_size() {
    let (tell, told) = mpsc::channel();
    let tell = Mutex::new(tell);
    let sender = VideoSender::with_opener(
        move |event| tell.lock().unwrap().send(event).unwrap(),
        Sized { open: Arc::default() },
    );
    let line = Line::new(&sender, Network::PERFECT, VideoLayer::P360);
    let is_shown = |shown: &[Shown], size| shown.last().is_some_and(|picture| picture.size == size);
    let [small, usual] = [("device@320x180@30", (320, 180)), ("device@640x360@30:usb-1", (640, 360))];
    for (spec, size) in [small, usual, small] {
        assert_eq!(replace(&sender, Some(spec)), Ok(()), "{spec}");
        line.screen.wait_until("pictures of this size", |shown| is_shown(shown, size));
    }
    assert_eq!(told.try_recv(), Err(mpsc::TryRecvError::Empty), "nothing went wrong on the way");
}
