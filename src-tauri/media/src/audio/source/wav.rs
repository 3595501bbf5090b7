//! A WAV file in place of a microphone, played for ever.

use std::fs::File;
use std::io::{BufReader, ErrorKind};
use std::path::Path;
use std::time::{Duration, Instant};

use hound::{SampleFormat, WavReader};

use super::{AudioSource, Pace, SourcePoll};
use crate::audio::resample::ToFrames;
use crate::fault::DeviceFault;
use crate::frame::AudioFrame;

pub(super) struct WavFile {
    reader: WavReader<BufReader<File>>,
    to_frames: ToFrames,
    pace: Pace,
    samples: Vec<f32>,
}

fn fault_of(error: &hound::Error) -> DeviceFault {
    match error {
        hound::Error::IoError(error) => fault_of_io(error),
        _ => DeviceFault::UnsupportedFormat,
    }
}

fn fault_of_io(error: &std::io::Error) -> DeviceFault {
    match error.kind() {
        ErrorKind::NotFound => DeviceFault::NotFound,
        ErrorKind::PermissionDenied => DeviceFault::PermissionDenied,
        // What hound says of a file that is cut short.
        ErrorKind::UnexpectedEof | ErrorKind::Other => DeviceFault::UnsupportedFormat,
        _ => DeviceFault::Failed,
    }
}

impl WavFile {
    /// Opens a file with samples of any rate, number of channels and format.
    pub(super) fn open(path: &Path) -> Result<Self, DeviceFault> {
        // Opening a pipe would wait for whoever writes to it.
        let metadata = std::fs::metadata(path).map_err(|error| fault_of_io(&error))?;
        if !metadata.is_file() {
            return Err(DeviceFault::UnsupportedFormat);
        }
        let reader = WavReader::open(path).map_err(|error| fault_of(&error))?;
        let spec = reader.spec();
        if spec.channels == 0 || reader.duration() == 0 {
            return Err(DeviceFault::UnsupportedFormat);
        }
        Ok(Self { to_frames: ToFrames::new(spec.sample_rate)?, reader, pace: Pace::default(), samples: Vec::new() })
    }

    /// One sample of each channel as one of all; `None` at the end of the file.
    fn next_mixed(&mut self) -> Result<Option<f32>, DeviceFault> {
        let spec = self.reader.spec();
        let mut sum = 0.0;
        for _ in 0..spec.channels {
            let sample = match spec.sample_format {
                SampleFormat::Float => self.reader.samples::<f32>().next(),
                SampleFormat::Int => {
                    let full_scale = (1_u64 << spec.bits_per_sample.clamp(1, 32).saturating_sub(1)) as f32;
                    let sample = self.reader.samples::<i32>().next();
                    sample.map(|sample| sample.map(|sample| sample as f32 / full_scale))
                }
            };
            match sample {
                None => return Ok(None),
                Some(Err(error)) => return Err(fault_of(&error)),
                Some(Ok(sample)) if sample.is_finite() => sum += sample,
                Some(Ok(_)) => {}
            }
        }
        Ok(Some(sum / f32::from(spec.channels)))
    }
}

impl AudioSource for WavFile {
    fn poll(&mut self, now: Instant, frame: &mut AudioFrame) -> Result<SourcePoll, DeviceFault> {
        if let Err(wait) = self.pace.take(now) {
            return Ok(SourcePoll::Wait(wait));
        }
        self.samples.clear();
        let mut rewound = false;
        while self.samples.len() < self.to_frames.needs() {
            match self.next_mixed()? {
                Some(sample) => {
                    self.samples.push(sample);
                    rewound = false;
                }
                // A file that was cut short meanwhile may have nothing left.
                None if rewound => return Err(DeviceFault::Failed),
                None => {
                    self.reader.seek(0).map_err(|error| fault_of_io(&error))?;
                    rewound = true;
                }
            }
        }
        self.to_frames.convert(&self.samples, frame);
        Ok(SourcePoll::Frame)
    }

    fn close(self: Box<Self>, _: Duration) {}
}

#[cfg(test)]
mod tests {
    use hound::{WavSpec, WavWriter};

    use super::*;
    use crate::audio::level::{dbfs, power};

    fn hear(path: &Path, frames: usize) -> Vec<f32> {
        let mut file = WavFile::open(path).unwrap();
        let mut frame = AudioFrame { samples: [0.0; 480] };
        let (start, mut heard) = (Instant::now(), Vec::new());
        for n in 0..frames {
            let polled = file.poll(start + Duration::from_millis(10) * n as u32, &mut frame);
            assert_eq!(polled, Ok(SourcePoll::Frame));
            heard.extend_from_slice(&frame.samples);
        }
        heard
    }

    /// Half a second of 440 Hz at -20 dBFS in every channel.
    fn write(path: &Path, spec: WavSpec) {
        let mut writer = WavWriter::create(path, spec).unwrap();
        for n in 0..spec.sample_rate / 2 {
            let sample = (f64::from(n) * 440.0 * std::f64::consts::TAU / f64::from(spec.sample_rate)).sin() * 0.14142;
            for _ in 0..spec.channels {
                match spec.sample_format {
                    SampleFormat::Float => writer.write_sample(sample as f32).unwrap(),
                    SampleFormat::Int => {
                        let full_scale = ((1_u64 << (spec.bits_per_sample - 1)) - 1) as f64;
                        writer.write_sample((sample * full_scale).round() as i32).unwrap();
                    }
                }
            }
        }
        writer.finalize().unwrap();
    }

    #[test]
    fn any_rate_channels_and_format_are_played_over_and_over_at_their_level() {
        let directory = tempfile::tempdir().unwrap();
        let formats = [
            (8_000, 1, 16, SampleFormat::Int),
            (44_100, 2, 24, SampleFormat::Int),
            (48_000, 1, 32, SampleFormat::Float),
            (96_000, 6, 32, SampleFormat::Int),
            (22_050, 1, 8, SampleFormat::Int),
        ];
        for (sample_rate, channels, bits_per_sample, sample_format) in formats {
            let path = directory.path().join(format!("{sample_rate}.wav"));
            let spec = WavSpec { channels, sample_rate, bits_per_sample, sample_format };
            write(&path, spec);
            let heard = hear(&path, 200);
            let level = dbfs(power(&heard[4_800..]));
            assert!((level + 20.0).abs() < 0.2, "{spec:?}: {level} dBFS");
        }
    }

    #[test]
    fn what_is_no_sound_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.wav");
        let refused = |path: &Path| WavFile::open(path).err();
        assert_eq!(refused(&path), Some(DeviceFault::NotFound));
        assert_eq!(refused(directory.path()), Some(DeviceFault::UnsupportedFormat));
        std::fs::write(&path, b"RIFF....WAVEnonsense").unwrap();
        assert_eq!(refused(&path), Some(DeviceFault::UnsupportedFormat));
        let spec = WavSpec { channels: 1, sample_rate: 48_000, bits_per_sample: 16, sample_format: SampleFormat::Int };
        WavWriter::create(&path, spec).unwrap().finalize().unwrap();
        assert_eq!(refused(&path), Some(DeviceFault::UnsupportedFormat));
    }
}
