//! The canceller's reference at the pace of the microphone.
//!
//! A speaker and a microphone have a clock each, some parts in a million apart. Fed as it comes, the reference of two
//! clocks 200 ppm apart would wander by 12 ms a minute against the echo: the canceller would have to find it anew again
//! and again, and measured ever so often 10 dB of echo less than 48. So the reference is read a little faster or slower,
//! such that it always lies as far behind what the speaker plays; nobody hears that. For the rest, finding the echo up
//! to half a second behind the reference is the canceller's own business.
//!
//! Whatever moves the reading against the echo costs two seconds of echo at its full loudness, until the canceller has
//! learned it anew. Once it is known where to read, threads that come late move nothing: both ends count samples, also those
//! that a speaker lacked and those of a microphone that were lost, and what isn't there in time is silence in its place.

use std::collections::VecDeque;
use std::iter::repeat_n;
use std::time::{Duration, Instant};

use super::distance::Distance;
use super::reference::{Before, EchoReference};
use crate::audio::source::Lost;
use crate::clock::AUDIO_CLOCK_HZ;
use crate::frame::{AUDIO_FRAME_SAMPLES, AudioFrame};

const RATE: f64 = AUDIO_CLOCK_HZ as f64;
const FRAME: f64 = AUDIO_FRAME_SAMPLES as f64;

/// The reading begins at what the speaker plays, as no echo comes before that; and at least so far behind what was handed
/// to it last, as late as that may come: 20 ms.
const FIRST_LAG: f64 = 0.020 * RATE;

/// Microphones that give much at once move the reading back, as their buffers are larger too; no further than this.
const MOST_LAG: f64 = 0.150 * RATE;

/// After there was nothing to read, the reading goes back by so much more than what was missing: 5 ms.
const SPARE: f64 = 0.005 * RATE;

/// What was read is kept for so long, for a reading that has to go back: 250 ms, more than a thread can be late.
const KEPT: f64 = 0.250 * RATE;

/// A reading that was late so often within some seconds, or is for one of them, is at the wrong place, and begins anew.
const OFTEN_LATE: u32 = 10;

/// Frames that make good one that was late after others in time, and one that was late after another.
const PARDON: u32 = 200;
const PARDON_OF_FURTHER: u32 = 20;

/// Without anything new for this long the speaker is closed.
const CLOSED: Duration = Duration::from_millis(200);

/// More silence than this within what a speaker plays is a new beginning.
const MOST_GAP: usize = AUDIO_CLOCK_HZ as usize / 5;

/// Samples around the place of reading that interpolation needs.
const BEFORE: f64 = 1.0;
const AFTER: f64 = 2.0;

/// Where the reading is.
#[derive(Debug, Clone)]
struct Reading {
    /// The next sample to read, counted from the first of those kept. Beyond the last one when those come late.
    position: f64,
    /// How far behind what the speaker plays that is.
    distance: Distance,
    /// Times that it was late, in frames of pardon; and whether it is.
    late: u32,
    is_late: bool,
}

/// Reads the reference, a frame for each frame of the microphone.
#[derive(Debug)]
pub(super) struct AlignedReference {
    reference: EchoReference,
    samples: VecDeque<f32>,
    /// What came last.
    newest: Option<Newest>,
    /// `None` until there is enough to read.
    reading: Option<Reading>,
}

#[derive(Debug, Clone, Copy)]
struct Newest {
    /// The number that the next frame is to have.
    next: u64,
    at: Instant,
    /// Samples that the speaker had not played then.
    queued: usize,
}

impl Reading {
    fn at(position: f64) -> Self {
        Self { position, distance: Distance::default(), late: 0, is_late: false }
    }

    /// Notes whether all was there to be read; says whether it wasn't, for the first time after it was.
    fn note(&mut self, is_late: bool) -> bool {
        let is_first = is_late && !self.is_late;
        if is_late {
            self.late += if is_first { PARDON } else { PARDON_OF_FURTHER };
        }
        self.late = self.late.saturating_sub(1);
        self.is_late = is_late;
        is_first
    }
}

impl AlignedReference {
    pub(super) fn new(reference: EchoReference) -> Self {
        // What lies in there was played before anybody listened.
        reference.forget();
        Self { reference, samples: VecDeque::new(), newest: None, reading: None }
    }

