//! A speaker and a microphone in one room, on a virtual clock.

use std::f32::consts::PI;
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::processor::Processor;
use super::reference::{EchoReference, Place};
use super::settings::SoundProcessing;
use super::test_sound::{RATE, noise, sum};
use crate::frame::{AUDIO_FRAME_SAMPLES, AudioFrame};

/// How much of the speaker the microphone hears: -8 dB, as a laptop's does.
const LOUDNESS: f32 = 0.4;

/// The noise of any microphone.
const HUM_DBFS: f32 = -70.0;

/// A thread looks at a device's ring at the end of naps of up to this.
const NAP: Duration = Duration::from_millis(3);

const FRAME: Duration = Duration::from_millis(10);

/// The way of sound from the thread `audio-out` to the thread `audio-in`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    /// From being handed to the speaker to being recorded: buffers and air.
    pub(super) delay: Duration,
    /// How much faster the speaker's clock is than the microphone's.
    pub(super) drift_ppm: f64,
    /// Frames that the speaker takes at once, and the microphone gives.
    pub(super) lump: u32,
    /// By how much the speaker's thread comes too late every three seconds; the speaker has enough to go on.
    pub(super) late: Duration,
}

/// What a microphone heard, and what became of it.
pub(super) struct Heard {
    pub(super) microphone: Vec<f32>,
    pub(super) sent: Vec<f32>,
}

/// A room in which somebody sits before a speaker and a microphone.
pub(super) struct Room {
    pub(super) processor: Processor,
    reference: EchoReference,
    now: Instant,
    rng: ChaCha8Rng,
}

impl Room {
    pub(super) fn new() -> Self {
        let reference = EchoReference::default();
        let processor = Processor::new(reference.clone());
        Self { processor, reference, now: Instant::now(), rng: ChaCha8Rng::seed_from_u64(7) }
    }

    /// Plays `far` through the speaker while `near` is said, as long as both sound.
    pub(super) fn hear(&mut self, far: &[f32], near: &[f32], way: Way, wanted: SoundProcessing) -> Heard {
        let speed = 1.0 + way.drift_ppm * 1e-6;
        let echo = in_room(far);
        let late = way.delay.as_secs_f64() * RATE as f64;
        let frames = far.len().min(near.len()) * 99 / 100 / AUDIO_FRAME_SAMPLES;
        let hum = noise(11, near.len().div_ceil(RATE), HUM_DBFS);
        let microphone = sum(&sum(near, &hum), &stretched(&echo, near.len(), speed, late * speed));
        let start = self.now;
        let mut played = Vec::new();
        for (number, frames) in (0_u32..).zip(far.as_chunks::<AUDIO_FRAME_SAMPLES>().0.chunks(way.lump as usize)) {
            let on_time = FRAME.mul_f64(f64::from(number * way.lump) / speed) + self.nap();
            let at = start + kept_waiting(on_time, way.late);
            played.extend(frames.iter().map(|samples| (at, AudioFrame { samples: *samples })));
        }
        let mut played = played.into_iter().peekable();
        let mut sent = Vec::new();
        for (number, samples) in (0_u32..).zip(microphone.as_chunks::<AUDIO_FRAME_SAMPLES>().0.iter().take(frames)) {
            if number % way.lump == 0 {
                self.now = start + FRAME * (number + way.lump) + self.nap();
            }
            while let Some((at, frame)) = played.next_if(|(at, _)| *at <= self.now) {
                self.reference.played(at, Place::default(), &frame);
            }
            let mut frame = AudioFrame { samples: *samples };
            self.processor.process(self.now, wanted, &mut frame);
            sent.extend_from_slice(&frame.samples);
        }
        Heard { microphone, sent }
    }

    fn nap(&mut self) -> Duration {
        NAP.mul_f64(self.rng.random())
    }
}

/// When something happens that a thread does, if that is kept from running for so long at the end of each third second.
fn kept_waiting(on_time: Duration, late: Duration) -> Duration {
    const EVERY_MS: u128 = 3_000;
    let since = Duration::from_millis((on_time.as_millis() % EVERY_MS) as u64);
    let begun = Duration::from_millis(EVERY_MS as u64) - late;
    if since < begun { on_time } else { on_time + (begun + late).saturating_sub(since) }
}

/// A sound with the echoes of a small room: the first 150 ms of a reverberation of 0.3 s, one ray in five.
fn in_room(sound: &[f32]) -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut heard: Vec<f32> = sound.iter().map(|sample| sample * LOUDNESS).collect();
    for delay in 40..RATE * 15 / 100 {
        if !rng.random_bool(0.2) {
            continue;
        }
        let decay = (-6.9 * delay as f32 / RATE as f32 / 0.3).exp();
        let gain = LOUDNESS * 0.1 * decay * rng.random_range(-1.0..1.0);
        heard[delay..].iter_mut().zip(sound).for_each(|(to, from)| *to += gain * from);
    }
    heard
}

/// A sound at another speed, and so many samples later, by a windowed sinc.
fn stretched(sound: &[f32], length: usize, speed: f64, late: f64) -> Vec<f32> {
    const REACH: i64 = 16;
    let at = |position: f64| {
        let whole = position.floor();
        let between = (position - whole) as f32;
        (1 - REACH..=REACH)
            .map(|tap| {
                let index = usize::try_from(whole as i64 + tap).ok();
                let sample = index.and_then(|index| sound.get(index)).copied().unwrap_or_default();
                let distance = PI * (tap as f32 - between);
                let sinc = if distance.abs() < 1e-6 { 1.0 } else { distance.sin() / distance };
                sample * sinc * (0.5 + 0.5 * (distance / (REACH + 1) as f32).cos())
            })
            .sum()
    };
    (0..length).map(|n| at(n as f64 * speed - late)).collect()
}
