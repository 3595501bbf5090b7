//! Streams in whatever format a device has. Outside of the callbacks all is `f32`, mono, at the device's rate.
//!
//! A callback converts and copies between the device's buffer and a ring, and counts: no lock, no allocation, no log,
//! no system call.

use std::sync::Arc;

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{BufferSize, FromSample, Sample, SampleFormat, SizedSample, StreamConfig, SupportedBufferSize};
use cpal::{ErrorKind, SupportedStreamConfig};
use rtrb::{Consumer, Producer, RingBuffer};

use super::host::{Found, Survey, fault_of};
#[cfg(target_os = "linux")]
use super::pulse;
use super::stream::{Built, Signals};
use crate::audio::resample::is_possible_rate;
use crate::clock::AUDIO_CLOCK_HZ;
use crate::fault::DeviceFault;
use std::time::Duration;

/// Buffers a second: 10 ms each, 480 samples at 48 kHz. PulseAudio's own choice would be two seconds.
const BUFFERS_PER_SECOND: u32 = 100;

/// Samples in a ring: 400 ms. Far more than is ever used, so that a thread that comes late loses nothing.
fn ring_size(rate_hz: u32) -> usize {
    rate_hz as usize * 2 / 5
}

/// How long a backend that can tell may take to begin.
const START: Option<Duration> = Some(Duration::from_secs(2));

fn is_possible(format: SampleFormat, rate_hz: u32) -> bool {
    !format.is_dsd() && is_possible_rate(rate_hz)
}

/// The device's own format; if that is impossible, the first possible one that it has.
fn choose<I: Iterator<Item = cpal::SupportedStreamConfigRange>>(
    own: Result<SupportedStreamConfig, cpal::Error>,
    all: impl FnOnce() -> Result<I, cpal::Error>,
) -> Result<(StreamConfig, SampleFormat), DeviceFault> {
    let possible = |config: &SupportedStreamConfig| is_possible(config.sample_format(), config.sample_rate());
    let chosen = match own {
        Ok(own) if possible(&own) => own,
        Err(error) if error.kind() == ErrorKind::DeviceNotAvailable => return Err(DeviceFault::NotFound),
        _ => all()
            .map_err(|error| fault_of(&error))?
            .filter_map(|range| {
                let rate = AUDIO_CLOCK_HZ.clamp(range.min_sample_rate(), range.max_sample_rate());
                range.try_with_sample_rate(rate)
            })
            .find(possible)
            .ok_or(DeviceFault::UnsupportedFormat)?,
    };
    let wanted = (chosen.sample_rate() / BUFFERS_PER_SECOND).max(1);
    let frames = match *chosen.buffer_size() {
        SupportedBufferSize::Range { min, max } if min <= max => wanted.clamp(min, max),
        _ => wanted,
    };
    let config = StreamConfig { buffer_size: BufferSize::Fixed(frames), ..chosen.config() };
    Ok((config, chosen.sample_format()))
}

/// Does `$body` with `$sample` as the type of a format's samples.
macro_rules! with_sample_type {
    ($format:expr, $sample:ident => $body:expr) => {
        match $format {
            SampleFormat::I8 => {
                type $sample = i8;
                $body
            }
            SampleFormat::I16 => {
                type $sample = i16;
                $body
            }
            SampleFormat::I24 => {
                type $sample = cpal::I24;
                $body
            }
            SampleFormat::I32 => {
                type $sample = i32;
                $body
            }
            SampleFormat::I64 => {
                type $sample = i64;
                $body
            }
            SampleFormat::U8 => {
                type $sample = u8;
                $body
            }
            SampleFormat::U16 => {
                type $sample = u16;
                $body
            }
            SampleFormat::U24 => {
                type $sample = cpal::U24;
                $body
            }
            SampleFormat::U32 => {
                type $sample = u32;
                $body
            }
            SampleFormat::U64 => {
                type $sample = u64;
                $body
            }
            SampleFormat::F32 => {
                type $sample = f32;
                $body
            }
            SampleFormat::F64 => {
                type $sample = f64;
                $body
            }
            _ => Err(DeviceFault::UnsupportedFormat),
        }
    };
}

/// Starts a microphone's stream.
#[cfg_attr(not(target_os = "linux"), expect(unused_variables, reason = "only Linux has a sound server between"))]
pub(super) fn build_capture(
    survey: &Survey,
    Found { info, device }: &Found,
    signals: &Arc<Signals>,
) -> Result<Built<Consumer<f32>>, DeviceFault> {
    let (config, format) = choose(device.default_input_config(), || device.supported_input_configs())?;
    let rate_hz = config.sample_rate;
    let (ring, end) = RingBuffer::new(ring_size(rate_hz));
    #[cfg(target_os = "linux")]
    if let Some(server) = survey.server() {
        let stream = Box::new(pulse::capture(server, &info.id, rate_hz, ring, signals)?);
        return Ok(Built { stream, end, rate_hz });
    }
    let stream = with_sample_type!(format, T => capture::<T>(device, config, ring, signals))?;
    stream.play().map_err(|error| fault_of(&error))?;
    Ok(Built { stream: Box::new(stream), end, rate_hz })
}

