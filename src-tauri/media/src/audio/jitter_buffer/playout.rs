//! What is played next, and how fast.

use super::stretch::{self, CUT_NEEDS, Likeness, MAX_LAG};
use super::{FrameDecoder, JitterBuffer, Playout, Queued};
use crate::frame::{AUDIO_FRAME_SAMPLES, AudioFrame};

/// Timestamps may be off by this, 5 ms, and still follow each other.
const TOLERANCE: i64 = 240;

/// Made-up sound is faded from 60 ms on and silent from 160 ms on: longer, it is a robot's voice.
const FADE_FROM: i64 = 2_880;
const SILENT_FROM: i64 = 7_680;

/// Sound comes in over 2.5 ms after silence.
const FADE_IN: usize = 120;

/// Played earlier than the target, or later by more than this (15 ms), the speed is changed. The room between is as much
/// as a change cuts or repeats at most, so that one never calls for the other.
const TOO_LATE: i64 = MAX_LAG as i64;

/// Later than this (80 ms, 200 ms) a seam may be heard; by more than 400 ms packets are given up.
const LATE_ENOUGH_TO_HEAR: i64 = 3_840;
const LATE_ENOUGH_FOR_ANY: i64 = 9_600;
const HOPELESS: i64 = 19_200;

/// Frames between two changes of speed: more often sounds like a gurgle.
const FRAMES_BETWEEN_CUTS: u32 = 5;
const FRAMES_BETWEEN_URGENT_CUTS: u32 = 2;
const FRAMES_BETWEEN_REPEATS: u32 = 3;

/// A longer loss says no more about the network.
const LONGEST_LOSS: i64 = 50;

/// Where playing is.
#[derive(Debug)]
pub(super) struct Playhead {
    /// The timestamp after what is decoded; `None` before the first packet's turn.
    expected: Option<i64>,
    last_sequence: i64,
    /// Decoded and not played yet.
    ready: Vec<f32>,
    /// The last that was played, for [`stretch::repeat`].
    played: Vec<f32>,
    /// Samples made up since `expected` came due.
    waited: i64,
    /// Those of them of which it isn't known yet whether they stand for loss or for a pause.
    undecided: i64,
    concealed: i64,
    kind: Playout,
    frames_at_speed: u32,
    /// How much later than the fastest packet sound was played last.
    delay: i64,
}

/// Why the playhead moves on to a packet that doesn't follow the former one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Jump {
    Pause,
    Loss,
}

impl Default for Playhead {
    fn default() -> Self {
        Self {
            expected: None,
            last_sequence: 0,
            ready: Vec::new(),
            played: vec![0.0; MAX_LAG],
            waited: 0,
            undecided: 0,
            concealed: 0,
            kind: Playout::Silence,
            frames_at_speed: 0,
            delay: 0,
        }
    }
}

impl Playhead {
    /// What is decoded is played to its end; then the new timestamps begin.
    pub(super) fn restart(&mut self) {
        self.expected = None;
        self.waited = 0;
        self.undecided = 0;
    }

    /// Whether what has this timestamp can't be played any more.
    pub(super) fn is_past(&self, timestamp: i64) -> bool {
        self.expected.is_some_and(|expected| timestamp < expected)
    }

    /// The timestamp of the next sample to be played.
    fn next_timestamp(&self) -> Option<i64> {
        Some(self.expected? - self.ready.len() as i64)
    }

    /// How much later than the fastest packet sound was played last.
    pub(super) fn delay(&self) -> i64 {
        self.delay
    }

    /// Samples that were missing.
    pub(super) fn concealed(&self) -> i64 {
        self.concealed
    }

    fn jump(&mut self, timestamp: i64, why: Jump) {
        if why == Jump::Loss {
            self.concealed += self.undecided;
        }
        self.undecided = 0;
        self.waited = 0;
        self.expected = Some(timestamp);
    }

    fn take(&mut self, frame: &mut AudioFrame) {
        let taken = self.ready.drain(..AUDIO_FRAME_SAMPLES.min(self.ready.len()));
        for (sample, ready) in frame.samples.iter_mut().zip(taken) {
            // A decoder fed by a stranger is not trusted to give numbers.
            *sample = if ready.is_finite() { ready } else { 0.0 };
        }
        self.played.extend_from_slice(&frame.samples);
        let surplus = self.played.len().saturating_sub(MAX_LAG);
        self.played.drain(..surplus);
    }
}

