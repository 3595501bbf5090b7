//! Sound in WAV files, and whether one sound is found in another.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::error::{Result, RigError};
use super::tone;

/// The rate at which sounds are compared: speech lies below its half.
const RATE: u32 = 8_000;
/// Samples of one point of an envelope: 10 ms.
const POINT: usize = RATE as usize / 100;
/// Samples of one piece of a waveform: 250 ms.
const PIECE: usize = RATE as usize / 4;
/// How far a piece may lie from its place: a jitter buffer moves sound a little.
const DRIFT: usize = RATE as usize / 20;

/// A sound, mono, 8 kHz.
#[derive(Debug, Clone)]
pub struct Sound {
    samples: Vec<f32>,
}

/// Where and how well a sound was found in another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// Where it begins there.
    pub at: Duration,
    /// Normalised correlation of the two envelopes (10 ms), -1 to 1.
    pub envelope_correlation: f64,
    /// The share of its loud quarter seconds whose waveform is found in their place with a correlation over 0.7.
    pub waveform_share: f64,
}

impl Sound {
    /// From samples of any rate.
    #[must_use]
    pub fn from_samples(samples: &[f32], rate: u32) -> Self {
        let step = f64::from(rate) / f64::from(RATE);
        let length = (samples.len() as f64 / step) as usize;
        // The average of what lies between two points: plain, and deaf enough above half the new rate.
        let average = |number: usize| {
            let from = (number as f64 * step) as usize;
            let until = (((number + 1) as f64 * step) as usize).clamp(from + 1, samples.len().max(from + 1));
            let part = samples.get(from..until).unwrap_or_default();
            part.iter().sum::<f32>() / part.len().max(1) as f32
        };
        Self { samples: (0..length).map(average).collect() }
    }

