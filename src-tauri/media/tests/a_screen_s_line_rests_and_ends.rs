//! A screen's line: nothing is encoded while nothing changes, whoever comes later gets a keyframe, and a screen that is
//! gone stays gone.
#![cfg(test)]

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use conclave_media::clock::MediaTime;
use conclave_media::fault::{DeviceFault, DeviceNotice};
use conclave_media::frame::FrameBuffer;
use conclave_media::video::{
    EncodedVideoFrame, EncodedVideoSink, SinkResult, VideoLayer, VideoSender, VideoSenderEvent,
};
use conclave_media::{ScreenSpec, VideoFrame, VideoSource};

const PATIENCE: Duration = Duration::from_secs(20);
/// Longer than any pause between two pictures of a screen that still settles.
const SILENCE: Duration = Duration::from_secs(3);

/// Shows the same picture again and again; ends after so many.
struct Still {
    picture: VideoFrame,
    left: u32,
}

impl Still {
    fn new(left: u32) -> Self {
        let picture = FrameBuffer::new(640, 360).unwrap().into_frame(MediaTime::now());
        Self { picture, left }
    }
}

impl VideoSource for Still {
    fn next_frame(&mut self) -> Result<VideoFrame, DeviceFault> {
        self.left = self.left.checked_sub(1).ok_or(DeviceFault::Unplugged)?;
        std::thread::sleep(Duration::from_millis(20));
        Ok(self.picture.seen_again(MediaTime::now()))
    }
}

/// Tells of each picture whether it is a keyframe.
struct Told(mpsc::Sender<bool>);

impl EncodedVideoSink for Told {
    fn frame(&self, frame: &EncodedVideoFrame) -> SinkResult {
        let _ = self.0.send(frame.keyframe);
        SinkResult::Accepted
    }
}

fn share(sender: &VideoSender<ScreenSpec>) {
    let (done, answer) = mpsc::channel();
    sender.replace_track(Some(ScreenSpec::Window(1)), move |result| done.send(result).unwrap());
    answer.recv_timeout(PATIENCE).unwrap().unwrap();
}

#[test]
fn what_rests_is_not_encoded_until_somebody_needs_it() {
    let opener = |_: &ScreenSpec| -> Result<Box<dyn VideoSource>, DeviceFault> { Ok(Box::new(Still::new(u32::MAX))) };
    let sender = VideoSender::with_opener(|_| {}, opener);
    let (pictures, told) = mpsc::channel();
    let viewer = sender.attach(Arc::new(Told(pictures)));
    viewer.want(Some(VideoLayer::Screen1080));
    share(&sender);
    assert!(told.recv_timeout(PATIENCE).unwrap(), "a keyframe comes first");
    let refinements = std::iter::from_fn(|| told.recv_timeout(SILENCE).ok()).take(50).collect::<Vec<_>>();
    assert!((3..20).contains(&refinements.len()) && !refinements.contains(&true), "{refinements:?}");

    let (pictures, told_later) = mpsc::channel();
    let newcomer = sender.attach(Arc::new(Told(pictures)));
    newcomer.want(Some(VideoLayer::Screen1080));
    assert!(told_later.recv_timeout(PATIENCE).unwrap(), "a keyframe for the newcomer");
    assert!(told.recv_timeout(PATIENCE).unwrap(), "which all get");
    assert!(!told_later.recv_timeout(PATIENCE).unwrap(), "and which is made sharp");
}

#[test]
fn a_screen_that_is_gone_is_told_of_once_and_not_opened_again() {
    let opened = Arc::new(AtomicU32::new(0));
    let opener = {
        let opened = Arc::clone(&opened);
        move |_: &ScreenSpec| -> Result<Box<dyn VideoSource>, DeviceFault> {
            opened.fetch_add(1, Ordering::SeqCst);
            Ok(Box::new(Still::new(3)))
        }
    };
    let (events, told) = mpsc::channel();
    let events = std::sync::Mutex::new(events);
    let sender = VideoSender::with_opener(
        move |event| {
            let _ = events.lock().unwrap().send(event);
        },
        opener,
    );
    for times in 1..=2 {
        share(&sender);
        let gone = VideoSenderEvent::Notice(DeviceNotice::Fault(DeviceFault::Unplugged));
        assert_eq!(told.recv_timeout(PATIENCE).unwrap(), gone);
        assert!(told.recv_timeout(SILENCE).is_err());
        assert_eq!(opened.load(Ordering::SeqCst), times);
    }
}
