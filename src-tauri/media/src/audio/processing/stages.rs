//! The three things that are done, in the order that they are done in.

use sonora::Config;
use sonora::config::{AdaptiveDigital, EchoCanceller, GainController2, NoiseSuppression};

use super::effect::Stage;
use super::engine::Engine;
use crate::frame::AudioFrame;

/// The gain to begin with. WebRTC begins with 15 dB, which makes a usual microphone too loud for two seconds, and what
/// is left of an echo before the canceller knows it as well.
const FIRST_GAIN_DB: f32 = 6.0;

/// AEC3: takes out what the speaker plays, up to half a second later, and turns down what is left of it. Takes out
/// rumble below 100 Hz too.
pub(super) struct Canceller(Engine);

/// Turns down noise that sounds on, by 12 dB at most: more would take away from speech.
pub(super) struct Suppressor(Engine);

/// AGC2: brings speech to a usual level and leaves pauses alone: noise is never raised above -50 dBFS. Limits peaks.
pub(super) struct Gain(Engine);

impl Canceller {
    pub(super) fn new() -> Self {
        Self(Engine::new(Config { echo_canceller: Some(EchoCanceller::default()), ..Config::default() }))
    }
}

impl Suppressor {
    pub(super) fn new() -> Self {
        Self(Engine::new(Config { noise_suppression: Some(NoiseSuppression::default()), ..Config::default() }))
    }
}

impl Gain {
    pub(super) fn new() -> Self {
        let adaptive = AdaptiveDigital { initial_gain_db: FIRST_GAIN_DB, ..AdaptiveDigital::default() };
        let gain = GainController2 { adaptive_digital: Some(adaptive), ..GainController2::default() };
        Self(Engine::new(Config { gain_controller2: Some(gain), ..Config::default() }))
    }
}

impl Stage for Canceller {
    fn process(&mut self, frame: &mut AudioFrame, reference: &AudioFrame) {
        self.0.hear(reference);
        self.0.process(frame);
    }
}

impl Stage for Suppressor {
    fn process(&mut self, frame: &mut AudioFrame, _: &AudioFrame) {
        self.0.process(frame);
    }
}

impl Stage for Gain {
    fn process(&mut self, frame: &mut AudioFrame, _: &AudioFrame) {
        self.0.process(frame);
    }
}
