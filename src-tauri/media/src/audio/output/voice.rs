//! One participant's sound on the thread `audio-out`: packets in, frames out.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Instant;

use super::receiver::{AudioReceiveStatistics, AudioReceiver, Shared};
use crate::audio::codec::OpusDecoder;
use crate::audio::jitter_buffer::{AudioPacket, JitterBuffer, Playout};
use crate::audio::level::{LevelMeter, Loudness};
use crate::frame::{AUDIO_FRAME_SAMPLES, AudioFrame};

/// Packets between two frames; as many as the jitter buffer takes.
const INCOMING: usize = 256;

pub(super) struct Voice {
    shared: Arc<Shared>,
    packets: Receiver<AudioPacket>,
    buffer: JitterBuffer<OpusDecoder>,
    meter: LevelMeter,
    loudness: Loudness,
    first_audio: Option<Instant>,
    volume: f32,
    frame: AudioFrame,
}

impl Voice {
    /// A participant's two ends.
    ///
    /// # Errors
    /// When there is no memory for a decoder; the handle takes packets nevertheless.
    pub(super) fn pair() -> (AudioReceiver, Result<Self, opus::Error>) {
        let shared = Arc::new(Shared::default());
        let (sender, packets) = mpsc::sync_channel(INCOMING);
        let receiver = AudioReceiver { shared: Arc::clone(&shared), packets: sender };
        let voice = OpusDecoder::new().map(|decoder| Self {
            volume: shared.volume(),
            shared,
            packets,
            buffer: JitterBuffer::new(decoder),
            meter: LevelMeter::default(),
            loudness: Loudness::default(),
            first_audio: None,
            frame: AudioFrame { samples: [0.0; AUDIO_FRAME_SAMPLES] },
        });
        (receiver, voice)
    }

    pub(super) fn is_removed(&self) -> bool {
        self.shared.is_removed()
    }

    /// Adds the next 10 ms to a mix.
    pub(super) fn mix_into(&mut self, now: Instant, mix: &mut AudioFrame) {
        while let Ok(packet) = self.packets.try_recv() {
            self.buffer.insert(packet);
        }
        let playout = self.buffer.pull(now, &mut self.frame);
        if playout == Playout::Sound {
            self.first_audio.get_or_insert(now);
        }
        if playout != Playout::Silence {
            self.loudness.update(&self.frame);
        }
        let level = self.meter.update(&self.frame);
        let statistics = self.buffer.statistics();
        let statistics = AudioReceiveStatistics::new(&statistics, self.loudness.dbfs(), self.first_audio);
        self.shared.show(level, statistics);
        self.shared.tap(&self.frame.samples);

        // A jump of the volume would click.
        let wanted = self.shared.volume();
        let step = (wanted - self.volume) / AUDIO_FRAME_SAMPLES as f32;
        for ((to, from), index) in mix.samples.iter_mut().zip(&self.frame.samples).zip(1_u16..) {
            *to += from * (self.volume + step * f32::from(index));
        }
        self.volume = wanted;
    }
}
