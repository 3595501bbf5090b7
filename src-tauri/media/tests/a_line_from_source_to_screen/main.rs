//! Whole video lines: sources, senders, networks and receivers with their real threads. What is awaited is a condition,
//! never a time; what is measured is on the pictures that were decoded.
#![cfg(test)]

mod one_camera;
mod video_line;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use conclave_media::clock::MediaTime;
use conclave_media::fault::{DeviceFault, DeviceNotice, ReplaceTrackError};
use conclave_media::frame::VideoFrame;
use conclave_media::source::{CameraSpec, VideoSource};
use conclave_media::video::pattern::Pattern;
use conclave_media::video::{
    EncodedVideoFrame, EncodedVideoSink, PictureIntegrity, SinkResult, VideoLayer, VideoSender, VideoSenderEvent,
    open_source,
};

use video_line::{Line, Network, PATIENCE, Shown, longest_gap, replace, timestamps_grow};

const SMALL: &str = "pattern:640x360@30";

fn sender() -> VideoSender {
    VideoSender::new(|event| panic!("no event is expected, but {event:?}"))
}

fn frames_of(sender: &VideoSender, layer: VideoLayer) -> u64 {
    sender.encoder_statistics().iter().find(|s| s.layer == layer).unwrap().frames
}

#[test]
fn what_is_captured_is_seen_with_every_stamp_in_order() {
    let sender = sender();
    let line = Line::new(&sender, Network::PERFECT, VideoLayer::P360);
    replace(&sender, Some(SMALL)).unwrap();
    let shown = line.screen.wait_for_more(60);
    let stamps: Vec<_> = shown.iter().map(|picture| picture.stamp.expect("a readable stamp")).collect();
    assert!(stamps.windows(2).all(|pair| pair[0].frame_number < pair[1].frame_number));
    assert!(stamps.windows(2).all(|pair| pair[0].captured < pair[1].captured));
    assert!(shown[0].keyframe && shown[1..].iter().all(|picture| !picture.keyframe));
    assert!(timestamps_grow(&shown));
    let statistics = line.receiver.statistics();
    assert!(statistics.frames >= 60 && statistics.keyframes == 1 && statistics.lost == 0);
    assert_eq!((statistics.width, statistics.height), (640, 360));
    assert!(statistics.fps > 5.0, "{}", statistics.fps);
    let slot = line.receiver.latest();
    assert!(slot.take_blocking(PATIENCE).is_some());
    drop(sender);
    drop(line);
    assert!(slot.is_closed());
}

#[test]
fn another_source_takes_over_with_no_gap_that_is_noticed() {
    let sender = sender();
    let line = Line::new(&sender, Network::PERFECT, VideoLayer::P360);
    replace(&sender, Some(SMALL)).unwrap();
    line.screen.wait_for_more(20);
    // The new one has other proportions, so that it shows which pictures are whose.
    for (source, size) in [("pattern:320x240@30", (320, 240)), (SMALL, (640, 360))] {
        let before = line.screen.count();
        replace(&sender, Some(source)).unwrap();
        let is_there = |shown: &[Shown]| shown[before..].iter().filter(|picture| picture.size == size).count() > 20;
        let shown = line.screen.wait_until("the new source", is_there);
        let first = before + shown[before..].iter().position(|picture| picture.size == size).unwrap();
        assert!(shown[first].keyframe);
        assert!(shown[first..].iter().all(|picture| picture.size == size), "the former source is silent");
        assert!(shown.iter().all(|picture| picture.stamp.is_some()));
        assert!(timestamps_grow(&shown));
        let gap = longest_gap(&shown[before.saturating_sub(10)..]);
        assert!(gap <= Duration::from_millis(500), "stood still for {gap:?}");
    }
}

#[test]
fn a_source_that_can_not_be_had_leaves_the_former_one() {
    let sender = sender();
    let line = Line::new(&sender, Network::PERFECT, VideoLayer::P360);
    replace(&sender, Some(SMALL)).unwrap();
    line.screen.wait_for_more(10);
    let missing = replace(&sender, Some("file:/nonexistent.y4m"));
    assert_eq!(missing, Err(ReplaceTrackError::Device(DeviceFault::NotFound)));
    let shown = line.screen.wait_for_more(20);
    let numbers: Vec<_> = shown.iter().map(|picture| picture.stamp.unwrap().frame_number).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "it is the same source still: {numbers:?}");
}

