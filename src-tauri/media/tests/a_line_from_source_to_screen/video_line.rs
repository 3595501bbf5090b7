//! A sender and a receiver in one process, with a network between them that loses and reorders as told.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, Weak, mpsc};
use std::time::{Duration, Instant};

use conclave_media::fault::ReplaceTrackError;
use conclave_media::source::CameraSpec;
use conclave_media::video::pattern::{PatternStamp, read_stamp};
use conclave_media::video::{
    DecodedPicture, EncodedVideoFrame, EncodedVideoSink, PictureIntegrity, SinkResult, VideoLayer, VideoPacket,
    VideoReceiver, VideoSender, VideoSubscription,
};

/// Nothing here takes longer on a machine that is busy with other things.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What a network does to packets, from a seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Network {
    pub(crate) seed: u64,
    /// Of a thousand packets.
    pub(crate) lost_permille: u64,
    /// Of a thousand packets, how many are overtaken by up to three others.
    pub(crate) late_permille: u64,
}

impl Network {
    pub(crate) const PERFECT: Self = Self { seed: 0, lost_permille: 0, late_permille: 0 };
}

/// xorshift64*.
struct Dice(u64);

impl Dice {
    fn permille(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % 1_000
    }
}

/// A picture that was shown.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) at: Instant,
    pub(crate) stamp: Option<PatternStamp>,
    pub(crate) size: (u32, u32),
    pub(crate) keyframe: bool,
    pub(crate) timestamp: u32,
    pub(crate) integrity: PictureIntegrity,
}

/// All pictures that were shown so far.
#[derive(Default)]
pub(crate) struct Screen {
    shown: Mutex<Vec<Shown>>,
    changed: Condvar,
}

impl Screen {
    fn show(&self, picture: &DecodedPicture) {
        let shown = Shown {
            at: Instant::now(),
            stamp: read_stamp(&picture.frame),
            size: (picture.frame.width, picture.frame.height),
            keyframe: picture.keyframe,
            timestamp: picture.timestamp,
            integrity: picture.integrity,
        };
        self.shown.lock().unwrap().push(shown);
        self.changed.notify_all();
    }

    /// Waits until the pictures shown are as wanted, and gives them.
    pub(crate) fn wait_until(&self, what: &str, wanted: impl Fn(&[Shown]) -> bool) -> Vec<Shown> {
        let shown = self.shown.lock().unwrap();
        let (shown, timeout) = self.changed.wait_timeout_while(shown, PATIENCE, |shown| !wanted(shown)).unwrap();
        assert!(!timeout.timed_out(), "in vain waited for {what}; {} pictures, last {:?}", shown.len(), shown.last());
        shown.clone()
    }

    /// Waits for this many more pictures.
    pub(crate) fn wait_for_more(&self, count: usize) -> Vec<Shown> {
        let wanted = self.count() + count;
        self.wait_until("more pictures", |shown| shown.len() >= wanted)
    }

    pub(crate) fn count(&self) -> usize {
        self.shown.lock().unwrap().len()
    }
}

/// Numbers packets and hands them to the receiver, but for those the network loses.
struct Wire {
    state: Mutex<WireState>,
    receiver: Arc<VideoReceiver>,
}

struct WireState {
    network: Network,
    dice: Dice,
    sequence: u16,
    /// Overtaken packets, and by how many more.
    late: VecDeque<(VideoPacket, u64)>,
}

impl EncodedVideoSink for Wire {
    fn frame(&self, frame: &EncodedVideoFrame) -> SinkResult {
        let mut state = self.state.lock().unwrap();
        for (index, payload) in frame.payloads.iter().enumerate() {
            let packet = VideoPacket {
                sequence: state.sequence,
                timestamp: frame.timestamp,
                marker: index + 1 == frame.payloads.len(),
                payload: payload.clone(),
                ssrc: 0x1234,
                arrival: Instant::now(),
            };
            state.sequence = state.sequence.wrapping_add(1);
            let network = state.network;
            if state.dice.permille() < network.lost_permille {
                continue;
            }
            if state.dice.permille() < network.late_permille {
                let by = 1 + state.dice.permille() % 3;
                state.late.push_back((packet, by));
                continue;
            }
            self.receiver.push(packet);
            state.late.iter_mut().for_each(|(_, by)| *by = by.saturating_sub(1));
            while let Some((packet, _)) = state.late.pop_front_if(|(_, by)| *by == 0) {
                self.receiver.push(VideoPacket { arrival: Instant::now(), ..packet });
            }
        }
        SinkResult::Accepted
    }
}

/// A subscription of a sender, all the way to a screen.
pub(crate) struct Line {
    pub(crate) screen: Arc<Screen>,
    pub(crate) receiver: Arc<VideoReceiver>,
    pub(crate) subscription: Arc<VideoSubscription>,
}

impl Line {
    pub(crate) fn new(sender: &VideoSender, network: Network, layer: VideoLayer) -> Self {
        let screen = Arc::new(Screen::default());
        let asker: Arc<Mutex<Weak<VideoSubscription>>> = Arc::default();
        let receiver = {
            let (screen, asker) = (Arc::clone(&screen), Arc::clone(&asker));
            let ask = move || {
                if let Some(subscription) = asker.lock().unwrap().upgrade() {
                    subscription.request_keyframe();
                }
            };
            Arc::new(VideoReceiver::new(ask, move |picture| screen.show(picture)))
        };
        let dice = Dice(network.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let state = WireState { network, dice, sequence: 65_500, late: VecDeque::new() };
        let wire = Wire { state: Mutex::new(state), receiver: Arc::clone(&receiver) };
        let subscription = Arc::new(sender.attach(Arc::new(wire)));
        *asker.lock().unwrap() = Arc::downgrade(&subscription);
        subscription.want(Some(layer));
        Self { screen, receiver, subscription }
    }
}

/// Asks for another source and waits for the answer.
pub(crate) fn replace(sender: &VideoSender, source: Option<&str>) -> Result<(), ReplaceTrackError> {
    let (tell, told) = mpsc::channel();
    let spec = source.map(|text| text.parse::<CameraSpec>().unwrap());
    sender.replace_track(spec, move |result| tell.send(result).unwrap());
    let result = told.recv_timeout(PATIENCE).expect("an answer");
    assert!(told.recv_timeout(Duration::ZERO).is_err(), "the answer comes once");
    result
}

/// The longest time between two pictures.
pub(crate) fn longest_gap(shown: &[Shown]) -> Duration {
    shown.windows(2).map(|pair| pair[1].at - pair[0].at).max().unwrap_or_default()
}

/// Whether RTP timestamps only grow.
pub(crate) fn timestamps_grow(shown: &[Shown]) -> bool {
    shown.windows(2).all(|pair| pair[1].timestamp.wrapping_sub(pair[0].timestamp) as i32 > 0)
}
