//! Where the mix goes, and how fast it is wanted: at the speaker's pace, or at that of the clock where there is none.

use std::time::{Duration, Instant};

use crate::audio::device::{DeviceLine, LinePoll, Playback, Resolve};
use crate::audio::processing::{Before, Place};
use crate::audio::resample::{FromFrames, in_frames};
use crate::audio::source::Pace;
use crate::fault::{DeviceFault, DeviceNotice};
use crate::frame::AudioFrame;
use crate::source::SpeakerSpec;

/// Callbacks can't wake anyone (that would be a system call): the ring is looked at this often.
const LOOK: Duration = Duration::from_millis(3);

/// A speaker that wanted nothing for this long may have stalled. Participants are heard on, into nothing, lest their
/// sound pile up.
const PATIENCE: Duration = Duration::from_millis(60);

/// Kept in the ring: 20 ms, and 10 ms more, up to 100 ms, each time it ran dry; 5 ms less after 20 s without that.
const LEAST_MS: usize = 20;
const MOST_MS: usize = 100;
const MORE_MS: usize = 10;
const LESS_MS: usize = 5;
const CALM: Duration = Duration::from_secs(20);

/// What a speaker has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SpeakerPoll {
    /// It wants 10 ms.
    Wants,
    /// Not yet.
    Wait(Duration),
    /// News for the person. Ask again at once.
    Notice(DeviceNotice),
}

/// Whether somebody hears what is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audibility {
    /// It went to a device, and comes there.
    Audible(Place),
    /// There is none that takes it.
    Inaudible,
}

/// A speaker, or none.
pub(super) struct Speaker {
    pub(super) spec: SpeakerSpec,
    device: Option<Device>,
    pace: Pace,
    wanted: Instant,
    /// What is asked for goes into the ring.
    audible: bool,
}

struct Device {
    line: DeviceLine<Playback>,
    from_frames: Option<FromFrames>,
    rate_hz: usize,
    kept_ms: usize,
    missing: Option<u64>,
    /// What it had lacked when it was given sound last.
    placed: Option<u64>,
    calm_since: Instant,
}

impl Speaker {
    /// Begins to open a speaker.
    pub(super) fn open(spec: SpeakerSpec, resolve: Resolve) -> Self {
        let now = Instant::now();
        let device = match &spec {
            SpeakerSpec::Null => None,
            SpeakerSpec::Device(name) => Some(Device {
                line: DeviceLine::open(name.clone(), resolve),
                from_frames: None,
                rate_hz: 0,
                kept_ms: LEAST_MS,
                missing: None,
                placed: None,
                calm_since: now,
            }),
        };
        Self { spec, device, pace: Pace::default(), wanted: now, audible: false }
    }

    /// Asks whether sound is wanted; never blocks.
    ///
    /// # Errors
    /// The fault for which a speaker that never worked is given up.
    pub(super) fn poll(&mut self, now: Instant) -> Result<SpeakerPoll, DeviceFault> {
        let wants = match &mut self.device {
            None => None,
            Some(device) => {
                if let Some(notice) = device.look_after(now)? {
                    return Ok(SpeakerPoll::Notice(notice));
                }
                device.wants(now)
            }
        };
        match wants {
            Some(true) => {
                self.pace = Pace::default();
                self.wanted = now;
                self.audible = true;
                Ok(SpeakerPoll::Wants)
            }
            Some(false) if now.saturating_duration_since(self.wanted) < PATIENCE => Ok(SpeakerPoll::Wait(LOOK)),
            other => {
                self.audible = false;
                let wait = self.pace.take(now).err();
                let look = if other.is_some() || self.device.is_some() { LOOK } else { Duration::MAX };
                Ok(wait.map_or(SpeakerPoll::Wants, |wait| SpeakerPoll::Wait(wait.min(look))))
            }
        }
    }

    /// Whether it plays, or has nothing that could.
    pub(super) fn is_proven(&mut self) -> bool {
        self.device.as_mut().is_none_or(|device| device.line.end().is_some())
    }

    /// Whether it is one, and not the clock that stands in for none.
    pub(super) fn is_device(&self) -> bool {
        self.device.is_some()
    }

    /// Plays what it wanted.
    pub(super) fn play(&mut self, mix: &AudioFrame) -> Audibility {
        match self.device.as_mut().filter(|_| self.audible) {
            Some(device) => device.play(mix),
            None => Audibility::Inaudible,
        }
    }

    /// Gives the speaker back, waiting so long for the system at most.
    pub(super) fn close(self, patience: Duration) {
        if let Some(device) = self.device {
            device.line.close(patience);
        }
    }
}

impl Device {
    fn look_after(&mut self, now: Instant) -> Result<Option<DeviceNotice>, DeviceFault> {
        match self.line.poll(now)? {
            LinePoll::Quiet => Ok(None),
            LinePoll::Notice(notice) => Ok(Some(notice)),
            LinePoll::Opened { rate_hz } => {
                self.rate_hz = rate_hz as usize;
                self.from_frames = Some(FromFrames::new(rate_hz)?);
                (self.missing, self.placed) = (None, None);
                Ok(None)
            }
        }
    }

    /// Whether the ring lacks sound; `None` when there is no ring.
    fn wants(&mut self, now: Instant) -> Option<bool> {
        let (ring, signals) = self.line.end()?;
        let filled = ring.buffer().capacity() - ring.slots();
        let in_10_ms = self.rate_hz / 100;
        // A device that takes much at once needs that much, and what it takes until the ring is looked at again.
        let kept = (self.rate_hz * self.kept_ms / 1_000).max(signals.largest() + in_10_ms);
        let wants = filled < kept;
        match self.missing {
            // What was missing before the ring was filled first is of no interest.
            None if !wants => self.missing = Some(signals.missing()),
            Some(missing) if missing != signals.missing() => {
                self.missing = Some(signals.missing());
                self.kept_ms = (self.kept_ms + MORE_MS).min(MOST_MS);
                self.calm_since = now;
            }
            _ if now.saturating_duration_since(self.calm_since) > CALM => {
                self.kept_ms = self.kept_ms.saturating_sub(LESS_MS).max(LEAST_MS);
                self.calm_since = now;
            }
            _ => {}
        }
        Some(wants)
    }

    fn play(&mut self, mix: &AudioFrame) -> Audibility {
        let (Some((ring, signals)), Some(from_frames)) = (self.line.end(), &mut self.from_frames) else {
            return Audibility::Inaudible;
        };
        let samples = from_frames.convert(mix);
        // It lacked sound, so there is room.
        let _ = ring.push_partial_slice(samples);
        let (queued, missing) = (ring.buffer().capacity() - ring.slots(), signals.missing());
        let before = self
            .placed
            .replace(missing)
            .map_or(Before::Opening, |placed| Before::Silence(in_frames(missing.saturating_sub(placed), self.rate_hz)));
        Audibility::Audible(Place { before, queued: in_frames(queued as u64, self.rate_hz) })
    }
}
