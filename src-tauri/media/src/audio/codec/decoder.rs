//! Decoding, for the jitter buffer.

use opus::Channels;

use super::packet::has_redundancy;
use crate::audio::jitter_buffer::{FrameDecoder, MAX_PACKET_SAMPLES, Undecodable};
use crate::clock::AUDIO_CLOCK_HZ;

/// The shortest frame of Opus, 2.5 ms, of which it conceals multiples.
const SHORTEST_FRAME: usize = 120;

/// An Opus decoder for one participant; stereo is mixed down.
#[derive(Debug)]
pub struct OpusDecoder {
    opus: opus::Decoder,
}

impl OpusDecoder {
    /// A decoder that has heard nothing.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn new() -> Result<Self, opus::Error> {
        let opus = opus::Decoder::new(AUDIO_CLOCK_HZ, Channels::Mono)?;
        Ok(Self { opus })
    }

    fn append(&mut self, payload: &[u8], room: usize, fec: bool, sound: &mut Vec<f32>) -> Result<(), Undecodable> {
        let start = sound.len();
        sound.resize(start + room, 0.0);
        let decoded = self.opus.decode_float(payload, &mut sound[start..], fec);
        sound.truncate(start + decoded.as_ref().copied().unwrap_or(0));
        decoded.map(drop).map_err(|_| Undecodable)
    }
}

impl FrameDecoder for OpusDecoder {
    fn samples(&self, payload: &[u8]) -> Option<usize> {
        self.opus.get_nb_samples(payload).ok()
    }

    fn has_redundancy(&self, payload: &[u8]) -> bool {
        has_redundancy(payload)
    }

    fn decode(&mut self, payload: &[u8], sound: &mut Vec<f32>) -> Result<(), Undecodable> {
        // An empty payload would ask for concealment.
        if payload.is_empty() {
            return Err(Undecodable);
        }
        self.append(payload, MAX_PACKET_SAMPLES, false, sound)
    }

    fn decode_redundancy(&mut self, payload: &[u8], samples: usize, sound: &mut Vec<f32>) -> Result<(), Undecodable> {
        if payload.is_empty() {
            return Err(Undecodable);
        }
        self.append(payload, samples, true, sound)
    }

    fn conceal(&mut self, samples: usize, sound: &mut Vec<f32>) {
        let end = sound.len() + samples;
        let whole_frames = samples.div_ceil(SHORTEST_FRAME) * SHORTEST_FRAME;
        // Before the first packet there is nothing to go on from: silence.
        let _ = self.append(&[], whole_frames.min(MAX_PACKET_SAMPLES), false, sound);
        sound.resize(end, 0.0);
    }
}
