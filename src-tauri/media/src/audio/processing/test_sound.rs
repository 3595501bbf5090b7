//! Sounds to test with: seeded, so that each run hears the same.

use std::f32::consts::{PI, TAU};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::audio::level::{dbfs, power};
use crate::frame::{AUDIO_FRAME_SAMPLES, AudioFrame};

pub(in crate::audio) const RATE: usize = 48_000;

/// The three lowest formants of some vowels, in hertz, after Peterson and Barney (1952).
const VOWELS: [[f32; 3]; 6] = [
    [730.0, 1_090.0, 2_440.0],
    [270.0, 2_290.0, 3_010.0],
    [300.0, 870.0, 2_240.0],
    [530.0, 1_840.0, 2_480.0],
    [570.0, 840.0, 2_410.0],
    [660.0, 1_720.0, 2_410.0],
];

/// How wide they are, in hertz.
const WIDTHS: [f32; 3] = [80.0, 100.0, 140.0];

/// A resonance of second order.
#[derive(Default)]
struct Formant {
    feedback: [f32; 2],
    gain: f32,
    past: [f32; 2],
}

impl Formant {
    fn tune(&mut self, hz: f32, width_hz: f32) {
        let radius = (-PI * width_hz / RATE as f32).exp();
        self.feedback = [2.0 * radius * (TAU * hz / RATE as f32).cos(), -radius * radius];
        self.gain = 1.0 - radius;
    }

    fn next(&mut self, input: f32) -> f32 {
        let output = self.gain * input + self.feedback[0] * self.past[0] + self.feedback[1] * self.past[1];
        self.past = [output, self.past[0]];
        output
    }
}

/// Something like speech: syllables of a hiss and a vowel at a pitch that moves, and pauses between some of them. `dbfs`
/// is its level while it speaks.
pub(in crate::audio) fn speech(seed: u64, seconds: usize, level_dbfs: f32) -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let voice_hz = rng.random_range(95.0..220.0);
    let mut formants: [Formant; 3] = Default::default();
    let (mut turns, mut before) = (0.0_f32, 0.0);
    let (mut sound, mut spoken) = (Vec::new(), 0);
    while sound.len() < seconds * RATE {
        let length = rng.random_range(RATE / 8..RATE * 3 / 10);
        let hiss = length * rng.random_range(0..35) / 100;
        let vowel = VOWELS[rng.random_range(0..VOWELS.len())];
        let pitch_hz = voice_hz * rng.random_range(0.85..1.2);
        let loudness = rng.random_range(0.5..1.0);
        for ((formant, hz), width) in formants.iter_mut().zip(vowel).zip(WIDTHS) {
            formant.tune(hz * rng.random_range(0.95..1.05), width);
        }
        for n in 0..length {
            let noise = rng.random_range(-1.0..1.0_f32);
            let sample = if n < hiss {
                let difference = noise - std::mem::replace(&mut before, noise);
                0.1 * difference
            } else {
                turns += pitch_hz * (1.0 + 0.03 * (TAU * 5.0 * n as f32 / RATE as f32).sin()) / RATE as f32;
                let pulse = if turns >= 1.0 { 20.0 } else { 0.0 };
                turns = turns.fract();
                let input = pulse + 0.05 * noise;
                formants[0].next(input) + 0.6 * formants[1].next(input) + 0.4 * formants[2].next(input)
            };
            sound.push(sample * (PI * n as f32 / length as f32).sin().sqrt() * loudness);
        }
        spoken += length;
        if rng.random_bool(0.25) {
            sound.resize(sound.len() + rng.random_range(RATE / 10..RATE / 2), 0.0);
        }
    }
    let energy: f32 = sound.iter().map(|sample| sample * sample).sum();
    let gain = 10.0_f32.powf(level_dbfs / 20.0) / (energy / spoken as f32).sqrt();
    sound.truncate(seconds * RATE);
    sound.into_iter().map(|sample| (sample * gain).clamp(-1.0, 1.0)).collect()
}

/// White noise.
pub(in crate::audio) fn noise(seed: u64, seconds: usize, level_dbfs: f32) -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let amplitude = 3.0_f32.sqrt() * 10.0_f32.powf(level_dbfs / 20.0);
    (0..seconds * RATE).map(|_| rng.random_range(-amplitude..amplitude)).collect()
}

pub(in crate::audio) fn sum(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// The level of the sound between two times, in seconds.
pub(in crate::audio) fn level(sound: &[f32], from: f32, until: f32) -> f32 {
    let at = |seconds: f32| (seconds * RATE as f32) as usize;
    dbfs(power(&sound[at(from)..at(until).min(sound.len())]))
}

/// How alike two sounds are: the normalised correlation at the shift of the second that fits best, up to 40 ms, as a
/// processor delays what it passes.
pub(in crate::audio) fn likeness(sound: &[f32], later: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a * *b)).sum::<f64>();
    let length = sound.len().min(later.len()) - RATE / 25;
    let (sound, whole) = (&sound[..length], &later[..length]);
    let energy = (dot(sound, sound) * dot(whole, whole)).sqrt();
    // A twelfth of a millisecond is a small part of what a voice is made of.
    (0..RATE / 25).step_by(4).map(|shift| dot(sound, &later[shift..shift + length]) / energy).fold(0.0, f64::max)
}

/// Whole frames of it.
pub(in crate::audio) fn frames(sound: &[f32]) -> impl Iterator<Item = AudioFrame> + '_ {
    let (frames, _) = sound.as_chunks::<AUDIO_FRAME_SAMPLES>();
    frames.iter().map(|samples| AudioFrame { samples: *samples })
}
