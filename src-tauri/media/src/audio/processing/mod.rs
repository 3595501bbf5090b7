//! What makes a microphone pleasant to listen to: no echo of the speaker, less noise, an even level.
//!
//! The work is done by `sonora`, a port of WebRTC's audio processing: AEC3, its noise suppression and AGC2, each in an
//! instance of its own, so that switching one leaves the others as they are.

mod alignment;
mod distance;
mod effect;
mod engine;
mod processor;
mod reference;
mod settings;
mod stages;

#[cfg(test)]
mod echo_tests;
#[cfg(test)]
mod test_room;
#[cfg(test)]
pub(super) mod test_sound;
#[cfg(test)]
mod voice_tests;

pub use processor::Processor;
pub use reference::{Before, EchoReference, Place};
pub use settings::{SoundProcessing, Switch};
