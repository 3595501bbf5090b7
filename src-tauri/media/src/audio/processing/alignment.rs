//! The canceller's reference at the pace of the microphone.
//!
//! A speaker and a microphone have a clock each, some parts in a million apart. Fed as it comes, the reference of two
//! clocks 200 ppm apart would wander by 12 ms a minute against the echo: the canceller would have to find it anew again
//! and again, and measured ever so often 10 dB of echo less than 48. So the reference is read a little faster or slower,
//! such that it always lies as far behind what was handed to the speaker last; nobody hears that. For the rest, finding
//! the echo up to half a second behind the reference is the canceller's own business.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::reference::EchoReference;
use crate::clock::AUDIO_CLOCK_HZ;
use crate::frame::{AUDIO_FRAME_SAMPLES, AudioFrame};

const RATE: f64 = AUDIO_CLOCK_HZ as f64;
const FRAME: f64 = AUDIO_FRAME_SAMPLES as f64;

/// How far behind what was handed to the speaker last the reading begins: as late as that may come. Less than a sound
/// needs from there through a speaker's and a microphone's buffers, or the echo would come before its reference.
const FIRST_LAG: f64 = 0.020 * RATE;

/// Devices that take and give much at once move the reading back, as their buffers are larger too; no further than this.
const MOST_LAG: f64 = 0.150 * RATE;

/// After there was nothing to read, the reading goes back by so much, lest that happen again soon: 5 ms.
const SPARE: f64 = 0.005 * RATE;

/// Without anything new for this long the speaker is closed.
const CLOSED: Duration = Duration::from_millis(200);

/// Distances are means over about so many frames: 2 s, in which lumps and the beat of two threads' naps even out.
const SMOOTHING: u16 = 200;

/// A tenth of an offset is made good in a second, so that clocks 200 ppm apart settle at an offset of 2 ms.
const PACE_OF_OFFSET: f64 = 0.1 / RATE;

/// No two devices' clocks are further apart.
const MOST_PACE: f64 = 500e-6;

/// From this offset on sound was lost, and no clock is to blame: 20 ms.
const LOST: f64 = 0.020 * RATE;

/// Samples around the place of reading that interpolation needs.
const BEFORE: f64 = 1.0;
const AFTER: f64 = 2.0;

/// Where the reading is.
#[derive(Debug, Clone, Copy)]
struct Reading {
    /// The next sample to read, counted from the first of those kept.
    position: f64,
    /// How far behind what was handed to the speaker last that is, in samples; the mean over the last seconds.
    distance: f64,
    /// Frames in that mean.
    frames: u16,
    /// The distance to keep, once the mean says how far it is.
    lag: Option<f64>,
}

/// Reads the reference, a frame for each frame of the microphone.
#[derive(Debug)]
pub(super) struct AlignedReference {
    reference: EchoReference,
    samples: VecDeque<f32>,
    /// The number of the next frame, and when the last one came.
    newest: Option<(u64, Instant)>,
    /// `None` until there is enough to read.
    reading: Option<Reading>,
}

impl Reading {
    fn at(position: f64) -> Self {
        Self { position, distance: 0.0, frames: 0, lag: None }
    }

    fn follow(&mut self, distance: f64) {
        self.frames = (self.frames + 1).min(SMOOTHING);
        self.distance += (distance - self.distance) / f64::from(self.frames);
        if self.frames == SMOOTHING {
            self.lag.get_or_insert(self.distance);
        }
    }

    /// How much further behind it is than it is to be.
    fn offset(&self) -> f64 {
        self.lag.map_or(0.0, |lag| self.distance - lag)
    }

    fn is_lost(&self) -> bool {
        self.offset().abs() >= LOST || self.lag.is_some_and(|lag| lag > MOST_LAG)
    }

    /// Samples of the reference for each sample of the microphone.
    fn pace(&self) -> f64 {
        1.0 + (self.offset() * PACE_OF_OFFSET).clamp(-MOST_PACE, MOST_PACE)
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
        let Some((_, newest)) = self.newest else { return frame };
        let age = now.saturating_duration_since(newest);
        if age > CLOSED {
            self.start_anew();
            return frame;
        }
        // Where the speaker is now, if it goes on as before; frames come to it in lumps.
        let reached = self.samples.len() as f64 + age.as_secs_f64() * RATE;
        let mut reading = match self.reading {
            Some(reading) if !reading.is_lost() => reading,
            lost => {
                let lag = lost.and_then(|reading| reading.lag).filter(|lag| *lag <= MOST_LAG).unwrap_or(FIRST_LAG);
                let position = reached - lag - FRAME;
                if position < BEFORE {
                    return frame;
                }
                Reading::at(position)
            }
        };
        let pace = reading.pace();
        if reading.position + FRAME * pace + AFTER > self.samples.len() as f64 {
            // The reading waits: what is missing here is missing in the speaker too, or comes late.
            reading = Reading::at((reading.position - SPARE).max(BEFORE));
        } else {
            for (sample, index) in frame.samples.iter_mut().zip(0_u16..) {
                *sample = self.sample_at(reading.position + f64::from(index) * pace);
            }
            reading.follow(reached - reading.position - FRAME);
            reading.position += FRAME * pace;
        }
        self.reading = Some(reading);
        self.drop_read();
        frame
    }

