//! How loud sound is. Levels are of the power mean, in dB relative to a constant signal at full scale (dBov of
//! RFC 6464 section 3): a sine that just doesn't clip has -3.01 dBFS.

use std::collections::VecDeque;

use crate::frame::AudioFrame;

/// The level of silence, and the lowest there is (RFC 6464 section 3).
pub const SILENCE_DBFS: f32 = -127.0;

/// How many of the last heard frames count for [`Loudness`]: two seconds.
const LOUDNESS_FRAMES: usize = 200;

/// How much of the former level is left after a frame when sound becomes quieter: it halves in about 40 ms.
const METER_RELEASE: f32 = 0.84;

/// The mean of the squares of samples; zero of none, and of what is not a number.
#[must_use]
pub fn power(samples: &[f32]) -> f32 {
    let sum: f32 = samples.iter().map(|sample| sample * sample).sum();
    let mean = sum / samples.len().max(1) as f32;
    if mean.is_finite() { mean } else { 0.0 }
}

/// A power as a level.
#[must_use]
pub fn dbfs(power: f32) -> f32 {
    (10.0 * power.log10()).max(SILENCE_DBFS)
}

/// The level now, for a ring around whoever speaks: rises at once, falls gently.
#[derive(Debug, Default)]
pub(crate) struct LevelMeter {
    power: f32,
}

impl LevelMeter {
    /// Takes 10 ms more and gives the level.
    pub(crate) fn update(&mut self, frame: &AudioFrame) -> f32 {
        self.power = power(&frame.samples).max(self.power * METER_RELEASE);
        dbfs(self.power)
    }
}

/// The level of the last two seconds in which something was heard.
#[derive(Debug, Default)]
pub(crate) struct Loudness {
    powers: VecDeque<f32>,
}

impl Loudness {
    /// Takes 10 ms that were heard.
    pub(crate) fn update(&mut self, frame: &AudioFrame) {
        if self.powers.len() == LOUDNESS_FRAMES {
            self.powers.pop_front();
        }
        self.powers.push_back(power(&frame.samples));
    }

    /// The level; [`SILENCE_DBFS`] when nothing was heard yet.
    pub(crate) fn dbfs(&self) -> f32 {
        let sum: f32 = self.powers.iter().sum();
        dbfs(sum / self.powers.len().max(1) as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::AUDIO_FRAME_SAMPLES;

    fn frame(sample: f32) -> AudioFrame {
        AudioFrame { samples: [sample; AUDIO_FRAME_SAMPLES] }
    }

    #[test]
    fn levels_are_of_the_power_mean() {
        assert_eq!(dbfs(power(&[1.0, -1.0])), 0.0);
        assert!((dbfs(power(&[0.1; 48])) + 20.0).abs() < 0.001);
        assert_eq!(dbfs(power(&[])), SILENCE_DBFS);
        assert_eq!(dbfs(power(&[f32::NAN])), SILENCE_DBFS);
    }

    #[test]
    fn a_meter_rises_at_once_and_falls_gently() {
        let mut meter = LevelMeter::default();
        assert!((meter.update(&frame(0.1)) + 20.0).abs() < 0.01);
        let after_100_ms = (0..10).map(|_| meter.update(&frame(0.0))).last().unwrap();
        assert!((-29.0..-26.0).contains(&after_100_ms), "{after_100_ms}");
    }

    #[test]
    fn loudness_forgets_what_was_before_two_seconds() {
        let mut loudness = Loudness::default();
        assert_eq!(loudness.dbfs(), SILENCE_DBFS);
        (0..LOUDNESS_FRAMES).for_each(|_| loudness.update(&frame(1.0)));
        (0..LOUDNESS_FRAMES).for_each(|_| loudness.update(&frame(0.1)));
        assert!((loudness.dbfs() + 20.0).abs() < 0.01);
    }
}
