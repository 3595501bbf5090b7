//! Sound between a microphone and a link, and between links and a speaker.

pub mod codec;
pub mod jitter_buffer;
pub mod level;
