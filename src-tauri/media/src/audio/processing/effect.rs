//! Something that is done to sound, and can be switched while it sounds.

use super::settings::Switch;
use crate::frame::{AUDIO_FRAME_SAMPLES, AudioFrame};

/// Something that is done to sound.
pub(super) trait Stage {
    /// Changes 10 ms; `reference` is what the speaker played meanwhile.
    fn process(&mut self, frame: &mut AudioFrame, reference: &AudioFrame);
}

/// A new stage runs along for this long before it is heard: its filters have to fill.
const WARM_UP_FRAMES: u8 = 5;

/// How much of it is heard more, or less, with each frame: a change takes 40 ms.
const FADE: f32 = 0.25;

struct Running<S> {
    stage: S,
    warm_up: u8,
    /// How much of it is heard: 0 nothing, 1 nothing else.
    share: f32,
}

/// A stage that is there while it is wanted, and comes and goes by a fade.
pub(super) struct Effect<S> {
    running: Option<Running<S>>,
}

impl<S: Stage> Effect<S> {
    pub(super) fn off() -> Self {
        Self { running: None }
    }

    /// Whether it has anything to do; else it costs nothing.
    pub(super) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    pub(super) fn process(
        &mut self,
        wanted: Switch,
        make: impl FnOnce() -> S,
        frame: &mut AudioFrame,
        reference: &AudioFrame,
    ) {
        if wanted == Switch::On && self.running.is_none() {
            self.running = Some(Running { stage: make(), warm_up: WARM_UP_FRAMES, share: 0.0 });
        }
        let Some(running) = &mut self.running else { return };
        let mut changed = frame.clone();
        running.stage.process(&mut changed, reference);
        let before = running.share;
        match wanted {
            Switch::On if running.warm_up > 0 => running.warm_up -= 1,
            Switch::On => running.share = (before + FADE).min(1.0),
            Switch::Off => running.share = (before - FADE).max(0.0),
        }
        let step = (running.share - before) / AUDIO_FRAME_SAMPLES as f32;
        for ((sample, changed), index) in frame.samples.iter_mut().zip(&changed.samples).zip(0_u16..) {
            let share = before + step * f32::from(index);
            *sample += (changed - *sample) * share;
        }
        if wanted == Switch::Off && running.share <= 0.0 {
            self.running = None;
        }
    }
}