impl<D: FrameDecoder> JitterBuffer<D> {
    pub(super) fn play(&mut self, frame: &mut AudioFrame) -> Playout {
        self.give_up_backlog();
        while self.playhead.ready.len() < AUDIO_FRAME_SAMPLES {
            self.extend();
        }
        self.adjust_speed();
        if let Some(timestamp) = self.playhead.next_timestamp().filter(|_| self.playhead.waited == 0) {
            self.playhead.delay = self.clock.now() - timestamp - self.delay.base();
        }
        self.playhead.take(frame);
        self.playhead.kind
    }

    /// How much later than the fastest packet one with this timestamp must be there, if it comes next: when the frame
    /// is asked for that needs its first sample.
    fn delay_of(&self, timestamp: i64) -> i64 {
        let whole_frames = self.playhead.ready.len() / AUDIO_FRAME_SAMPLES * AUDIO_FRAME_SAMPLES;
        self.clock.now() + whole_frames as i64 - timestamp - self.delay.base()
    }

    /// Adds sound behind what is ready, or moves on to a packet for which that can be done.
    fn extend(&mut self) {
        let Some((&timestamp, next)) = self.queue.first_key_value() else {
            return self.wait(AUDIO_FRAME_SAMPLES as i64);
        };
        let due = self.delay_of(timestamp) >= self.delay.target();
        let Some(expected) = self.playhead.expected else {
            return if due {
                self.playhead.jump(timestamp, Jump::Pause);
            } else {
                self.wait(AUDIO_FRAME_SAMPLES as i64);
            };
        };
        let gap = timestamp - expected;
        if gap <= TOLERANCE {
            return self.decode_next();
        }
        let lost = next.sequence - self.playhead.last_sequence - 1;
        if lost <= 0 {
            return if due {
                self.playhead.jump(timestamp, Jump::Pause);
            } else {
                self.wait(AUDIO_FRAME_SAMPLES as i64);
            };
        }
        let samples = next.samples;
        let missing = gap - self.playhead.waited;
        // The redundant copy is of the packet just before the next one.
        let one_packet = samples as i64..2 * samples as i64;
        let copy_is_next = one_packet.contains(&missing) || (due && missing >= samples as i64);
        if copy_is_next && self.decode_redundancy() || due || missing <= 0 {
            (0..lost.min(LONGEST_LOSS)).for_each(|_| self.delay.played(true));
            self.playhead.jump(timestamp, Jump::Loss);
        } else {
            self.wait(missing.min(AUDIO_FRAME_SAMPLES as i64));
        }
    }

    /// Makes up `samples` while the next packet isn't there, or isn't due.
    fn wait(&mut self, samples: i64) {
        let playhead = &mut self.playhead;
        let start = playhead.ready.len();
        let count = usize::try_from(samples).unwrap_or(0).max(1);
        if playhead.expected.is_none() || playhead.waited >= SILENT_FROM {
            playhead.ready.resize(start + count, 0.0);
            playhead.kind = Playout::Silence;
        } else {
            self.decoder.conceal(count, &mut playhead.ready);
            playhead.ready.resize(start + count, 0.0);
            for (sample, at) in playhead.ready.iter_mut().skip(start).zip(playhead.waited..) {
                let left = (SILENT_FROM - at) as f32 / (SILENT_FROM - FADE_FROM) as f32;
                *sample *= left.clamp(0.0, 1.0);
            }
            playhead.kind = Playout::Concealment;
        }
        if playhead.expected.is_some() {
            playhead.waited += count as i64;
            playhead.undecided += count as i64;
        }
    }

