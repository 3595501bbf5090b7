//! All that is done to what a microphone heard.

use std::time::Instant;

use super::alignment::AlignedReference;
use super::effect::Effect;
use super::reference::EchoReference;
use super::settings::{SoundProcessing, Switch};
use super::stages::{Canceller, Gain, Suppressor};
use crate::audio::source::Lost;
use crate::frame::{AUDIO_FRAME_SAMPLES, AudioFrame};

const SILENCE: AudioFrame = AudioFrame { samples: [0.0; AUDIO_FRAME_SAMPLES] };

/// Processes a microphone's frames, one after the other: the echo first, as the canceller must hear the microphone as it
/// is, then noise, then the level of what is left.
pub struct Processor {
    reference: EchoReference,
    /// There while the canceller is.
    aligned: Option<AlignedReference>,
    canceller: Effect<Canceller>,
    suppressor: Effect<Suppressor>,
    gain: Effect<Gain>,
}

impl Processor {
    /// For a microphone that hears the speaker whose sound comes by `reference`.
    #[must_use]
    pub fn new(reference: EchoReference) -> Self {
        Self { reference, aligned: None, canceller: Effect::off(), suppressor: Effect::off(), gain: Effect::off() }
    }

    /// Changes 10 ms that the microphone gave now. A change of what is wanted takes effect by a fade, without a gap.
    pub fn process(&mut self, now: Instant, wanted: SoundProcessing, frame: &mut AudioFrame) {
        let SoundProcessing { echo_cancellation, noise_suppression, automatic_gain } = wanted;
        if wanted != SoundProcessing::default() {
            // Microphones can give more than full scale, which the engine was not made for.
            frame.samples.iter_mut().for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
        }
        let heard = if echo_cancellation == Switch::On || self.canceller.is_running() {
            self.aligned.get_or_insert_with(|| AlignedReference::new(self.reference.clone())).next(now)
        } else {
            self.aligned = None;
            SILENCE
        };
        self.canceller.process(echo_cancellation, Canceller::new, frame, &heard);
        self.suppressor.process(noise_suppression, Suppressor::new, frame, &SILENCE);
        self.gain.process(automatic_gain, Gain::new, frame, &SILENCE);
    }
    /// Something of what the microphone heard was lost before its next frame.
    pub fn lose(&mut self, lost: Lost) {
        if let Some(aligned) = &mut self.aligned {
            aligned.lose(lost);
        }
    }
}
