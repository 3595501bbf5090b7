//! Microphones and speakers, by cpal; those of a PulseAudio server are listed by it and streamed by [`pulse`].
//!
//! The system's calls may hang for as long as the sound server does, so they are made on threads of their own (one a
//! stream, one a listing), which nobody waits for longer than he can afford. See [`stream`].

#[cfg(target_os = "linux")]
mod cookie;
mod format;
mod host;
mod line;
mod listing;
#[cfg(target_os = "linux")]
mod pulse;
mod stream;
mod supervisor;

pub(crate) use self::line::{DeviceLine, LinePoll};
pub use self::listing::{microphones, speakers};
pub(crate) use self::stream::{Capture, Playback};
pub(crate) use self::supervisor::Resolve;
