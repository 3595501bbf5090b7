//! From a source's frames to packets.

use std::time::Instant;

use bytes::Bytes;

use super::clock::RtpClock;
use super::sinks::{EncodedAudioPacket, Sinks};
use crate::audio::codec::{Encoded, PACKET_SAMPLES, VoiceEncoder};
use crate::audio::level::LevelMeter;
use crate::audio::processing::{EchoReference, Processor, SoundProcessing};
use crate::audio::source::Lost;
use crate::frame::{AUDIO_FRAME_SAMPLES, AudioFrame};

/// Whether the person wants to be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mute {
    Open,
    Muted,
}

/// What the person wants of the microphone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wishes {
    pub(super) mute: Mute,
    pub(super) processing: SoundProcessing,
}

pub(super) struct Chain {
    processor: Processor,
    encoder: VoiceEncoder,
    expected_loss: Option<u8>,
    clock: RtpClock,
    meter: LevelMeter,
    /// The packet that is being filled, and the timestamp of its first sample.
    packet: [f32; PACKET_SAMPLES],
    filled: usize,
    timestamp: u32,
    /// The former packet was sent.
    in_talkspurt: bool,
}

impl Chain {
    /// For a microphone that hears the speaker whose sound comes by `reference`.
    ///
    /// # Errors
    /// When there is no memory for an encoder.
    pub(super) fn new(reference: EchoReference) -> Result<Self, opus::Error> {
        Ok(Self {
            processor: Processor::new(reference),
            encoder: VoiceEncoder::new()?,
            expected_loss: None,
            clock: RtpClock::default(),
            meter: LevelMeter::default(),
            packet: [0.0; PACKET_SAMPLES],
            filled: 0,
            timestamp: 0,
            in_talkspurt: false,
        })
    }

    /// Takes a frame that a source gave now, processes it, and gives its level, muted or not.
    pub(super) fn frame(&mut self, now: Instant, frame: &mut AudioFrame, wishes: Wishes, sinks: &Sinks) -> f32 {
        let timestamp = self.clock.stamp(now);
        // When muted too: what is known of the room's echo and noise must be true when the person speaks again.
        self.processor.process(now, wishes.processing, frame);
        if wishes.mute == Mute::Muted {
            self.filled = 0;
            self.in_talkspurt = false;
            return self.meter.update(frame);
        }
        // A frame that doesn't follow the one before would shift the packet's second half.
        let follows = timestamp.wrapping_sub(self.timestamp) as usize == self.filled;
        if self.filled > 0 && !follows {
            self.packet.iter_mut().skip(self.filled).for_each(|sample| *sample = 0.0);
            self.send(sinks);
        }
        if self.filled == 0 {
            self.timestamp = timestamp;
        }
        let room = self.packet.iter_mut().skip(self.filled);
        room.zip(&frame.samples).for_each(|(to, from)| *to = *from);
        self.filled += AUDIO_FRAME_SAMPLES;
        if self.filled >= PACKET_SAMPLES {
            self.send(sinks);
        }
        self.meter.update(frame)
    }

    /// Something of what the source heard was lost before its next frame.
    pub(super) fn lose(&mut self, lost: Lost) {
        self.processor.lose(lost);
    }

    pub(super) fn expect_loss(&mut self, percent: u8) {
        if self.expected_loss != Some(percent) && self.encoder.expect_loss(percent).is_ok() {
            self.expected_loss = Some(percent);
        }
    }

    fn send(&mut self, sinks: &Sinks) {
        self.filled = 0;
        if sinks.is_empty() {
            self.in_talkspurt = false;
            return;
        }
        match self.encoder.encode(&self.packet) {
            Ok(Encoded::Packet(payload)) => {
                let packet = EncodedAudioPacket {
                    payload: Bytes::copy_from_slice(payload),
                    timestamp: self.timestamp,
                    marker: !std::mem::replace(&mut self.in_talkspurt, true),
                };
                sinks.send(&packet);
            }
            Ok(Encoded::Silence) => self.in_talkspurt = false,
            Err(error) => {
                tracing::warn!(%error, "sound could not be encoded");
                self.in_talkspurt = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::audio::level::SILENCE_DBFS;
    use crate::audio::processing::Place;
    use crate::audio::processing::test_sound::{frames, speech};

    #[test]
    fn a_muted_microphone_goes_on_learning_the_room() {
        let (reference, start) = (EchoReference::default(), Instant::now());
        let (mut chain, sinks) = (Chain::new(reference.clone()).unwrap(), Sinks::default());
        let spoken: Vec<AudioFrame> = frames(&speech(1, 8, -20.0)).collect();
        let (mut unlearned, mut heard) = (SILENCE_DBFS, SILENCE_DBFS);
        for (number, echo) in (8_u32..).zip(&spoken) {
            let now = start + Duration::from_millis(10) * number;
            if let Some(played) = spoken.get(number as usize) {
                reference.played(now, Place::default(), played);
            }
            let mut frame = AudioFrame { samples: echo.samples.map(|sample| sample * 0.4) };
            unlearned = LevelMeter::default().update(&frame).max(unlearned);
            let mute = if number < 400 { Mute::Muted } else { Mute::Open };
            let level = chain.frame(now, &mut frame, Wishes { mute, processing: SoundProcessing::ALL }, &sinks);
            if (400..600).contains(&number) {
                heard = heard.max(level);
            }
        }
        eprintln!("the echo's loudest 10 ms: {unlearned:.1} dBFS, in two seconds after being muted {heard:.1} dBFS");
        assert!(heard < unlearned - 20.0, "{heard} of {unlearned}");
    }
}