/// Starts a speaker's stream.
#[cfg_attr(not(target_os = "linux"), expect(unused_variables, reason = "only Linux has a sound server between"))]
pub(super) fn build_playback(
    survey: &Survey,
    Found { info, device }: &Found,
    signals: &Arc<Signals>,
) -> Result<Built<Producer<f32>>, DeviceFault> {
    let (config, format) = choose(device.default_output_config(), || device.supported_output_configs())?;
    let rate_hz = config.sample_rate;
    let (end, ring) = RingBuffer::new(ring_size(rate_hz));
    #[cfg(target_os = "linux")]
    if let Some(server) = survey.server() {
        let stream = Box::new(pulse::playback(server, &info.id, rate_hz, ring, signals)?);
        return Ok(Built { stream, end, rate_hz });
    }
    let stream = with_sample_type!(format, T => playback::<T>(device, config, ring, signals))?;
    stream.play().map_err(|error| fault_of(&error))?;
    Ok(Built { stream: Box::new(stream), end, rate_hz })
}

fn on_error(signals: &Arc<Signals>) -> impl FnMut(cpal::Error) + Send + 'static {
    let signals = Arc::clone(signals);
    move |error| match error.kind() {
        // The stream goes on.
        ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
        _ => signals.fail(fault_of(&error)),
    }
}

fn capture<T>(
    device: &cpal::Device,
    config: StreamConfig,
    mut ring: Producer<f32>,
    signals: &Arc<Signals>,
) -> Result<cpal::Stream, DeviceFault>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels).max(1);
    let theirs = Arc::clone(signals);
    let on_data = move |data: &[T], _: &cpal::InputCallbackInfo| {
        theirs.recorded(record(data, channels, &mut ring));
    };
    device.build_input_stream(config, on_data, on_error(signals), START).map_err(|error| fault_of(&error))
}

fn playback<T>(
    device: &cpal::Device,
    config: StreamConfig,
    mut ring: Consumer<f32>,
    signals: &Arc<Signals>,
) -> Result<cpal::Stream, DeviceFault>
where
    T: SizedSample + FromSample<f32>,
{
    let channels = usize::from(config.channels).max(1);
    let theirs = Arc::clone(signals);
    let on_data = move |data: &mut [T], _: &cpal::OutputCallbackInfo| {
        let asked = data.len() / channels;
        theirs.played(asked, asked - render(data, channels, &mut ring));
    };
    device.build_output_stream(config, on_data, on_error(signals), START).map_err(|error| fault_of(&error))
}

/// Mixes down to mono into the ring; what doesn't fit is lost. Gives how many that were.
pub(super) fn record<T>(data: &[T], channels: usize, ring: &mut Producer<f32>) -> usize
where
    T: Sample,
    f32: FromSample<T>,
{
    let all = data.len() / channels;
    let count = all.min(ring.slots());
    if let Ok(chunk) = ring.write_chunk_uninit(count) {
        let share = 1.0 / channels as f32;
        let mixed = data.chunks_exact(channels).map(|all| {
            let sum: f32 = all.iter().map(|sample| f32::from_sample_(*sample)).sum();
            sum * share
        });
        chunk.fill_from_iter(mixed);
    }
    all - count
}

/// Copies mono from the ring to the left and right channel, and leaves others silent; gives how many there were.
pub(super) fn render<T>(data: &mut [T], channels: usize, ring: &mut Consumer<f32>) -> usize
where
    T: Sample + FromSample<f32>,
{
    data.fill(T::EQUILIBRIUM);
    let count = (data.len() / channels).min(ring.slots());
    if let Ok(chunk) = ring.read_chunk(count) {
        let (front, back) = chunk.as_slices();
        for (all, sample) in data.chunks_exact_mut(channels).zip(front.iter().chain(back)) {
            for channel in all.iter_mut().take(2) {
                *channel = T::from_sample_(*sample);
            }
        }
        chunk.commit_all();
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_format_and_number_of_channels_is_mixed_down() {
        fn mixed<T>(data: &[T], channels: usize) -> Vec<f32>
        where
            T: Sample,
            f32: FromSample<T>,
        {
            let (mut ring, mut end) = RingBuffer::new(64);
            record(data, channels, &mut ring);
            std::iter::from_fn(|| end.pop().ok()).collect()
        }
        assert_eq!(mixed(&[0.5_f32, -0.5, 1.0, 0.0], 2), [0.0, 0.5]);
        assert_eq!(mixed(&[16_384_i16, -16_384], 1), [0.5, -0.5]);
        assert_eq!(mixed(&[32_768_u16, 49_152], 1), [0.0, 0.5]);
        assert_eq!(mixed(&[1_073_741_824_i32; 6], 6), [0.5]);
        assert_eq!(mixed(&[128_u8, 192], 1), [0.0, 0.5]);
        assert_eq!(mixed(&[0.5_f32; 3], 2), [0.5], "half a frame is dropped");
    }

    #[test]
    fn what_does_not_fit_the_ring_is_lost() {
        let (mut ring, end) = RingBuffer::new(4);
        assert_eq!(record(&[0.1_f32; 10], 1, &mut ring), 6);
        assert_eq!(end.slots(), 4);
    }

    #[test]
    fn any_format_and_number_of_channels_is_filled_and_the_rest_is_silent() {
        fn rendered<T: Sample + FromSample<f32>>(channels: usize, samples: usize) -> (Vec<T>, usize) {
            let (mut end, mut ring) = RingBuffer::new(4);
            end.push(0.5).unwrap();
            end.push(-0.5).unwrap();
            let mut data = vec![T::from_sample_(0.9_f32); samples];
            let count = render(&mut data, channels, &mut ring);
            (data, count)
        }
        assert_eq!(rendered::<f32>(1, 3), (vec![0.5, -0.5, 0.0], 2));
        assert_eq!(rendered::<i16>(2, 4), (vec![16_384, 16_384, -16_384, -16_384], 2));
        assert_eq!(rendered::<u8>(4, 8), (vec![192, 192, 128, 128, 64, 64, 128, 128], 2));
    }
}