#[test]
fn nothing_is_sent_without_a_source_and_a_keyframe_comes_first_after_that() {
    let sender = sender();
    let line = Line::new(&sender, Network::PERFECT, VideoLayer::P360);
    replace(&sender, None).unwrap();
    replace(&sender, Some(SMALL)).unwrap();
    line.screen.wait_for_more(10);
    replace(&sender, None).unwrap();
    // The source's thread has ended; what it had handed over is encoded at most once more.
    let stopped_at = frames_of(&sender, VideoLayer::P360) + 1;
    replace(&sender, Some(SMALL)).unwrap();
    let shown = line.screen.wait_until("pictures again", |shown| shown.iter().filter(|p| p.keyframe).count() >= 2);
    let again = shown.iter().rposition(|picture| picture.keyframe).unwrap();
    assert!(again as u64 <= stopped_at, "{again} pictures, of which {stopped_at} were encoded before");
    assert!(shown[again].stamp.unwrap().frame_number < 5);
    assert!(timestamps_grow(&shown));
}

#[test]
fn a_later_request_supersedes_one_that_is_not_done() {
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    let opener = move |spec: &CameraSpec| {
        if matches!(spec, CameraSpec::Device { .. }) {
            // A camera that takes its time.
            let _ = released.lock().unwrap().recv_timeout(PATIENCE);
        }
        open_source(&SMALL.parse().unwrap())
    };
    let sender = VideoSender::with_opener(|_| {}, opener);
    let line = Line::new(&sender, Network::PERFECT, VideoLayer::P360);
    let (tell, told) = mpsc::channel();
    sender.replace_track(Some(CameraSpec::device(None)), move |result| tell.send(result).unwrap());
    replace(&sender, Some(SMALL)).unwrap();
    line.screen.wait_for_more(5);
    release.send(()).unwrap();
    assert_eq!(told.recv_timeout(PATIENCE), Ok(Err(ReplaceTrackError::Superseded)));
    let shown = line.screen.wait_for_more(10);
    assert_eq!(shown.iter().filter(|picture| picture.keyframe).count(), 1, "the late source did not come through");
}

#[test]
fn a_request_that_is_not_done_when_the_sender_goes_is_answered() {
    let (tell, told) = mpsc::channel();
    let sender = VideoSender::with_opener(
        |_| {},
        |_: &CameraSpec| {
            std::thread::sleep(Duration::from_millis(50));
            open_source(&SMALL.parse().unwrap())
        },
    );
    sender.replace_track(Some(CameraSpec::device(None)), move |result| tell.send(result).unwrap());
    drop(sender);
    assert_eq!(told.recv_timeout(PATIENCE), Ok(Err(ReplaceTrackError::Closed)));
}

/// Gives some pictures, then fails.
struct Fragile {
    pattern: Pattern,
    left: u32,
}

impl VideoSource for Fragile {
    fn next_frame(&mut self) -> Result<VideoFrame, DeviceFault> {
        self.left = self.left.checked_sub(1).ok_or(DeviceFault::Unplugged)?;
        self.pattern.next_frame()
    }
}

#[test]
fn a_source_that_fails_is_reported_and_opened_until_it_is_back() {
    let script: Mutex<VecDeque<Result<u32, DeviceFault>>> =
        Mutex::new([Ok(15), Err(DeviceFault::NotFound), Ok(0), Ok(u32::MAX)].into());
    let opener = move |_: &CameraSpec| -> Result<Box<dyn VideoSource>, DeviceFault> {
        let left = script.lock().unwrap().pop_front().unwrap_or(Err(DeviceFault::Failed))?;
        Ok(Box::new(Fragile { pattern: Pattern::new(640, 360, 30).unwrap(), left }))
    };
    let (tell, told) = mpsc::channel();
    let tell = Mutex::new(tell);
    let sender =
        VideoSender::with_opener(move |event| tell.lock().unwrap().send((Instant::now(), event)).unwrap(), opener);
    let line = Line::new(&sender, Network::PERFECT, VideoLayer::P360);
    replace(&sender, Some("device:fragile")).unwrap();
    let (fault_at, fault) = told.recv_timeout(PATIENCE).unwrap();
    assert_eq!(fault, VideoSenderEvent::Notice(DeviceNotice::Fault(DeviceFault::Unplugged)));
    let (recovered_at, recovered) = told.recv_timeout(PATIENCE).unwrap();
    assert_eq!(recovered, VideoSenderEvent::Notice(DeviceNotice::Recovered));
    assert!(recovered_at - fault_at >= Duration::from_millis(1_450), "opened three times, half a second apart");
    let shown = line.screen.wait_until("pictures again", |shown| shown.len() > 30);
    assert!(shown[0].at < fault_at && shown[30].at > recovered_at);
    assert!(timestamps_grow(&shown));
}

