//! The decode thread: packets in, pictures out.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::clock::{MediaTime, VIDEO_CLOCK_HZ};
use crate::slot::LatestFrame;
use crate::video::h264::access_unit::{AccessUnit, Completeness, Continuity};
use crate::video::h264::decoder::{Decoder, PictureIntegrity};
use crate::video::h264::reference::Verdict;
use crate::video::keyframes::KeyframeNeed;
use crate::video::receiver::DecodedPicture;
use crate::video::receiver::assembler::FrameAssembler;
use crate::video::receiver::inbox::Inbox;
use crate::video::receiver::presentation::{Handling, Presentation, Visibility};
use crate::video::receiver::statistics::{Before, PlayoutMeter, VideoReceiveStatistics};

/// After this long without a packet nobody is there to send a keyframe, or nothing to send one of.
const SENDER_SILENT: Duration = Duration::from_secs(2);

/// A sender that sent nothing for this long, and of which nothing was lost, was off.
const PAUSE: Duration = Duration::from_secs(2);

/// With this many packets waiting, a quarter of a second of the largest layer, the machine is too slow for the stream.
const OVERLOADED: usize = 64;

/// What the thread counts and others read.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) statistics: VideoReceiveStatistics,
    pub(super) meter: PlayoutMeter,
}

/// What the thread tells the outside.
pub(super) struct Outlets {
    pub(super) on_keyframe_needed: Box<dyn Fn() + Send + Sync>,
    pub(super) on_picture: Box<dyn Fn(&DecodedPicture) + Send + Sync>,
    pub(super) latest: Arc<LatestFrame<DecodedPicture>>,
    pub(super) counts: Arc<Mutex<Counts>>,
}

/// The thread's state.
pub(super) struct DecodeLoop {
    assembler: FrameAssembler,
    decoder: Decoder,
    presentation: Presentation,
    need: KeyframeNeed,
    last_packet: Option<Instant>,
    last_shown: Option<u32>,
    /// Whether anything was lost since the last picture shown.
    loss: bool,
    outlets: Outlets,
}

impl DecodeLoop {
    pub(super) fn new(outlets: Outlets) -> Self {
        Self {
            assembler: FrameAssembler::new(),
            decoder: Decoder::new(),
            presentation: Presentation::default(),
            need: KeyframeNeed::default(),
            last_packet: None,
            last_shown: None,
            loss: false,
            outlets,
        }
    }

    /// Runs until the inbox is closed.
    pub(super) fn run(mut self, inbox: &Inbox) {
        while let Some(packets) = inbox.take(self.deadline(Instant::now())) {
            for packet in packets {
                self.last_packet = Some(packet.arrival);
                self.assembler.insert(packet);
            }
            while let Some((unit, verdict)) = self.assembler.poll(Instant::now()) {
                self.on_unit(&unit, verdict, inbox.backlog());
            }
            let now = Instant::now();
            if self.somebody_sends(now) && self.need.ask(now) {
                (self.outlets.on_keyframe_needed)();
            }
            self.publish_packet_counts(inbox.overflowed());
        }
        self.outlets.latest.close();
    }

    fn somebody_sends(&self, now: Instant) -> bool {
        self.last_packet.is_some_and(|last| now.saturating_duration_since(last) < SENDER_SILENT)
    }

    fn deadline(&self, now: Instant) -> Option<Instant> {
        let need = self.need.deadline(now).filter(|_| self.somebody_sends(now));
        self.assembler.deadline().into_iter().chain(need).min()
    }

    fn on_unit(&mut self, unit: &AccessUnit, verdict: Verdict, backlog: usize) {
        self.loss |= unit.continuity == Continuity::AfterLoss || unit.completeness == Completeness::Damaged;
        if matches!(verdict, Verdict::Broken | Verdict::Refused) {
            self.need.arises();
        }
        // Half the frame rate is better than a picture that lags behind more and more.
        let shed = backlog > OVERLOADED && !unit.is_reference();
        let shown = match self.presentation.handle(verdict, Instant::now()) {
            Handling::Decode if !shed => self.decode(unit, verdict),
            Handling::Decode | Handling::Skip => false,
        };
        if !shown && unit.slices().next().is_some() {
            self.with_counts(|counts| counts.statistics.dropped += 1);
        }
    }

    /// Whether a picture was shown.
    fn decode(&mut self, unit: &AccessUnit, verdict: Verdict) -> bool {
        let decoded = MediaTime::now();
        let (frame, integrity) = match self.decoder.decode(unit, decoded) {
            Ok(Some(picture)) => picture,
            Ok(None) => return false,
            Err(error) => {
                // Of a unit that wasn't whole nothing else can be expected.
                if verdict == Verdict::Decodable {
                    tracing::debug!(%error, "a picture could not be decoded");
                    self.break_off();
                }
                return false;
            }
        };
        let keyframe = unit.is_keyframe();
        if verdict == Verdict::Decodable {
            match integrity {
                PictureIntegrity::Intact if keyframe => self.need.is_met(),
                PictureIntegrity::Intact => {}
                PictureIntegrity::Concealed => self.break_off(),
            }
        }
        let visibility = self.presentation.decoded(verdict, integrity, Instant::now());
        if visibility == Visibility::Hidden {
            return false;
        }
        let picture = DecodedPicture { frame, timestamp: unit.timestamp, keyframe, integrity, decoded };
        self.show(picture);
        true
    }

    fn break_off(&mut self) {
        self.assembler.break_off();
        self.need.arises();
    }

    fn show(&mut self, picture: DecodedPicture) {
        let now = Instant::now();
        let before = if self.is_after_pause(picture.timestamp) { Before::Pause } else { Before::Stream };
        self.last_shown = Some(picture.timestamp);
        self.loss = false;
        self.with_counts(|counts| {
            counts.meter.on_picture(now, before);
            counts.statistics.frames += 1;
            counts.statistics.keyframes += u64::from(picture.keyframe);
            counts.statistics.width = picture.frame.width;
            counts.statistics.height = picture.frame.height;
        });
        (self.outlets.on_picture)(&picture);
        self.outlets.latest.put(picture);
    }

    fn is_after_pause(&self, timestamp: u32) -> bool {
        let gap = self.last_shown.map(|last| timestamp.wrapping_sub(last));
        let longest = PAUSE.as_secs() as u32 * VIDEO_CLOCK_HZ;
        !self.loss && gap.is_some_and(|gap| (longest..u32::MAX / 2).contains(&gap))
    }

    fn publish_packet_counts(&self, overflowed: u64) {
        let packets = self.assembler.statistics();
        self.with_counts(|counts| {
            counts.statistics.packets = packets.packets + overflowed;
            counts.statistics.lost = packets.lost;
            counts.statistics.duplicates = packets.duplicates;
        });
    }

    fn with_counts(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.outlets.counts.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
