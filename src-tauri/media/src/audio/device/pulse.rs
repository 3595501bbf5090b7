//! Streams of a PulseAudio server, or of PipeWire in its guise. Mono `f32` at the device's rate; the server converts.
//!
//! cpal lists these devices, but its streams let the server keep no more than one fragment of a recording, and two of
//! what is to be played: with a server that is late by ten milliseconds, sound is lost, and a device that takes more at
//! once stutters. Here the server may keep what it needs, and is only asked to be quick.

use std::ffi::{CStr, CString};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use futures_executor::block_on;
use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{
    ChannelMap, PlaybackStreamParams, Prop, Props, PulseError, RecordStreamParams, SampleFormat, SampleSpec,
};
use pulseaudio::{AsPlaybackSource as _, Client, ClientError, PlaybackStream, RecordStream};
use rtrb::{Consumer, Producer};

use super::format::{record, render};
use super::stream::Signals;
use crate::fault::DeviceFault;

/// What mixers call us.
const NAME: &CStr = c"Conclave";

/// How long a server may take to greet. cpal's own patience is the same.
const GREETING: Duration = Duration::from_secs(2);

/// How much is recorded or asked for at a time. 10 ms.
const FRAGMENTS_PER_SECOND: u32 = 100;

/// Fragments between our callback and the ear: half of it lies in the server, half in the device.
const PLAYBACK_FRAGMENTS: u32 = 4;

/// Numbers streams.
static PLAYBACKS: AtomicU32 = AtomicU32::new(0);

const SAMPLE_BYTES: usize = size_of::<f32>();

/// A stream that runs. Dropping it closes it, without waiting for the server.
pub(super) enum Stream {
    #[expect(dead_code, reason = "held for its end")]
    Capture(RecordStream),
    #[expect(dead_code, reason = "held for its end")]
    Playback(PlaybackStream),
}

fn fault_of(error: &ClientError) -> DeviceFault {
    match error {
        ClientError::ServerError(error) => match error {
            PulseError::AccessDenied | PulseError::AuthKey => DeviceFault::PermissionDenied,
            PulseError::NoEntity => DeviceFault::NotFound,
            PulseError::Busy | PulseError::Timeout => DeviceFault::Busy,
            PulseError::NotSupported => DeviceFault::UnsupportedFormat,
            _ => DeviceFault::Failed,
        },
        ClientError::ServerUnavailable | ClientError::Io(_) | ClientError::Disconnected => DeviceFault::Unplugged,
        ClientError::UnexpectedSequenceNumber | ClientError::Protocol(_) => DeviceFault::Failed,
    }
}

/// Connects to the user's server.
pub(super) fn connect() -> Result<Client, DeviceFault> {
    // The greeting can't be interrupted: a server that never answers keeps this thread.
    let (sender, answer) = mpsc::sync_channel(1);
    let spawned = std::thread::Builder::new().name("sound-server".into()).spawn(move || {
        let _ = sender.send(Client::from_env(NAME));
    });
    spawned.map_err(|_| DeviceFault::Failed)?;
    let answer = answer.recv_timeout(GREETING).map_err(|_| DeviceFault::Stalled)?;
    answer.map_err(|error| fault_of(&error))
}

/// Says that the device is gone when the connection drops it.
struct Lifeline(Arc<Signals>);

impl Drop for Lifeline {
    fn drop(&mut self) {
        self.0.fail(DeviceFault::Unplugged);
    }
}

fn spec(rate_hz: u32) -> SampleSpec {
    SampleSpec { format: SampleFormat::Float32Le, channels: 1, sample_rate: rate_hz }
}

/// Has music pause where the desktop is set up so.
fn props() -> Props {
    let mut props = Props::new();
    props.set(Prop::MediaName, c"Call");
    props.set(Prop::MediaRole, c"phone");
    props
}

/// Bytes in so many fragments.
fn fragments(count: u32, rate_hz: u32) -> u32 {
    (rate_hz / FRAGMENTS_PER_SECOND).max(1) * SAMPLE_BYTES as u32 * count
}

fn named(device: &str) -> Result<CString, DeviceFault> {
    CString::new(device).map_err(|_| DeviceFault::NotFound)
}

/// Starts to record; `ring` gets what the device hears.
pub(super) fn capture(
    client: &Client,
    device: &str,
    rate_hz: u32,
    mut ring: Producer<f32>,
    signals: &Arc<Signals>,
) -> Result<Stream, DeviceFault> {
    let params = RecordStreamParams {
        sample_spec: spec(rate_hz),
        channel_map: ChannelMap::mono(),
        source_name: Some(named(device)?),
        buffer_attr: BufferAttr { fragment_size: fragments(1, rate_hz), ..BufferAttr::default() },
        flags: StreamFlags { adjust_latency: true, ..StreamFlags::default() },
        props: props(),
        ..RecordStreamParams::default()
    };
    let lifeline = Lifeline(Arc::clone(signals));
    // More than a server gives at once, so that nothing is allocated later.
    let mut samples = Vec::with_capacity(rate_hz as usize);
    let on_data = move |data: &[u8]| {
        samples.clear();
        samples.extend(data.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)));
        lifeline.0.recorded(record(&samples, 1, &mut ring));
    };
    let stream = block_on(client.create_record_stream(params, on_data));
    stream.map(Stream::Capture).map_err(|error| fault_of(&error))
}

/// Starts to play what is in `ring`.
pub(super) fn playback(
    client: &Client,
    device: &str,
    rate_hz: u32,
    mut ring: Consumer<f32>,
    signals: &Arc<Signals>,
) -> Result<Stream, DeviceFault> {
    let params = PlaybackStreamParams {
        sample_spec: spec(rate_hz),
        channel_map: ChannelMap::mono(),
        sink_name: Some(named(device)?),
        buffer_attr: BufferAttr {
            target_length: fragments(PLAYBACK_FRAGMENTS, rate_hz),
            minimum_request_length: fragments(1, rate_hz),
            // After a gap it goes on with the first fragment, not when all of them are there.
            pre_buffering: fragments(1, rate_hz),
            ..BufferAttr::default()
        },
        // Streams of one number play in step, and must be at one device.
        sync_id: PLAYBACKS.fetch_add(1, Ordering::Relaxed),
        flags: StreamFlags { adjust_latency: true, ..StreamFlags::default() },
        props: props(),
        ..PlaybackStreamParams::default()
    };
    let lifeline = Lifeline(Arc::clone(signals));
    // More than a server asks for at once, so that nothing is allocated later.
    let mut samples = Vec::with_capacity(rate_hz as usize);
    let on_data = move |data: &mut [u8]| {
        let room = data.as_chunks_mut().0;
        samples.resize(room.len(), 0.0);
        let rendered = render(&mut samples, 1, &mut ring);
        lifeline.0.played(room.len(), room.len() - rendered);
        room.iter_mut().zip(&samples).for_each(|(bytes, sample)| *bytes = f32::to_le_bytes(*sample));
        data.len()
    };
    let stream = block_on(client.create_playback_stream(params, on_data.as_playback_source()));
    stream.map(Stream::Playback).map_err(|error| fault_of(&error))
}
