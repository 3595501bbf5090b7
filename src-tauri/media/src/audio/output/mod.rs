//! Hearing: all participants mixed into one speaker.

mod limiter;
mod mixer;
mod receiver;
mod speaker;
mod voice;

use std::sync::{Arc, Mutex, PoisonError};

use self::mixer::Mixer;
pub use self::receiver::{AudioReceiveStatistics, AudioReceiver, Tap};
use self::voice::Voice;
use super::processing::EchoReference;
use super::replacement::Replacement;
use super::worker::Worker;
use crate::fault::{DeviceNotice, ReplaceTrackError};
use crate::source::SpeakerSpec;

/// What the handle and the thread `audio-out` share.
#[derive(Default)]
struct Shared {
    replacements: Mutex<Vec<Replacement<SpeakerSpec>>>,
    joining: Mutex<Vec<Voice>>,
    reference: EchoReference,
}

/// The speaker and who is heard through it. Owns the thread `audio-out`; dropping it ends the thread,
/// [`AudioOutput::close`] waits for that too.
pub struct AudioOutput {
    shared: Arc<Shared>,
    worker: Worker,
}

impl AudioOutput {
    /// An output to a speaker. While that can't be had, participants are decoded and levels shown nevertheless, and it
    /// is tried until it can. News of the speaker go to `events`, on the thread `audio-out`.
    pub fn new(speaker: SpeakerSpec, events: impl Fn(DeviceNotice) + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let worker = Worker::spawn("audio-out", move |closing| {
            Mixer::new(theirs, speaker, Box::new(events)).run(closing);
        });
        Self { shared, worker }
    }

    /// Puts another speaker in the place of the one in use. The new one is opened first, and the former one plays
    /// until it works; if it never does, the former one stays.
    ///
    /// `done` is called exactly once, on the thread `audio-out`. A later call supersedes an earlier one that is not
    /// done yet.
    pub fn replace_speaker(
        &self,
        speaker: SpeakerSpec,
        done: impl FnOnce(Result<(), ReplaceTrackError>) + Send + 'static,
    ) {
        let replacement = Replacement::new(speaker, done);
        self.shared.replacements.lock().unwrap_or_else(PoisonError::into_inner).push(replacement);
        self.worker.wake();
    }

    /// Adds somebody to the mix.
    #[must_use]
    pub fn add_participant(&self) -> AudioReceiver {
        let (receiver, voice) = Voice::pair();
        match voice {
            Ok(voice) => self.shared.joining.lock().unwrap_or_else(PoisonError::into_inner).push(voice),
            Err(error) => tracing::error!(%error, "no decoder for a participant's sound"),
        }
        receiver
    }

    /// What the speaker plays, for the sender whose microphone hears it; see
    /// [`AudioSender::beside_speaker`](super::AudioSender::beside_speaker).
    #[must_use]
    pub fn echo_reference(&self) -> EchoReference {
        self.shared.reference.clone()
    }

    /// Gives the speaker back and waits until it is; half a second for one that doesn't answer.
    pub fn close(self) {
        self.worker.close();
    }
}