#[test]
fn layers_change_without_an_undecodable_picture() {
    let sender = sender();
    let line = Line::new(&sender, Network::PERFECT, VideoLayer::P180);
    replace(&sender, Some("pattern:1280x720@30")).unwrap();
    line.screen.wait_for_more(5);
    let layers = [VideoLayer::P720, VideoLayer::P180, VideoLayer::P360, VideoLayer::P720, VideoLayer::P360];
    for layer in layers {
        let before = line.screen.count();
        line.subscription.want(Some(layer));
        let shown =
            line.screen.wait_until("the layer", |shown| shown[before..].iter().any(|p| p.size == layer.bounds()));
        let first = before + shown[before..].iter().position(|picture| picture.size == layer.bounds()).unwrap();
        assert!(shown[first].keyframe);
        assert!(shown[..first].iter().rev().take(1).all(|picture| picture.size != layer.bounds()));
    }
    let shown = line.screen.wait_for_more(10);
    assert!(shown.iter().all(|picture| picture.stamp.is_some() && picture.integrity == PictureIntegrity::Intact));
    assert!(timestamps_grow(&shown));
    let statistics = line.receiver.statistics();
    assert_eq!((statistics.dropped, statistics.lost), (0, 0));
}

#[test]
fn a_layer_is_encoded_once_for_all_and_only_while_it_is_wanted() {
    let sender = sender();
    let lines: Vec<_> = (0..3).map(|_| Line::new(&sender, Network::PERFECT, VideoLayer::P360)).collect();
    replace(&sender, Some(SMALL)).unwrap();
    for line in &lines {
        line.screen.wait_until("pictures", |shown| shown.len() >= 30);
    }
    let most = lines.iter().map(|line| line.screen.count()).max().unwrap() as u64;
    let encoded = frames_of(&sender, VideoLayer::P360);
    assert!(encoded <= most + 10, "{encoded} encoded for {most} shown");
    assert_eq!(frames_of(&sender, VideoLayer::P180) + frames_of(&sender, VideoLayer::P720), 0);
    for line in &lines {
        line.subscription.want(Some(VideoLayer::P180));
    }
    for line in &lines {
        line.screen.wait_until("the small layer", |shown| shown.last().is_some_and(|p| p.size == (320, 180)));
    }
    // The large layer's thread has been told to end; at most the picture in its hands is still encoded.
    let left = frames_of(&sender, VideoLayer::P360);
    lines[0].screen.wait_for_more(15);
    assert!(frames_of(&sender, VideoLayer::P360) <= left + 1);
}

/// Takes nothing, or everything after a while.
#[derive(Default)]
struct Narrow {
    offered: Mutex<Vec<(bool, u8, SinkResult)>>,
    refusals: AtomicUsize,
}

impl EncodedVideoSink for Narrow {
    fn frame(&self, frame: &EncodedVideoFrame) -> SinkResult {
        let mut offered = self.offered.lock().unwrap();
        // The first keyframe goes through, then two reference pictures do not.
        let refuse = !offered.is_empty() && frame.temporal_layer == 0 && self.refusals.load(Ordering::SeqCst) < 2;
        if refuse {
            self.refusals.fetch_add(1, Ordering::SeqCst);
        }
        let result = if refuse { SinkResult::Full } else { SinkResult::Accepted };
        offered.push((frame.keyframe, frame.temporal_layer, result));
        result
    }
}

