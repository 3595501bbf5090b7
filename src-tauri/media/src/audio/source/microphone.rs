//! A microphone.

use std::time::{Duration, Instant};

use super::{AudioSource, Lost, SourcePoll};
use crate::audio::device::{Capture, DeviceLine, LinePoll, Resolve};
use crate::audio::resample::{ToFrames, in_frames};
use crate::fault::DeviceFault;
use crate::frame::AudioFrame;

/// Callbacks can't wake anyone (that would be a system call): the ring is looked at this often.
const LOOK: Duration = Duration::from_millis(3);

/// With more than a fifth of a second in the ring its reader was away; all but the last fiftieth is dropped.
const STALE: usize = 5;
const FRESH: usize = 50;

pub(super) struct Microphone {
    line: DeviceLine<Capture>,
    rate_hz: usize,
    to_frames: Option<ToFrames>,
    samples: Vec<f32>,
    /// Samples that were too old to be of use, and how many lost ones were told of.
    dropped: u64,
    told: u64,
}

impl Microphone {
    /// Begins to open a microphone by name, or the default one.
    pub(super) fn open(name: Option<String>) -> Self {
        let line = DeviceLine::open(name, Resolve::GiveUp);
        Self { line, rate_hz: 0, to_frames: None, samples: Vec::new(), dropped: 0, told: 0 }
    }
}

impl AudioSource for Microphone {
    fn poll(&mut self, now: Instant, frame: &mut AudioFrame) -> Result<SourcePoll, DeviceFault> {
        match self.line.poll(now)? {
            LinePoll::Quiet => {}
            LinePoll::Notice(notice) => return Ok(SourcePoll::Notice(notice)),
            LinePoll::Opened { rate_hz } => {
                self.rate_hz = rate_hz as usize;
                self.to_frames = Some(ToFrames::new(rate_hz)?);
                (self.dropped, self.told) = (0, 0);
                return Ok(SourcePoll::Lost(Lost::Unknown));
            }
        }
        let (Some((ring, signals)), Some(to_frames)) = (self.line.end(), &mut self.to_frames) else {
            return Ok(SourcePoll::Wait(LOOK));
        };
        if ring.slots() > self.rate_hz / STALE {
            let old = ring.slots() - self.rate_hz / FRESH;
            if let Ok(chunk) = ring.read_chunk(old) {
                chunk.commit_all();
                self.dropped += old as u64;
            }
        }
        let lost = self.dropped + signals.missing();
        let told = std::mem::replace(&mut self.told, lost);
        if let Some(news @ 1..) = lost.checked_sub(told) {
            return Ok(SourcePoll::Lost(Lost::Samples(in_frames(news, self.rate_hz))));
        }
        let Ok(chunk) = ring.read_chunk(to_frames.needs()) else {
            return Ok(SourcePoll::Wait(LOOK));
        };
        let (front, back) = chunk.as_slices();
        self.samples.clear();
        // Drivers are known to deliver what is no number.
        let numbers = front.iter().chain(back).map(|sample| if sample.is_finite() { *sample } else { 0.0 });
        self.samples.extend(numbers);
        chunk.commit_all();
        to_frames.convert(&self.samples, frame);
        Ok(SourcePoll::Frame)
    }

    fn close(self: Box<Self>, patience: Duration) {
        self.line.close(patience);
    }
}