    /// From a WAV file, the average of its channels.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn read_wav(path: &Path) -> Result<Self> {
        let mut reader = hound::WavReader::open(path).map_err(unreadable(path))?;
        let spec = reader.spec();
        let samples: Vec<f32> = match spec.sample_format {
            hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>(),
            hound::SampleFormat::Int => {
                let full_scale = f64::from(2u32).powi(i32::from(spec.bits_per_sample) - 1);
                let scaled = |sample: i32| (f64::from(sample) / full_scale) as f32;
                reader.samples::<i32>().map(|sample| sample.map(scaled)).collect::<Result<_, _>>()
            }
        }
        .map_err(unreadable(path))?;
        let channels = usize::from(spec.channels.max(1));
        let mono: Vec<f32> =
            samples.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32).collect();
        Ok(Self::from_samples(&mono, spec.sample_rate))
    }

    /// How long it is.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.samples.len() as f64 / f64::from(RATE))
    }

    /// What sounds between two times.
    #[must_use]
    pub fn part(&self, from: Duration, until: Duration) -> Self {
        let at = |time: Duration| ((time.as_secs_f64() * f64::from(RATE)) as usize).min(self.samples.len());
        Self { samples: self.samples.get(at(from)..at(until)).unwrap_or_default().to_vec() }
    }

    /// How loud it is over all, RMS against full scale; `-inf` for silence.
    #[must_use]
    pub fn level_dbfs(&self) -> f64 {
        10.0 * (energy(&self.samples) / self.samples.len().max(1) as f64).log10()
    }

    /// How loud its part of this frequency is, RMS against full scale; `-inf` where there is none. A multiple of ten: it
    /// is taken from tenths of a second, so that a jitter buffer may move the sound between them.
    #[must_use]
    pub fn level_at_dbfs(&self, hz: u32) -> f64 {
        let step = std::f64::consts::TAU * f64::from(hz) / f64::from(RATE);
        let power = |tenth: &[f32]| {
            let (sine, cosine) = tenth.iter().enumerate().fold((0.0, 0.0), |(sine, cosine), (number, sample)| {
                let (angle, sample) = (step * number as f64, f64::from(*sample));
                (sine + sample * angle.sin(), cosine + sample * angle.cos())
            });
            2.0 * (sine * sine + cosine * cosine) / (tenth.len() as f64).powi(2)
        };
        let tenths = self.samples.chunks_exact(RATE as usize / 10);
        10.0 * (tenths.clone().map(power).sum::<f64>() / tenths.len().max(1) as f64).log10()
    }

    /// The frequency that is loudest in it, between 100 and 3,000 Hz, to the next ten.
    #[must_use]
    pub fn loudest_hz(&self) -> u32 {
        let loudest =
            (100..=3_000).step_by(10).max_by(|a, b| self.level_at_dbfs(*a).total_cmp(&self.level_at_dbfs(*b)));
        loudest.unwrap_or_default()
    }

    /// Where `self` is found best in `other`; nothing when it is longer.
    #[must_use]
    pub fn find_in(&self, other: &Self) -> Option<Match> {
        let (own, others) = (self.envelope(), other.envelope());
        let (at, envelope_correlation) = best_place(&own, &others, 0, others.len())?;
        let offset = at * POINT;
        let loud = self.samples.chunks_exact(PIECE).map(energy).fold(0.0, f64::max) / 30.0;
        let mut pieces = 0u32;
        let mut found = 0u32;
        for (number, piece) in self.samples.chunks_exact(PIECE).enumerate() {
            if energy(piece) < loud {
                continue;
            }
            pieces += 1;
            let place = offset + number * PIECE;
            let best = best_place(piece, &other.samples, place.saturating_sub(DRIFT), place + DRIFT);
            found += u32::from(best.is_some_and(|(_, correlation)| correlation > 0.7));
        }
        Some(Match {
            at: Duration::from_secs_f64(offset as f64 / f64::from(RATE)),
            envelope_correlation,
            waveform_share: f64::from(found) / f64::from(pieces.max(1)),
        })
    }

    /// The level of each 10 ms, around its mean.
    fn envelope(&self) -> Vec<f32> {
        let levels: Vec<f32> = self.samples.chunks_exact(POINT).map(|point| energy(point).sqrt() as f32).collect();
        let mean = levels.iter().sum::<f32>() / levels.len().max(1) as f32;
        levels.into_iter().map(|level| level - mean).collect()
    }
}

/// Where between two places of `haystack` the needle begins with the highest correlation, and how high that is.
fn best_place(needle: &[f32], haystack: &[f32], from: usize, until: usize) -> Option<(usize, f64)> {
    let last = haystack.len().checked_sub(needle.len())?;
    (from..=until.min(last))
        .filter_map(|at| Some((at, correlation(needle, haystack.get(at..at + needle.len())?))))
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
}

fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let product: f64 = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
    product / (energy(a) * energy(b)).sqrt().max(f64::MIN_POSITIVE)
}

fn energy(samples: &[f32]) -> f64 {
    samples.iter().map(|sample| f64::from(*sample).powi(2)).sum()
}

/// Has `espeak-ng` say a sentence into a WAV file.
///
/// # Errors
/// When the program is missing or fails.
pub fn speak(sentence: &str, path: &Path) -> Result<()> {
    let output = Command::new("espeak-ng")
        .args(["-s", "140", "-w"])
        .arg(path)
        .arg(sentence)
        .output()
        .map_err(RigError::io("running espeak-ng"))?;
    if !output.status.success() {
        return Err(RigError::Build {
            what: path.display().to_string(),
            output: String::from_utf8_lossy(&output.stderr).into_owned(),
        });
    }
    Ok(())
}

