//! Between a device's or a file's rate and frames of 10 ms at 48 kHz. At 48 kHz samples pass as they are.
//!
//! The ratio is fixed. A device whose clock is off by some parts in a million delivers or asks for a few samples more
//! or less a second; nothing here compensates that. A microphone's samples are counted into timestamps and a speaker
//! drives the jitter buffers by what it asks for, so that all drift meets in the jitter buffers, which follow it.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Async, FixedAsync, Resampler, SincInterpolationParameters, WindowFunction};

use crate::clock::AUDIO_CLOCK_HZ;
use crate::fault::DeviceFault;
use crate::frame::{AUDIO_FRAME_SAMPLES, AudioFrame};

/// Rates of things that record or play speech.
const RATES_HZ: std::ops::RangeInclusive<u32> = 4_000..=384_000;

/// Flat to within 1 dB up to 90 % of the band, and a delay of 1.3 ms at 48 kHz.
const SINC_LENGTH: usize = 128;

/// Whether anything records or plays speech at this rate.
pub(crate) fn is_possible_rate(rate_hz: u32) -> bool {
    RATES_HZ.contains(&rate_hz)
}

fn resampler(from_hz: u32, to_hz: u32, fixed: FixedAsync) -> Result<Option<Async<f32>>, DeviceFault> {
    if !is_possible_rate(from_hz) || !is_possible_rate(to_hz) {
        return Err(DeviceFault::UnsupportedFormat);
    }
    if from_hz == to_hz {
        return Ok(None);
    }
    let ratio = f64::from(to_hz) / f64::from(from_hz);
    let parameters = SincInterpolationParameters::new(SINC_LENGTH, WindowFunction::BlackmanHarris2);
    Async::new_sinc(ratio, 1.0, &parameters, AUDIO_FRAME_SAMPLES, 1, fixed)
        .map(Some)
        .map_err(|_| DeviceFault::UnsupportedFormat)
}

/// How many samples of frames so many samples at another rate are.
pub(crate) fn in_frames(samples: u64, rate_hz: usize) -> usize {
    usize::try_from(samples.saturating_mul(AUDIO_CLOCK_HZ.into()) / rate_hz.max(1) as u64).unwrap_or(usize::MAX)
}

/// Makes frames of samples at another rate.
pub(crate) struct ToFrames {
    resampler: Option<Async<f32>>,
}

impl ToFrames {
    /// # Errors
    /// [`DeviceFault::UnsupportedFormat`] for a rate that nothing has.
    pub(crate) fn new(rate_hz: u32) -> Result<Self, DeviceFault> {
        let resampler = resampler(rate_hz, AUDIO_CLOCK_HZ, FixedAsync::Output)?;
        Ok(Self { resampler })
    }

    /// How many samples the next frame takes.
    pub(crate) fn needs(&self) -> usize {
        self.resampler.as_ref().map_or(AUDIO_FRAME_SAMPLES, Resampler::input_frames_next)
    }

    /// Makes a frame of [`ToFrames::needs`] samples; what is missing is silence.
    pub(crate) fn convert(&mut self, samples: &[f32], frame: &mut AudioFrame) {
        frame.samples.fill(0.0);
        let Some(resampler) = &mut self.resampler else {
            for (to, from) in frame.samples.iter_mut().zip(samples) {
                *to = *from;
            }
            return;
        };
        let input = InterleavedSlice::new(samples, 1, samples.len());
        let output = InterleavedSlice::new_mut(&mut frame.samples, 1, AUDIO_FRAME_SAMPLES);
        if let (Ok(input), Ok(mut output)) = (input, output) {
            // Fails only for wrong lengths; the frame is silent then.
            let _ = resampler.process_into_buffer(&input, &mut output, None);
        }
    }
}

/// Makes samples at another rate of frames.
pub(crate) struct FromFrames {
    resampler: Option<Async<f32>>,
    samples: Vec<f32>,
}

impl FromFrames {
    /// # Errors
    /// [`DeviceFault::UnsupportedFormat`] for a rate that nothing has.
    pub(crate) fn new(rate_hz: u32) -> Result<Self, DeviceFault> {
        let resampler = resampler(AUDIO_CLOCK_HZ, rate_hz, FixedAsync::Input)?;
        let most = resampler.as_ref().map_or(AUDIO_FRAME_SAMPLES, Resampler::output_frames_max);
        let samples = vec![0.0; most];
        Ok(Self { resampler, samples })
    }

    /// A frame's samples.
    pub(crate) fn convert(&mut self, frame: &AudioFrame) -> &[f32] {
        let Some(resampler) = &mut self.resampler else {
            self.samples.copy_from_slice(&frame.samples);
            return &self.samples;
        };
        let capacity = self.samples.len();
        let input = InterleavedSlice::new(&frame.samples, 1, AUDIO_FRAME_SAMPLES);
        let output = InterleavedSlice::new_mut(&mut self.samples, 1, capacity);
        let made = match (input, output) {
            (Ok(input), Ok(mut output)) => resampler.process_into_buffer(&input, &mut output, None).ok(),
            _ => None,
        };
        let (_, count) = made.unwrap_or_default();
        self.samples.get(..count).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;
    use crate::audio::level::{dbfs, power};

    const RATES: [u32; 8] = [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000];

    fn tone(rate_hz: u32, from: usize, count: usize) -> Vec<f32> {
        let step = TAU as f64 * 440.0 / f64::from(rate_hz);
        (from..from + count).map(|n| (n as f64 * step).sin() as f32 * 0.1414).collect()
    }

    #[test]
    fn a_tone_keeps_its_level_and_length_from_any_rate() {
        for rate_hz in RATES {
            let mut to_frames = ToFrames::new(rate_hz).unwrap();
            let mut frame = AudioFrame { samples: [0.0; 480] };
            let (mut used, mut heard) = (0, Vec::new());
            for _ in 0..200 {
                let needs = to_frames.needs();
                to_frames.convert(&tone(rate_hz, used, needs), &mut frame);
                used += needs;
                heard.extend_from_slice(&frame.samples);
            }
            let seconds = used as f64 / f64::from(rate_hz);
            assert!((seconds - 2.0).abs() < 0.02, "{rate_hz} Hz: {seconds} s for 2 s");
            let level = dbfs(power(&heard[4_800..]));
            assert!((level + 20.0).abs() < 0.1, "{rate_hz} Hz: {level} dBFS");
        }
    }

    #[test]
    fn a_tone_keeps_its_level_and_length_to_any_rate() {
        for rate_hz in RATES {
            let mut from_frames = FromFrames::new(rate_hz).unwrap();
            let mut heard = Vec::new();
            for n in 0..200 {
                let samples = tone(48_000, n * 480, 480).try_into().unwrap();
                heard.extend_from_slice(from_frames.convert(&AudioFrame { samples }));
            }
            let seconds = heard.len() as f64 / f64::from(rate_hz);
            assert!((seconds - 2.0).abs() < 0.02, "{rate_hz} Hz: {seconds} s for 2 s");
            let level = dbfs(power(&heard[heard.len() / 20..]));
            assert!((level + 20.0).abs() < 0.1, "{rate_hz} Hz: {level} dBFS");
        }
    }

    #[test]
    fn impossible_rates_are_refused() {
        for rate_hz in [0, 1, u32::MAX] {
            assert!(ToFrames::new(rate_hz).is_err());
            assert!(FromFrames::new(rate_hz).is_err());
        }
    }
}