#[test]
fn a_full_link_gets_nothing_until_a_keyframe_and_disturbs_nobody() {
    let sender = sender();
    let narrow = Arc::new(Narrow::default());
    let subscription = sender.attach(Arc::<Narrow>::clone(&narrow));
    subscription.want(Some(VideoLayer::P360));
    let line = Line::new(&sender, Network::PERFECT, VideoLayer::P360);
    replace(&sender, Some(SMALL)).unwrap();
    // The refused link asks for keyframes, which all see.
    let shown = line.screen.wait_until("three keyframes", |shown| shown.iter().filter(|p| p.keyframe).count() >= 3);
    line.screen.wait_for_more(5);
    let offered = narrow.offered.lock().unwrap().clone();
    for pair in offered.windows(2) {
        let broken = pair[0].2 == SinkResult::Full;
        assert!(!broken || pair[1].0, "after a refusal came {:?}", pair[1]);
    }
    assert_eq!(offered.iter().filter(|(_, _, result)| *result == SinkResult::Full).count(), 2);
    assert!(shown.iter().all(|picture| picture.integrity == PictureIntegrity::Intact));
    let numbers: Vec<_> = shown.iter().map(|picture| picture.stamp.unwrap().frame_number).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn a_network_that_loses_and_reorders_shows_no_torn_picture_and_never_stands_still_for_good() {
    let mut keyframes = 0;
    for seed in 1..=3 {
        let sender = sender();
        let network = Network { seed, lost_permille: 20, late_permille: 50 };
        let line = Line::new(&sender, network, VideoLayer::P360);
        replace(&sender, Some(SMALL)).unwrap();
        let shown = line.screen.wait_until("pictures", |shown| shown.len() >= 80);
        assert!(timestamps_grow(&shown));
        for picture in shown.iter().filter(|picture| picture.integrity == PictureIntegrity::Intact) {
            assert!(picture.stamp.is_some(), "seed {seed}: an intact picture is torn");
        }
        let intact = shown.iter().filter(|picture| picture.integrity == PictureIntegrity::Intact).count();
        assert!(intact * 10 >= shown.len() * 9, "seed {seed}: {intact} of {} intact", shown.len());
        let statistics = line.receiver.statistics();
        println!("seed {seed}: {statistics:?}");
        assert!(statistics.lost > 0, "seed {seed}: the network lost nothing");
        keyframes += statistics.keyframes;
    }
    assert!(keyframes > 3, "{keyframes} keyframes: none was asked for");
}

#[test]
fn dropping_a_sender_ends_its_threads_at_once() {
    struct Counted(Pattern, Arc<AtomicUsize>);
    impl VideoSource for Counted {
        fn next_frame(&mut self) -> Result<VideoFrame, DeviceFault> {
            self.0.next_frame()
        }
    }
    impl Drop for Counted {
        fn drop(&mut self) {
            self.1.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let open = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&open);
    let opener = move |_: &CameraSpec| -> Result<Box<dyn VideoSource>, DeviceFault> {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(Counted(Pattern::new(640, 360, 30).unwrap(), Arc::clone(&counter))))
    };
    let sender = VideoSender::with_opener(|_| {}, opener);
    let line = Line::new(&sender, Network::PERFECT, VideoLayer::P360);
    for _ in 0..3 {
        replace(&sender, Some("device")).unwrap();
    }
    line.screen.wait_for_more(3);
    drop(sender);
    assert_eq!(open.load(Ordering::SeqCst), 0, "all sources are closed when the sender is gone");
    // A subscription that outlives its sender does nothing.
    line.subscription.want(Some(VideoLayer::P720));
    line.subscription.request_keyframe();
}

/// A camera whose clock is an hour behind.
struct Behind(Pattern);

impl VideoSource for Behind {
    fn next_frame(&mut self) -> Result<VideoFrame, DeviceFault> {
        let mut frame = self.0.next_frame()?;
        frame.captured = MediaTime::from_duration(Duration::from_secs(1));
        Ok(frame)
    }
}

#[test]
fn a_camera_with_a_broken_clock_is_seen_all_the_same() {
    let opener = |_: &CameraSpec| -> Result<Box<dyn VideoSource>, DeviceFault> {
        Ok(Box::new(Behind(Pattern::new(640, 360, 30).unwrap())))
    };
    let sender = VideoSender::with_opener(|_| {}, opener);
    let line = Line::new(&sender, Network::PERFECT, VideoLayer::P360);
    replace(&sender, Some("device")).unwrap();
    assert!(timestamps_grow(&line.screen.wait_for_more(15)));
}
