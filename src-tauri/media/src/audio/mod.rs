//! Sound between a microphone and a link, and between links and a speaker.

pub mod codec;
mod device;
pub mod jitter_buffer;
pub mod level;
mod output;
pub mod processing;
mod replacement;
mod resample;
mod sender;
pub mod source;
mod worker;

pub use device::{microphones, speakers};
pub use jitter_buffer::AudioPacket;
pub use output::{AudioOutput, AudioReceiveStatistics, AudioReceiver, Tap};
pub use processing::{EchoReference, SoundProcessing, Switch};
pub use sender::{AudioSender, AudioSubscription, EncodedAudioPacket, EncodedAudioSink};
