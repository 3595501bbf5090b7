//! Keeps a mix of voices within full scale.

use crate::frame::{AUDIO_FRAME_SAMPLES, AudioFrame};

/// The loudest sample: -0.5 dBFS.
const CEILING: f32 = 0.944;

/// Gain is chosen for each millisecond.
const BLOCK: usize = 48;
const BLOCKS: usize = AUDIO_FRAME_SAMPLES / BLOCK;

/// How much the gain rises in a millisecond: from half to full in 50 ms.
const RELEASE: f32 = 0.01;

/// Turns the gain down before a peak comes, and up again after it, always by ramps: what is under the ceiling passes
/// unchanged, and nothing clips. Delays by a millisecond, in which it looks ahead.
#[derive(Debug)]
pub(super) struct Limiter {
    held: [f32; BLOCK],
    gain: f32,
}

impl Default for Limiter {
    fn default() -> Self {
        Self { held: [0.0; BLOCK], gain: 1.0 }
    }
}

fn allowed(block: &[f32]) -> f32 {
    let peak = block.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    if peak > CEILING { CEILING / peak } else { 1.0 }
}

impl Limiter {
    pub(super) fn process(&mut self, frame: &mut AudioFrame) {
        let mut sound = [0.0; AUDIO_FRAME_SAMPLES + BLOCK];
        let (held, new) = sound.split_at_mut(BLOCK);
        held.copy_from_slice(&self.held);
        for (sample, from) in new.iter_mut().zip(&frame.samples) {
            *sample = if from.is_finite() { *from } else { 0.0 };
        }
        let mut blocks = sound.chunks_exact(BLOCK);
        let mut outputs = frame.samples.chunks_exact_mut(BLOCK);
        let Some(mut block) = blocks.next() else { return };
        for (next, output) in blocks.zip(&mut outputs).take(BLOCKS) {
            let end = allowed(block).min(allowed(next)).min(self.gain + RELEASE);
            let step = (end - self.gain) / BLOCK as f32;
            for (index, (to, from)) in output.iter_mut().zip(block).enumerate() {
                // The clamp is for rounding; both ends of the ramp are under the ceiling.
                *to = (from * (self.gain + step * index as f32)).clamp(-1.0, 1.0);
            }
            self.gain = end;
            block = next;
        }
        self.held.copy_from_slice(block);
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;

    fn limited(sound: impl Fn(usize) -> f32, frames: usize) -> Vec<f32> {
        let mut limiter = Limiter::default();
        let mut heard = Vec::new();
        for frame in 0..frames {
            let samples = std::array::from_fn(|n| sound(frame * AUDIO_FRAME_SAMPLES + n));
            let mut frame = AudioFrame { samples };
            limiter.process(&mut frame);
            heard.extend_from_slice(&frame.samples);
        }
        heard
    }

    #[test]
    fn what_is_soft_enough_passes_unchanged_a_millisecond_later() {
        let sine = |n: usize| (n as f32 * TAU * 440.0 / 48_000.0).sin() * 0.9;
        let heard = limited(sine, 20);
        for (n, sample) in heard.iter().enumerate().skip(BLOCK) {
            assert_eq!(*sample, sine(n - BLOCK));
        }
    }

    #[test]
    fn nothing_clips_and_no_step_is_heard() {
        // Loud, with sudden onsets.
        let bursts = |n: usize| {
            let loud = if n / 3_200 % 2 == 1 { 4.0 } else { 0.2 };
            (n as f32 * TAU * 300.0 / 48_000.0).sin() * loud
        };
        let heard = limited(bursts, 100);
        let peak = heard.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!((0.9..=CEILING + 1e-4).contains(&peak), "{peak}");
        let steepest = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.2, "{steepest}");
    }

    #[test]
    fn the_gain_comes_back() {
        let sound = |n: usize| if n < 4_800 { 3.0 } else { 0.5 };
        let heard = limited(sound, 30);
        assert_eq!(heard.last(), Some(&0.5));
    }

    #[test]
    fn what_is_no_number_is_silence() {
        let heard = limited(|n| [f32::NAN, f32::INFINITY, 0.5][n % 3], 3);
        assert!(heard.iter().all(|sample| sample.is_finite()));
        assert!(heard.contains(&0.5));
    }
}