    fn collect(&mut self) {
        while let Some(played) = self.reference.take() {
            if self.newest.is_some_and(|(next, _)| next != played.number) {
                self.start_anew();
            }
            self.samples.extend(&played.frame.samples);
            self.newest = Some((played.number + 1, played.at));
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
        let read = (reading.position - BEFORE - SPARE).floor().max(0.0);
        self.samples.drain(..(read as usize).min(self.samples.len()));
        reading.position -= read;
    }
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    const FRAME_S: f64 = 0.010;

    /// A speaker that plays how many seconds it has played, and a microphone.
    struct Devices {
        aligned: AlignedReference,
        reference: EchoReference,
        start: Instant,
        rng: ChaCha8Rng,
        drift_ppm: f64,
        /// Frames that the speaker takes, and the microphone gives, at once.
        lump: u32,
        given: u32,
        played: u32,
        asked: u32,
    }

    impl Devices {
        fn new(drift_ppm: f64, lump: u32, given: u32) -> Self {
            let reference = EchoReference::default();
            let aligned = AlignedReference::new(reference.clone());
            let rng = ChaCha8Rng::seed_from_u64(1);
            Self { aligned, reference, start: Instant::now(), rng, drift_ppm, lump, given, played: 0, asked: 0 }
        }

        /// When a thread looks at its device after a time: at the end of a nap.
        fn look(&mut self, seconds: f64) -> Instant {
            self.start + Duration::from_secs_f64(seconds + self.rng.random_range(0.0..0.003))
        }

        fn play(&mut self) {
            let at = self.look(f64::from(self.played) * FRAME_S / (1.0 + self.drift_ppm * 1e-6));
            for _ in 0..self.lump {
                let first = f64::from(self.played) * FRAME_S;
                let samples = std::array::from_fn(|n| (first + n as f64 / RATE) as f32);
                self.reference.played(at, &AudioFrame { samples });
                self.played += 1;
            }
        }

        /// What the microphone gets as reference in the next frame: the middle, in seconds; nothing for silence.
        fn hear(&mut self) -> Option<f64> {
            self.asked += 1;
            let now = self.look(f64::from(self.asked.next_multiple_of(self.given)) * FRAME_S);
            let frame = self.aligned.next(now);
            (frame.samples[0] != 0.0).then(|| f64::from(frame.samples[240]))
        }

        /// How late the reference is over so many frames, in milliseconds, at least and at most; and how many have none.
        fn late_ms(&mut self, frames: u32) -> (f64, f64, u32) {
            let (mut least, mut most, mut none) = (f64::MAX, f64::MIN, 0);
            for _ in 0..frames {
                while f64::from(self.played) / (1.0 + self.drift_ppm * 1e-6)
                    < f64::from((self.asked + 1).next_multiple_of(self.given))
                {
                    self.play();
                }
                let Some(heard) = self.hear() else {
                    none += 1;
                    continue;
                };
                let played = f64::from(self.asked) * FRAME_S * (1.0 + self.drift_ppm * 1e-6);
                let late = (played - heard) * 1e3;
                (least, most) = (least.min(late), most.max(late));
            }
            (least, most, none)
        }
    }

    #[test]
    fn drifting_clocks_are_followed_at_a_steady_distance() {
        for drift_ppm in [0.0, 200.0, -200.0, 400.0] {
            let mut devices = Devices::new(drift_ppm, 1, 1);
            let settling = devices.late_ms(3_000);
            let (least, most, none) = devices.late_ms(30_000);
            eprintln!("{drift_ppm} ppm: {settling:.2?} ms late, then {least:.2} to {most:.2} ms");
            assert_eq!(none, 0);
            assert!(most - least < 0.5, "{least} to {most} ms");
            assert!(least > 5.0 && most < 25.0, "{least} to {most} ms");
        }
    }

    #[test]
    fn devices_that_take_and_give_much_at_once_have_a_reference_without_gaps() {
        for (lump, given) in [(2, 1), (4, 1), (8, 1), (1, 5), (5, 5), (2, 4)] {
            let mut devices = Devices::new(100.0, lump, given);
            devices.late_ms(3_000);
            let (least, most, none) = devices.late_ms(3_000);
            eprintln!("{lump} played and {given} given at once: {least:.2} to {most:.2} ms late");
            assert_eq!(none, 0);
            assert!(most - least < 1.0, "{least} to {most} ms");
        }
    }

    #[test]
    fn sound_that_was_lost_moves_the_reference_within_a_second() {
        let mut devices = Devices::new(0.0, 1, 1);
        let (before, ..) = devices.late_ms(1_000);
        // The thread was away, and its ring ran over.
        devices.asked += 18;
        devices.late_ms(100);
        let (least, most, none) = devices.late_ms(1_000);
        assert_eq!(none, 0);
        assert!((least - before).abs() < 3.0 && most - least < 2.0, "{before} before, then {least} to {most} ms");
    }

    #[test]
    fn a_closed_speaker_has_no_reference_and_an_opened_one_has() {
        let mut devices = Devices::new(0.0, 1, 1);
        assert!(devices.hear().is_none());
        let (_, _, none) = devices.late_ms(500);
        assert!(none <= 5, "{none}");
        let heard = (0..100).filter(|_| devices.hear().is_some()).count();
        assert!(heard <= 3, "{heard} frames of a speaker that plays no more");
        assert!(devices.aligned.samples.is_empty(), "what was not played is kept");
        devices.played = devices.asked;
        let (least, most, none) = devices.late_ms(500);
        assert!(none <= 5 && most - least < 3.0, "{least} to {most} ms, {none}");
    }
}
