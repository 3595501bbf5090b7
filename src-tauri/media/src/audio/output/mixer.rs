//! The thread `audio-out`: mixes the participants at the pace of the speaker.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::Shared;
use super::limiter::Limiter;
use super::speaker::{Audibility, Speaker, SpeakerPoll};
use super::voice::Voice;
use crate::audio::device::Resolve;
use crate::audio::replacement::{Replacement, latest};
use crate::audio::worker::Closing;
use crate::fault::{DeviceFault, DeviceNotice, ReplaceTrackError};
use crate::frame::{AUDIO_FRAME_SAMPLES, AudioFrame};
use crate::source::SpeakerSpec;

/// How long a device may take to be given back when all ends.
const CLOSING: Duration = Duration::from_millis(500);

/// A new speaker is looked at this often.
const LOOK: Duration = Duration::from_millis(10);

/// Frames in one go: more only when the thread was kept from running, and then in turns.
const FRAMES_AT_ONCE: usize = 10;

type Events = Box<dyn Fn(DeviceNotice) + Send + Sync>;

/// The speaker that is to take the place of the one in use.
struct Candidate {
    replacement: Replacement<SpeakerSpec>,
    speaker: Speaker,
    /// The one in use, which had to give its device back since both can't be open at once.
    gave_way: Option<SpeakerSpec>,
}

pub(super) struct Mixer {
    shared: Arc<Shared>,
    events: Events,
    speaker: Speaker,
    candidate: Option<Candidate>,
    voices: Vec<Voice>,
    limiter: Limiter,
}

impl Mixer {
    pub(super) fn new(shared: Arc<Shared>, speaker: SpeakerSpec, events: Events) -> Self {
        Self {
            shared,
            events,
            speaker: Speaker::open(speaker, Resolve::Insist),
            candidate: None,
            voices: Vec::new(),
            limiter: Limiter::default(),
        }
    }

    pub(super) fn run(mut self, closing: &Closing) {
        while !closing.is_set() {
            let wait = self.turn(Instant::now());
            if !wait.is_zero() {
                std::thread::park_timeout(wait);
            }
        }
        self.speaker.close(CLOSING);
        // Requests that came last are answered by being dropped.
        self.shared.replacements.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Does what is to be done now, and says how long there is nothing.
    fn turn(&mut self, now: Instant) -> Duration {
        let requests = std::mem::take(&mut *self.shared.replacements.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(latest) = latest(requests) {
            self.begin(latest);
        }
        self.ask_candidate(now);
        self.voices.append(&mut self.shared.joining.lock().unwrap_or_else(PoisonError::into_inner));
        self.voices.retain(|voice| !voice.is_removed());
        let wait = self.ask_speaker(now);
        if self.candidate.is_some() { wait.min(LOOK) } else { wait }
    }

    fn begin(&mut self, replacement: Replacement<SpeakerSpec>) {
        if let Some(former) = self.candidate.take() {
            self.refuse(former, ReplaceTrackError::Superseded);
        }
        // Some devices can be open only once.
        if replacement.spec == self.speaker.spec && self.speaker.is_proven() {
            replacement.answer(Ok(()));
            return;
        }
        let speaker = Speaker::open(replacement.spec.clone(), Resolve::GiveUp);
        self.candidate = Some(Candidate { replacement, speaker, gave_way: None });
    }

    /// The new speaker does not come: the former one goes on.
    fn refuse(&mut self, candidate: Candidate, error: ReplaceTrackError) {
        if let Some(spec) = candidate.gave_way {
            self.speaker = Speaker::open(spec, Resolve::Insist);
        }
        candidate.replacement.answer(Err(error));
    }

    /// Has the speaker in use given back, and tries again: the one that is busy may be the same under another name.
    fn make_way(&mut self, candidate: Candidate) {
        let former = std::mem::replace(&mut self.speaker, Speaker::open(SpeakerSpec::Null, Resolve::Insist));
        let gave_way = Some(former.spec.clone());
        former.close(CLOSING);
        let speaker = Speaker::open(candidate.replacement.spec.clone(), Resolve::GiveUp);
        self.candidate = Some(Candidate { speaker, gave_way, ..candidate });
    }

    fn ask_candidate(&mut self, now: Instant) {
        let Some(mut candidate) = self.candidate.take() else {
            return;
        };
        if candidate.speaker.is_proven() {
            self.speaker = candidate.speaker;
            candidate.replacement.answer(Ok(()));
            return;
        }
        match candidate.speaker.poll(now) {
            Err(DeviceFault::Busy) if candidate.gave_way.is_none() && self.speaker.is_device() => {
                self.make_way(candidate);
            }
            Err(fault) => self.refuse(candidate, fault.into()),
            Ok(_) if candidate.replacement.is_overdue(now) => self.refuse(candidate, DeviceFault::Stalled.into()),
            Ok(_) => self.candidate = Some(candidate),
        }
    }

    fn ask_speaker(&mut self, now: Instant) -> Duration {
        for _ in 0..FRAMES_AT_ONCE {
            match self.speaker.poll(now) {
                Ok(SpeakerPoll::Wants) => {
                    let mix = self.mix(now);
                    self.play(now, &mix);
                }
                Ok(SpeakerPoll::Wait(wait)) => return wait,
                Ok(SpeakerPoll::Notice(notice)) => (self.events)(notice),
                // It played once, so it isn't given up; a rate that nothing has is all that can come.
                Err(fault) => {
                    (self.events)(DeviceNotice::Fault(fault));
                    self.speaker = Speaker::open(SpeakerSpec::Null, Resolve::Insist);
                }
            }
        }
        Duration::ZERO
    }

    fn mix(&mut self, now: Instant) -> AudioFrame {
        let mut mix = AudioFrame { samples: [0.0; AUDIO_FRAME_SAMPLES] };
        for voice in &mut self.voices {
            voice.mix_into(now, &mut mix);
        }
        self.limiter.process(&mut mix);
        mix
    }

    /// What passes here is what the person hears, and so all that a microphone can hear of it: the echo canceller's
    /// reference.
    fn play(&mut self, now: Instant, mix: &AudioFrame) {
        if let Audibility::Audible(place) = self.speaker.play(mix) {
            self.shared.reference.played(now, place, mix);
        }
    }
}
