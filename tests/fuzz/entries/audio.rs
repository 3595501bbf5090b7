//! Sound from the network.

use std::time::{Duration, Instant};

use bytes::Bytes;
use conclave_media::AudioFrame;
use conclave_media::audio::codec::OpusDecoder;
use conclave_media::audio::jitter_buffer::{AudioPacket, JitterBuffer, Playout};
use conclave_media::frame::AUDIO_FRAME_SAMPLES;

use super::script::Script;

const FRAME: Duration = Duration::from_millis(10);
/// More than everything that can wait in the buffer plays for: afterwards there is nothing left to say.
const PLAYED_OUT: u32 = 6_000;

/// Packets with any header, arrival and payload, in any order: what comes out is always sound, and ends in silence.
///
/// A step a byte: its lowest bit pulls a frame or inserts a packet, its others say what is unusual about it.
pub fn audio_jitter_buffer(data: &[u8]) {
    let Ok(decoder) = OpusDecoder::new() else { return };
    let mut buffer = JitterBuffer::new(decoder);
    let mut script = Script::new(data);
    let mut header = Header { sequence: 0, timestamp: 0 };
    let mut now = Instant::now();
    while let Some(step) = script.byte() {
        if step & 1 == 0 {
            // A late caller: up to a good second.
            now += FRAME + Duration::from_millis(u64::from(step >> 1) * 8);
            pull(&mut buffer, now);
        } else {
            let packet = packet(step, &mut script, &mut header, now);
            buffer.insert(packet);
        }
    }
    let mut last = Playout::Silence;
    for _ in 0..PLAYED_OUT {
        now += FRAME;
        last = pull(&mut buffer, now);
    }
    assert_eq!(last, Playout::Silence, "a minute after the last packet");
}

struct Header {
    sequence: u16,
    timestamp: u32,
}

fn packet(step: u8, script: &mut Script<'_>, header: &mut Header, now: Instant) -> AudioPacket {
    let unusual = |bit: u8| step & (1 << bit) != 0;
    let mut word = || script.word().unwrap_or(0);
    header.sequence = header.sequence.wrapping_add(if unusual(1) { word() } else { 1 });
    let timestamps = if unusual(2) { u32::from(word()) << 16 | u32::from(word()) } else { 960 };
    header.timestamp = header.timestamp.wrapping_add(timestamps);
    let ago = Duration::from_millis(if unusual(3) { u64::from(word()) } else { 0 });
    let ahead = Duration::from_millis(if unusual(4) { u64::from(word()) } else { 0 });
    let length = if unusual(5) { usize::from(word()) } else { usize::from(script.byte().unwrap_or(0)) };
    AudioPacket {
        sequence: header.sequence,
        timestamp: header.timestamp,
        payload: Bytes::copy_from_slice(script.bytes(length)),
        arrival: now.checked_sub(ago).unwrap_or(now) + ahead,
    }
}

fn pull(buffer: &mut JitterBuffer<OpusDecoder>, now: Instant) -> Playout {
    let mut frame = AudioFrame { samples: [f32::NAN; AUDIO_FRAME_SAMPLES] };
    let playout = buffer.pull(now, &mut frame);
    assert!(frame.samples.iter().all(|sample| sample.is_finite()), "a frame without sound in it");
    playout
}
