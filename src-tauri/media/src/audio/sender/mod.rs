//! Sending sound: one encoder for all links, and whatever source is in use above it.

mod capture;
mod chain;
mod clock;
mod sinks;

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use self::capture::Capture;
use self::sinks::Sinks;
pub use self::sinks::{AudioSubscription, EncodedAudioPacket, EncodedAudioSink};
use super::codec::FIRST_EXPECTED_LOSS_PERCENT;
use super::level::SILENCE_DBFS;
use super::processing::{EchoReference, SoundProcessing};
use super::replacement::Replacement;
use super::worker::Worker;
use crate::fault::{DeviceNotice, ReplaceTrackError};
use crate::source::MicrophoneSpec;

/// What the handle and the thread `audio-in` share.
struct Shared {
    replacements: Mutex<Vec<Replacement<Option<MicrophoneSpec>>>>,
    muted: AtomicBool,
    processing: Mutex<SoundProcessing>,
    expected_loss_percent: AtomicU8,
    level_dbfs: AtomicU32,
    muted_level_dbfs: AtomicU32,
    sinks: Arc<Sinks>,
}

/// One participant's own sound: a source, what is done to its sound, its level, an encoder. Owns the thread `audio-in`; dropping it ends the
/// thread, [`AudioSender::close`] waits for that too.
pub struct AudioSender {
    shared: Arc<Shared>,
    worker: Worker,
}

impl AudioSender {
    /// A sender without a source, whose microphone hears no speaker of ours. News of the source in use go to `events`,
    /// on the thread `audio-in`.
    pub fn new(events: impl Fn(DeviceNotice) + Send + Sync + 'static) -> Self {
        Self::beside_speaker(EchoReference::default(), events)
    }

    /// The same for a microphone that hears the speaker of the [`AudioOutput`](super::AudioOutput) that `reference` is
    /// of: what that plays can be taken out again.
    pub fn beside_speaker(reference: EchoReference, events: impl Fn(DeviceNotice) + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared {
            replacements: Mutex::default(),
            muted: AtomicBool::new(false),
            processing: Mutex::default(),
            expected_loss_percent: AtomicU8::new(FIRST_EXPECTED_LOSS_PERCENT),
            level_dbfs: AtomicU32::new(SILENCE_DBFS.to_bits()),
            muted_level_dbfs: AtomicU32::new(SILENCE_DBFS.to_bits()),
            sinks: Arc::default(),
        });
        let theirs = Arc::clone(&shared);
        let worker = Worker::spawn("audio-in", move |closing| {
            if let Some(capture) = Capture::new(theirs, reference, Box::new(events)) {
                capture.run(closing);
            }
        });
        Self { shared, worker }
    }

    /// Puts another source in the place of the one in use, as `RTCRtpSender.replaceTrack` does: timestamps go on, and
    /// receivers hear another sound, nothing else. The new source is opened first, and the former one is sent until
    /// the first sound of the new one is there; if that never comes, the former one stays. `None` stops sending.
    ///
    /// `done` is called exactly once, on the thread `audio-in`. A later call supersedes an earlier one that is not
    /// done yet.
    pub fn replace_track(
        &self,
        source: Option<MicrophoneSpec>,
        done: impl FnOnce(Result<(), ReplaceTrackError>) + Send + 'static,
    ) {
        let replacement = Replacement::new(source, done);
        self.shared.replacements.lock().unwrap_or_else(PoisonError::into_inner).push(replacement);
        self.worker.wake();
    }

    /// Silences the source, or lets it be heard. Muted, nothing is sent; the source is kept.
    pub fn set_muted(&self, muted: bool) {
        self.shared.muted.store(muted, Ordering::Relaxed);
    }

    /// Has the source's sound processed in this way, whatever source it is; at first it isn't processed. Takes effect by a
    /// fade while the sound goes on, and stays over changes of the source.
    pub fn set_processing(&self, processing: SoundProcessing) {
        *self.shared.processing.lock().unwrap_or_else(PoisonError::into_inner) = processing;
    }

    /// Adds somebody who gets packets.
    #[must_use]
    pub fn attach(&self, sink: Arc<dyn EncodedAudioSink>) -> AudioSubscription {
        self.shared.sinks.attach(&sink)
    }

    /// How loud the source is at the moment, after processing, as [`super::level`] counts; silent when muted.
    #[must_use]
    pub fn level_dbfs(&self) -> f32 {
        f32::from_bits(self.shared.level_dbfs.load(Ordering::Relaxed))
    }

    /// How loud the source is at the moment while it is muted and nobody hears it, after processing: somebody may be
    /// talking without knowing. Silent when not muted.
    #[must_use]
    pub fn muted_level_dbfs(&self) -> f32 {
        f32::from_bits(self.shared.muted_level_dbfs.load(Ordering::Relaxed))
    }

    /// How many of a hundred packets are expected to be lost: the more, the more bits go into redundant copies. Ten
    /// are until this is called; with zero, no copies are sent.
    pub fn set_expected_loss(&self, percent: u8) {
        self.shared.expected_loss_percent.store(percent, Ordering::Relaxed);
    }

    /// Gives the source back and waits until it is; half a second for a device that doesn't answer.
    pub fn close(self) {
        self.worker.close();
    }
}
