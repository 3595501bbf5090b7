//! The thread `audio-in`: asks the source in use for sound, and the one that is to take its place.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::Shared;
use super::chain::{Chain, Mute, Wishes};
use crate::audio::level::SILENCE_DBFS;
use crate::audio::processing::EchoReference;
use crate::audio::replacement::{Replacement, latest};
use crate::audio::source::{AudioSource, Lost, SourcePoll, open};
use crate::audio::worker::Closing;
use crate::fault::{DeviceFault, DeviceNotice, ReplaceTrackError};
use crate::frame::{AUDIO_FRAME_SAMPLES, AudioFrame};
use crate::source::MicrophoneSpec;

/// The longest nap, when there is nothing to do.
const NAP: Duration = Duration::from_millis(50);

/// A source that ended is opened again this often.
const RETRY: Duration = Duration::from_millis(500);

/// A source that gave way is opened again after this at the latest; the new one is given up before.
const GIVEN_WAY: Duration = Duration::from_secs(6);

/// After this long without sound the level is that of silence.
const QUIET: Duration = Duration::from_millis(100);

/// How long a device may take to be given back when all ends.
const CLOSING: Duration = Duration::from_millis(500);

/// Frames in one go: more only when the thread was kept from running, and then in turns.
const FRAMES_AT_ONCE: usize = 10;

type Events = Box<dyn Fn(DeviceNotice) + Send + Sync>;

/// The source in use.
struct Active {
    spec: MicrophoneSpec,
    /// `None` after it ended, until it is opened again.
    source: Option<Box<dyn AudioSource>>,
    retry_at: Instant,
    /// It ended, which was told, and gave nothing since.
    troubled: bool,
}

/// The source that is to take its place.
struct Candidate {
    replacement: Replacement<Option<MicrophoneSpec>>,
    spec: MicrophoneSpec,
    source: Box<dyn AudioSource>,
    former: Former,
}

/// What becomes of the source in use while another one is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Former {
    GoesOn,
    /// It had to give its device back, since both can't be open at once.
    GaveWay,
}

/// Begins to open a source.
type Opener = Box<dyn Fn(&MicrophoneSpec) -> Result<Box<dyn AudioSource>, DeviceFault>>;

pub(super) struct Capture {
    shared: Arc<Shared>,
    events: Events,
    opener: Opener,
    chain: Chain,
    active: Option<Active>,
    candidate: Option<Candidate>,
    frame: AudioFrame,
    heard: Instant,
}

impl Capture {
    pub(super) fn new(shared: Arc<Shared>, reference: EchoReference, events: Events) -> Option<Self> {
        Self::with_opener(shared, reference, events, Box::new(open))
    }

    fn with_opener(shared: Arc<Shared>, reference: EchoReference, events: Events, opener: Opener) -> Option<Self> {
        let chain = Chain::new(reference).inspect_err(|error| tracing::error!(%error, "no encoder for sound")).ok()?;
        Some(Self {
            shared,
            events,
            opener,
            chain,
            active: None,
            candidate: None,
            frame: AudioFrame { samples: [0.0; AUDIO_FRAME_SAMPLES] },
            heard: Instant::now(),
        })
    }