/// Writes a tone of [`tone::LEVEL_DBFS`] into a WAV file of 16-bit samples, one channel.
///
/// # Errors
/// When it can't be written.
pub fn write_tone(hz: u32, duration: Duration, path: &Path) -> Result<()> {
    let rate = 48_000;
    let spec =
        hound::WavSpec { channels: 1, sample_rate: rate, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::create(path, spec).map_err(unreadable(path))?;
    let amplitude = f64::from(i16::MAX) * std::f64::consts::SQRT_2 * 10_f64.powf(tone::LEVEL_DBFS / 20.0);
    let step = std::f64::consts::TAU * f64::from(hz) / f64::from(rate);
    for number in 0..(duration.as_secs_f64() * f64::from(rate)) as u32 {
        let sample = (amplitude * (step * f64::from(number)).sin()).round() as i16;
        writer.write_sample(sample).map_err(unreadable(path))?;
    }
    writer.finalize().map_err(unreadable(path))
}

/// Adds silence to the end of a WAV file of 16-bit samples, one channel.
///
/// # Errors
/// When it can't be read or written.
pub fn append_silence(path: &Path, duration: Duration) -> Result<()> {
    let mut writer = hound::WavWriter::append(path).map_err(unreadable(path))?;
    let samples = (duration.as_secs_f64() * f64::from(writer.spec().sample_rate)) as usize;
    for _ in 0..samples {
        writer.write_sample(0_i16).map_err(unreadable(path))?;
    }
    writer.finalize().map_err(unreadable(path))
}

fn unreadable(path: &Path) -> impl Fn(hound::Error) -> RigError {
    move |error| RigError::Unreadable {
        what: path.display().to_string(),
        reason: error.to_string(),
        text: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(sentence: &str) -> Sound {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("speech.wav");
        speak(sentence, &path).unwrap();
        Sound::read_wav(&path).unwrap()
    }

    /// Noise of a plain generator, 0.02 of full scale.
    fn noise(length: usize) -> impl Iterator<Item = f32> {
        (0..length).scan(7u32, |state, _| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some((*state >> 8) as f32 / (1 << 24) as f32 * 0.04 - 0.02)
        })
    }

    #[test]
    fn speech_is_found_where_it_is() {
        let speech = spoken("The quick brown fox jumps over the lazy dog.");
        let mut recording: Vec<f32> = noise(40_000).collect();
        for (place, sample) in recording.iter_mut().skip(12_000).zip(&speech.samples) {
            *place += 0.5 * sample;
        }
        let found = speech.find_in(&Sound { samples: recording }).unwrap();
        assert!(found.at.abs_diff(Duration::from_millis(1500)) <= Duration::from_millis(10), "{found:?}");
        assert!(found.envelope_correlation > 0.9 && found.waveform_share > 0.9, "{found:?}");
    }

    #[test]
    fn other_speech_and_noise_are_not_taken_for_it() {
        let speech = spoken("The quick brown fox jumps over the lazy dog.");
        let other = spoken("Whatever else is said here, nobody speaks of animals, and it is longer than the first.");
        let found = speech.find_in(&other).unwrap();
        assert!(found.waveform_share < 0.3, "{found:?}");
        let found = speech.find_in(&Sound { samples: noise(80_000).collect() }).unwrap();
        assert!(found.envelope_correlation < 0.5 && found.waveform_share < 0.1, "{found:?}");
    }

    #[test]
    fn the_level_of_a_sine_is_three_decibels_below_its_peak() {
        let sine: Vec<f32> = (0..48_000).map(|n| (n as f32 * 440.0 * std::f32::consts::TAU / 48_000.0).sin()).collect();
        let level = Sound::from_samples(&sine, 48_000).level_dbfs();
        assert!((level + 3.01).abs() < 0.2, "{level}");
    }

    #[test]
    fn a_tone_is_heard_at_its_frequency_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tone.wav");
        write_tone(640, Duration::from_secs(1), &path).unwrap();
        let heard = Sound::read_wav(&path).unwrap();
        assert_eq!(heard.loudest_hz(), 640);
        assert!((heard.level_at_dbfs(640) - tone::LEVEL_DBFS).abs() < 0.5, "{}", heard.level_at_dbfs(640));
        assert!(heard.level_at_dbfs(880) < tone::LEVEL_DBFS - 20.0, "{}", heard.level_at_dbfs(880));
    }
}