    /// The reference of a frame that the microphone gave now; silence when nothing is played.
    pub(super) fn next(&mut self, now: Instant) -> AudioFrame {
        self.collect();
        let mut frame = AudioFrame { samples: [0.0; AUDIO_FRAME_SAMPLES] };
        let Some(newest) = self.newest else { return frame };
        let age = now.saturating_duration_since(newest.at);
        if age > CLOSED {
            self.start_anew();
            return frame;
        }
        // Where the speaker is now, if it goes on as before; frames come to it in lumps.
        let handed = self.samples.len() as f64 + age.as_secs_f64() * RATE;
        let played = handed - newest.queued as f64;
        let reading = self.reading.take().or_else(|| {
            let position = played.min(handed - FIRST_LAG) - FRAME;
            (position >= BEFORE).then(|| Reading::at(position))
        });
        self.reading = reading.and_then(|reading| self.read(reading, played, &mut frame));
        self.drop_read();
        frame
    }

    /// Something of what the microphone heard was lost before its next frame.
    pub(super) fn lose(&mut self, lost: Lost) {
        match (lost, &mut self.reading) {
            (Lost::Samples(samples), Some(reading)) => reading.position += samples as f64,
            (Lost::Samples(_), None) => {}
            (Lost::Unknown, reading) => *reading = None,
        }
    }

    /// Fills the frame from the reading on; gives the reading afterwards, if there is one to go on with.
    fn read(&self, mut reading: Reading, played: f64, frame: &mut AudioFrame) -> Option<Reading> {
        if let Some(lost) = reading.distance.jump() {
            tracing::debug!(lost_ms = lost / RATE * 1e3, "sound was lost: the reference follows");
            reading.position = (reading.position + lost).max(BEFORE);
            reading.distance.jumped();
        }
        let pace = reading.distance.pace();
        let missing = reading.position + FRAME * pace + AFTER - self.samples.len() as f64;
        let is_late = missing > 0.0;
        let is_first = reading.note(is_late);
        if is_first && !reading.distance.is_settled() {
            // Devices give more at once than was thought. Once for each time: a thread may be late for long.
            let further = (missing + SPARE).min(FRAME + SPARE);
            return Some(Reading { is_late, ..Reading::at((reading.position + FRAME - further).max(BEFORE)) });
        }
        if reading.late > OFTEN_LATE * PARDON {
            tracing::debug!(missing_ms = missing / RATE * 1e3, "often late: the place of reading is found anew");
            return None;
        }
        for (sample, index) in frame.samples.iter_mut().zip(0_u16..) {
            *sample = self.sample_at(reading.position + f64::from(index) * pace);
        }
        reading.distance.follow(played - reading.position - FRAME);
        reading.position += FRAME * pace;
        (reading.distance.lag() <= MOST_LAG).then_some(reading)
    }

    fn collect(&mut self) {
        while let Some(played) = self.reference.take() {
            let follows = self.newest.is_none_or(|newest| newest.next == played.number);
            match played.place.before {
                Before::Silence(gap @ ..=MOST_GAP) if follows => self.samples.extend(repeat_n(0.0, gap)),
                Before::Silence(_) | Before::Opening => self.start_anew(),
            }
            self.samples.extend(&played.frame.samples);
            self.newest = Some(Newest { next: played.number + 1, at: played.at, queued: played.place.queued });
        }
    }

    fn start_anew(&mut self) {
        self.samples.clear();
        self.newest = None;
        self.reading = None;
    }

    /// The sound between two samples, by Lagrange's cubic through four.
    fn sample_at(&self, position: f64) -> f32 {
        let whole = position.floor();
        let between = (position - whole) as f32;
        // Not negative: reading begins after the first sample.
        let index = whole as usize;
        let at = |index: usize| self.samples.get(index).copied().unwrap_or_default();
        let (a, b, c, d) = (at(index.saturating_sub(1)), at(index), at(index + 1), at(index + 2));
        let third = c - a / 3.0 - b / 2.0 - d / 6.0;
        let second = (a + c) / 2.0 - b;
        let first = (d - a) / 6.0 + (b - c) / 2.0;
        ((first * between + second) * between + third) * between + b
    }

    fn drop_read(&mut self) {
        let Some(reading) = &mut self.reading else { return };
        let read = (reading.position - BEFORE - KEPT).floor().max(0.0) as usize;
        let read = read.min(self.samples.len());
        self.samples.drain(..read);
        reading.position -= read as f64;
    }
}

#[cfg(test)]
#[path = "alignment_tests.rs"]
mod tests;
