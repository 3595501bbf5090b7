//! Whatever gives sound: a microphone, a file, a tone.

mod microphone;
mod pace;
mod tone;
mod wav;

use std::time::{Duration, Instant};

pub(crate) use self::pace::Pace;
use crate::fault::{DeviceFault, DeviceNotice};
use crate::frame::AudioFrame;
use crate::source::MicrophoneSpec;

/// What a source has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourcePoll {
    /// The frame is filled with the next 10 ms.
    Frame,
    /// Nothing yet; it is worth asking again after this.
    Wait(Duration),
    /// Something was lost before the next frame. Ask again at once.
    Lost(Lost),
    /// Nothing yet, but news. Ask again at once.
    Notice(DeviceNotice),
}

/// How much of its sound a source lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// So many samples at 48 kHz.
    Samples(usize),
    /// Nobody knows: its device was opened, for the first time or anew.
    Unknown,
}

/// Whatever gives sound, at its own pace. Never blocks: one thread asks the source in use and the one to come.
pub trait AudioSource: Send {
    /// Fills `frame` with the next 10 ms, if they are there. The first frame proves that the source works; a device
    /// that fails later looks after itself and says so by notices.
    ///
    /// # Errors
    /// The fault that ended the source. It is then dropped.
    fn poll(&mut self, now: Instant, frame: &mut AudioFrame) -> Result<SourcePoll, DeviceFault>;

    /// Gives back what it holds, waiting so long for the system at most. Dropping it does the same without waiting.
    fn close(self: Box<Self>, patience: Duration);
}

/// Begins to open a source.
pub(crate) fn open(spec: &MicrophoneSpec) -> Result<Box<dyn AudioSource>, DeviceFault> {
    Ok(match spec {
        MicrophoneSpec::Tone { hz } => Box::new(tone::Tone::new(*hz)),
        MicrophoneSpec::File(path) => Box::new(wav::WavFile::open(path)?),
        MicrophoneSpec::Device(name) => Box::new(microphone::Microphone::open(name.clone())),
    })
}