    /// Decodes the first packet of the queue behind what is ready.
    fn decode_next(&mut self) {
        let Some((timestamp, packet)) = self.queue.pop_first() else { return };
        let playhead = &mut self.playhead;
        let start = playhead.ready.len();
        if decode(&mut self.decoder, &packet, &mut playhead.ready) {
            playhead.kind = Playout::Sound;
        } else {
            self.statistics.invalid += 1;
            playhead.concealed += packet.samples as i64;
            playhead.kind = Playout::Concealment;
        }
        if playhead.waited >= SILENT_FROM {
            for (sample, at) in playhead.ready.iter_mut().skip(start).zip(0..FADE_IN) {
                *sample *= at as f32 / FADE_IN as f32;
            }
        }
        self.wait_samples += (self.clock.now() + start as i64 - packet.arrival).max(0);
        self.waits += 1;
        self.delay.played(false);
        playhead.jump(timestamp + packet.samples as i64, Jump::Loss);
        playhead.last_sequence = packet.sequence;
    }

    /// Decodes the redundant copy in the first packet of the queue; false if there is none.
    fn decode_redundancy(&mut self) -> bool {
        let Some((_, next)) = self.queue.first_key_value() else {
            return false;
        };
        let ready = &mut self.playhead.ready;
        let recovered = self.decoder.has_redundancy(&next.payload)
            && self.decoder.decode_redundancy(&next.payload, next.samples, ready).is_ok();
        if recovered {
            self.statistics.fec_recovered += 1;
            self.playhead.kind = Playout::Sound;
        }
        recovered
    }

    /// After a burst of packets that were held up for long, the old ones are nothing to listen to.
    fn give_up_backlog(&mut self) {
        let target = self.delay.target();
        let Some(&first) = self.queue.keys().next() else { return };
        if self.delay_of(first) <= target + HOPELESS {
            return;
        }
        while self.queue.len() > 1 {
            let Some(&first) = self.queue.keys().next() else { return };
            if self.delay_of(first) <= target + TOO_LATE {
                break;
            }
            self.queue.pop_first();
            self.statistics.discarded += 1;
        }
        if let Some(&first) = self.queue.keys().next() {
            self.playhead.jump(first, Jump::Loss);
        }
    }

    fn adjust_speed(&mut self) {
        self.playhead.frames_at_speed = self.playhead.frames_at_speed.saturating_add(1);
        let Some(expected) = self.playhead.expected else { return };
        if self.playhead.waited > 0 {
            return;
        }
        let excess = self.delay_of(expected) - self.delay.target();
        if excess > TOO_LATE {
            self.catch_up(excess);
        } else if excess < 0 && self.playhead.frames_at_speed >= FRAMES_BETWEEN_REPEATS {
            let added = stretch::repeat(&self.playhead.played, &mut self.playhead.ready, Likeness::SEAMLESS);
            if added > 0 {
                self.statistics.expanded += 1;
                self.playhead.frames_at_speed = 0;
            }
        }
    }

    fn catch_up(&mut self, excess: i64) {
        let (least, frames_between) = match excess {
            LATE_ENOUGH_FOR_ANY.. => (Likeness::ANY, FRAMES_BETWEEN_URGENT_CUTS),
            LATE_ENOUGH_TO_HEAR.. => (Likeness::FAIR, FRAMES_BETWEEN_URGENT_CUTS),
            _ => (Likeness::SEAMLESS, FRAMES_BETWEEN_CUTS),
        };
        if self.playhead.frames_at_speed < frames_between {
            return;
        }
        while self.playhead.ready.len() < CUT_NEEDS && self.next_follows() {
            self.decode_next();
        }
        if stretch::cut(&mut self.playhead.ready, least) > 0 {
            self.statistics.accelerated += 1;
            self.playhead.frames_at_speed = 0;
        }
    }

    fn next_follows(&self) -> bool {
        let first = self.queue.keys().next();
        first.zip(self.playhead.expected).is_some_and(|(first, expected)| first - expected <= TOLERANCE)
    }
}

/// Decodes a packet to exactly as many samples as it was said to have; false when it had to be made up.
fn decode<D: FrameDecoder>(decoder: &mut D, packet: &Queued, ready: &mut Vec<f32>) -> bool {
    let end = ready.len() + packet.samples;
    let decoded = decoder.decode(&packet.payload, ready).is_ok();
    if !decoded {
        decoder.conceal(packet.samples, ready);
    }
    ready.resize(end, 0.0);
    decoded
}
