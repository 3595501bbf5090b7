//! What the speaker plays, on its way from the thread `audio-out` to the thread `audio-in`.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::frame::AudioFrame;

/// Frames between two looks of the reader: 640 ms. With more, the oldest go.
const FRAMES: usize = 64;

/// Where a frame comes among what a speaker plays. In samples at 48 kHz, whatever the speaker's rate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// What came before it.
    pub before: Before,
    /// What the speaker has to play until it is through with it.
    pub queued: usize,
}

/// What a speaker played between two frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// So many samples of silence, for lack of sound; none if the former frame came right before.
    Silence(usize),
    /// Nothing that is known: the speaker is another one, or was opened anew.
    Opening,
}

impl Default for Before {
    fn default() -> Self {
        Self::Silence(0)
    }
}

/// 10 ms that went to the speaker.
#[derive(Debug, Clone)]
pub(super) struct Played {
    /// Counts frames from the first on; one that is missing was dropped.
    pub(super) number: u64,
    /// When the frame was handed to the speaker, which plays it some time later.
    pub(super) at: Instant,
    pub(super) place: Place,
    pub(super) frame: AudioFrame,
}

#[derive(Default)]
struct Ring {
    played: VecDeque<Played>,
    next: u64,
}

/// What an [`AudioOutput`](crate::audio::AudioOutput) plays, for the one
/// [`AudioSender`](crate::audio::AudioSender) whose microphone hears it. Holds the newest 640 ms; the writer never waits,
/// and neither end holds the lock for longer than it takes to copy a frame. While no speaker is open nothing comes.
#[derive(Clone, Default)]
pub struct EchoReference {
    ring: Arc<Mutex<Ring>>,
}

impl EchoReference {
    /// Takes a frame that was handed to the speaker now.
    pub fn played(&self, now: Instant, place: Place, frame: &AudioFrame) {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        if ring.played.len() >= FRAMES {
            ring.played.pop_front();
        }
        let number = ring.next;
        ring.next += 1;
        ring.played.push_back(Played { number, at: now, place, frame: frame.clone() });
    }

    /// The oldest frame that was not taken.
    pub(super) fn take(&self) -> Option<Played> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner).played.pop_front()
    }

    /// Drops what was not taken.
    pub(super) fn forget(&self) {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner).played.clear();
    }
}

impl fmt::Debug for EchoReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EchoReference").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::AUDIO_FRAME_SAMPLES;

    #[test]
    fn the_newest_is_kept_when_nobody_reads_and_what_is_missing_can_be_told() {
        let (reference, now) = (EchoReference::default(), Instant::now());
        for number in 0..1_000_u16 {
            reference.played(now, Place::default(), &AudioFrame { samples: [f32::from(number); AUDIO_FRAME_SAMPLES] });
        }
        let taken: Vec<Played> = std::iter::from_fn(|| reference.take()).collect();
        assert_eq!(taken.len(), FRAMES);
        assert_eq!((taken[0].number, taken[0].frame.samples[0]), (936, 936.0));
        assert_eq!((taken[63].number, taken[63].frame.samples[0]), (999, 999.0));
        reference.played(now, Place::default(), &AudioFrame { samples: [0.0; AUDIO_FRAME_SAMPLES] });
        assert_eq!(reference.take().map(|played| played.number), Some(1_000));
    }
}
