//! Sound from the network.

use std::time::{Duration, Instant};

use bytes::Bytes;
use conclave_media::AudioFrame;
use conclave_media::audio::codec::OpusDecoder;
use conclave_media::audio::jitter_buffer::{
    AudioPacket, FrameDecoder, JitterBuffer, MAX_PACKET_SAMPLES, Playout, Undecodable,
};
use conclave_media::frame::AUDIO_FRAME_SAMPLES;

use super::script::Script;

const FRAME: Duration = Duration::from_millis(10);
/// More frames than everything that can wait in the buffer plays for: 128 packets of 120 ms.
const PLAYED_OUT: u32 = 1_700;

/// Any payloads, one after the other: the decoder gives as many samples as it said, and goes on after those it refuses.
///
/// A length a payload, in a byte or, from 255 on, in two more.
pub fn opus_payloads(data: &[u8]) {
    let Ok(mut decoder) = OpusDecoder::new() else { return };
    let mut script = Script::new(data);
    let mut sound = Vec::new();
    while let Some(length) = script.byte() {
        let length = if length == u8::MAX { script.word().unwrap_or(0) } else { length.into() };
        let payload = script.bytes(length.into());
        let promised = decoder.samples(payload).filter(|samples| *samples <= MAX_PACKET_SAMPLES);
        for wants_redundancy in [true, false] {
            let decoded = if wants_redundancy {
                decoder.decode_redundancy(payload, promised.unwrap_or(960), &mut sound)
            } else {
                decoder.decode(payload, &mut sound)
            };
            let decoded = decoded.is_ok();
            assert!(decoded || sound.is_empty(), "sound from a payload that was refused");
            assert!(!decoded || promised == Some(sound.len()), "{} samples, not {promised:?}", sound.len());
            assert!(sound.iter().all(|sample| sample.is_finite()));
            sound.clear();
        }
        decoder.conceal(960, &mut sound);
        assert_eq!(sound.len(), 960);
        sound.clear();
    }
}

/// In place of Opus, which would take all the time: what a payload is said to hold follows from its first byte.
struct QuickDecoder;

impl QuickDecoder {
    fn first(payload: &[u8]) -> u8 {
        payload.first().copied().unwrap_or(u8::MAX)
    }
}

impl FrameDecoder for QuickDecoder {
    fn samples(&self, payload: &[u8]) -> Option<usize> {
        let first = Self::first(payload);
        (first != u8::MAX).then(|| [960, 480, 120, MAX_PACKET_SAMPLES][usize::from(first & 3)])
    }

    fn has_redundancy(&self, payload: &[u8]) -> bool {
        Self::first(payload) & 4 != 0
    }

    fn decode(&mut self, payload: &[u8], sound: &mut Vec<f32>) -> Result<(), Undecodable> {
        let samples = self.samples(payload).filter(|_| Self::first(payload) & 8 == 0).ok_or(Undecodable)?;
        self.conceal(samples, sound);
        Ok(())
    }

    fn decode_redundancy(&mut self, payload: &[u8], samples: usize, sound: &mut Vec<f32>) -> Result<(), Undecodable> {
        self.decode(payload, &mut Vec::new())?;
        self.conceal(samples, sound);
        Ok(())
    }

    fn conceal(&mut self, samples: usize, sound: &mut Vec<f32>) {
        sound.extend((0..samples).map(|i| (i as f32 * 0.1).sin() * 0.5));
    }
}

/// Packets with any header, arrival and payload, in any order: what comes out is always sound, and ends in silence.
///
/// A step a byte: its lowest bit pulls a frame or inserts a packet, its others say what is unusual about it.
pub fn audio_jitter_buffer(data: &[u8]) {
    let mut buffer = JitterBuffer::new(QuickDecoder);
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
    assert_eq!(last, Playout::Silence, "long after the last packet");
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

fn pull(buffer: &mut JitterBuffer<QuickDecoder>, now: Instant) -> Playout {
    let mut frame = AudioFrame { samples: [f32::NAN; AUDIO_FRAME_SAMPLES] };
    let playout = buffer.pull(now, &mut frame);
    assert!(frame.samples.iter().all(|sample| sample.is_finite()), "a frame without sound in it");
    playout
}
