//! A test tone.

use std::f64::consts::{SQRT_2, TAU};
use std::time::{Duration, Instant};

use super::{AudioSource, Pace, SourcePoll};
use crate::clock::AUDIO_CLOCK_HZ;
use crate::fault::DeviceFault;
use crate::frame::AudioFrame;

/// A sine whose power is -20 dBFS as [`crate::audio::level`] counts: the mean of its squares is 0.01.
const AMPLITUDE: f64 = 0.1 * SQRT_2;

/// A sine of -20 dBFS.
pub(super) struct Tone {
    pace: Pace,
    /// In turns.
    phase: f64,
    step: f64,
}

impl Tone {
    pub(super) fn new(hz: u32) -> Self {
        Self { pace: Pace::default(), phase: 0.0, step: f64::from(hz) / f64::from(AUDIO_CLOCK_HZ) }
    }
}

impl AudioSource for Tone {
    fn poll(&mut self, now: Instant, frame: &mut AudioFrame) -> Result<SourcePoll, DeviceFault> {
        if let Err(wait) = self.pace.take(now) {
            return Ok(SourcePoll::Wait(wait));
        }
        for sample in &mut frame.samples {
            *sample = (AMPLITUDE * (self.phase * TAU).sin()) as f32;
            self.phase = (self.phase + self.step).fract();
        }
        Ok(SourcePoll::Frame)
    }

    fn close(self: Box<Self>, _: Duration) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::level::{dbfs, power};

    #[test]
    fn it_has_minus_20_dbfs_and_goes_on_without_a_step() {
        let (mut tone, start) = (Tone::new(440), Instant::now());
        let mut frame = AudioFrame { samples: [0.0; 480] };
        let mut heard = Vec::new();
        for n in 0..100 {
            let polled = tone.poll(start + Duration::from_millis(10 * n), &mut frame);
            assert_eq!(polled, Ok(SourcePoll::Frame));
            heard.extend_from_slice(&frame.samples);
        }
        assert!((dbfs(power(&heard)) + 20.0).abs() < 0.01);
        let steepest = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.1415 * 440.0 * std::f32::consts::TAU / 48_000.0);
    }
}