    pub(super) fn run(mut self, closing: &Closing) {
        while !closing.is_set() {
            let wait = self.turn(Instant::now());
            if !wait.is_zero() {
                std::thread::park_timeout(wait);
            }
        }
        drop(self.candidate);
        if let Some(source) = self.active.and_then(|active| active.source) {
            source.close(CLOSING);
        }
        // Requests that came last are answered by being dropped.
        self.shared.replacements.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Does what is to be done now, and says how long there is nothing.
    fn turn(&mut self, now: Instant) -> Duration {
        let requests = std::mem::take(&mut *self.shared.replacements.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(latest) = latest(requests) {
            self.begin(latest);
        }
        self.chain.expect_loss(self.shared.expected_loss_percent.load(Ordering::Relaxed));
        let wait = self.ask_candidate(now).min(self.ask_active(now));
        if now.saturating_duration_since(self.heard) > QUIET {
            self.show(SILENCE_DBFS, Mute::Open);
        }
        wait.min(NAP)
    }

    fn begin(&mut self, replacement: Replacement<Option<MicrophoneSpec>>) {
        if let Some(former) = self.candidate.take() {
            self.resume(former.former);
            former.replacement.answer(Err(ReplaceTrackError::Superseded));
        }
        let Some(spec) = replacement.spec.clone() else {
            self.active = None;
            replacement.answer(Ok(()));
            return;
        };
        // Some devices can be open only once.
        if self.active.as_ref().is_some_and(|active| active.spec == spec && active.is_well()) {
            replacement.answer(Ok(()));
            return;
        }
        self.try_source(replacement, spec, Former::GoesOn);
    }

    fn try_source(&mut self, replacement: Replacement<Option<MicrophoneSpec>>, spec: MicrophoneSpec, former: Former) {
        match (self.opener)(&spec) {
            Ok(source) => self.candidate = Some(Candidate { replacement, spec, source, former }),
            Err(fault) => self.refuse(replacement, fault, former),
        }
    }

    /// The new source can't be had: the former one goes on.
    fn refuse(&mut self, replacement: Replacement<Option<MicrophoneSpec>>, fault: DeviceFault, former: Former) {
        self.resume(former);
        replacement.answer(Err(fault.into()));
    }

    /// Has the source in use opened again, if it gave way.
    fn resume(&mut self, former: Former) {
        if let Some(active) = self.active.as_mut().filter(|_| former == Former::GaveWay) {
            active.retry_at = Instant::now();
        }
    }

    /// Has the active device given back, if the one that is busy may be the same under another name.
    fn make_way(&mut self, now: Instant, wanted: &MicrophoneSpec) -> Former {
        let (MicrophoneSpec::Device(_), Some(active)) = (wanted, &mut self.active) else { return Former::GoesOn };
        match (&active.spec, active.source.take()) {
            (MicrophoneSpec::Device(_), Some(source)) => {
                source.close(CLOSING);
                active.retry_at = now + GIVEN_WAY;
                Former::GaveWay
            }
            (_, source) => {
                active.source = source;
                Former::GoesOn
            }
        }
    }

    fn ask_candidate(&mut self, now: Instant) -> Duration {
        let Some(mut candidate) = self.candidate.take() else { return NAP };
        let fault = match candidate.source.poll(now, &mut self.frame) {
            Ok(SourcePoll::Frame) => {
                self.active = Some(Active {
                    spec: candidate.spec,
                    source: Some(candidate.source),
                    retry_at: now,
                    troubled: false,
                });
                candidate.replacement.answer(Ok(()));
                self.chain.lose(Lost::Unknown);
                self.pass_on(now);
                return Duration::ZERO;
            }
            Ok(_) if candidate.replacement.is_overdue(now) => DeviceFault::Stalled,
            Ok(SourcePoll::Wait(wait)) => {
                self.candidate = Some(candidate);
                return wait;
            }
            Ok(SourcePoll::Lost(_) | SourcePoll::Notice(_)) => {
                self.candidate = Some(candidate);
                return Duration::ZERO;
            }
            Err(fault) => fault,
        };
        let Candidate { replacement, spec, former, .. } = candidate;
        if fault == DeviceFault::Busy && former == Former::GoesOn && self.make_way(now, &spec) == Former::GaveWay {
            self.try_source(replacement, spec, Former::GaveWay);
            return Duration::ZERO;
        }
        self.refuse(replacement, fault, former);
        NAP
    }

    fn ask_active(&mut self, now: Instant) -> Duration {
        for _ in 0..FRAMES_AT_ONCE {
            let Some(active) = &mut self.active else { return NAP };
            match active.poll(now, &self.opener, &mut self.frame) {
                Ok(SourcePoll::Frame) => {
                    if std::mem::take(&mut active.troubled) {
                        (self.events)(DeviceNotice::Recovered);
                    }
                    self.pass_on(now);
                }
                Ok(SourcePoll::Wait(wait)) => return wait,
                Ok(SourcePoll::Lost(lost)) => self.chain.lose(lost),
                Ok(SourcePoll::Notice(notice)) => (self.events)(notice),
                Err(fault) => {
                    active.source = None;
                    active.retry_at = now + RETRY;
                    if !std::mem::replace(&mut active.troubled, true) {
                        (self.events)(DeviceNotice::Fault(fault));
                    }
                }
            }
        }
        Duration::ZERO
    }

    fn pass_on(&mut self, now: Instant) {
        let muted = self.shared.muted.load(Ordering::Relaxed);
        let wishes = Wishes {
            mute: if muted { Mute::Muted } else { Mute::Open },
            processing: *self.shared.processing.lock().unwrap_or_else(PoisonError::into_inner),
        };
        let level = self.chain.frame(now, &mut self.frame, wishes, &self.shared.sinks);
        self.heard = now;
        self.show(level, wishes.mute);
    }

    fn show(&self, level_dbfs: f32, mute: Mute) {
        let (sent, unsent) = match mute {
            Mute::Open => (level_dbfs, SILENCE_DBFS),
            Mute::Muted => (SILENCE_DBFS, level_dbfs),
        };
        self.shared.level_dbfs.store(sent.to_bits(), Ordering::Relaxed);
        self.shared.muted_level_dbfs.store(unsent.to_bits(), Ordering::Relaxed);
    }
}

impl Active {
    fn is_well(&self) -> bool {
        self.source.is_some() && !self.troubled
    }

    fn poll(&mut self, now: Instant, opener: &Opener, frame: &mut AudioFrame) -> Result<SourcePoll, DeviceFault> {
        if self.source.is_none() {
            if now < self.retry_at {
                return Ok(SourcePoll::Wait(self.retry_at - now));
            }
            self.source = Some(opener(&self.spec)?);
        }
        match &mut self.source {
            Some(source) => source.poll(now, frame),
            None => Ok(SourcePoll::Wait(RETRY)),
        }
    }
}

#[cfg(test)]
#[path = "capture_tests.rs"]
mod tests;
