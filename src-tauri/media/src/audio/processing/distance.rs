//! How far the reading of the reference lies behind what the speaker plays, and what that says of clocks and losses.

use std::collections::VecDeque;

use crate::clock::AUDIO_CLOCK_HZ;

const RATE: f64 = AUDIO_CLOCK_HZ as f64;

/// Distances are means over about so many frames: 2 s, in which lumps and the beat of two threads' naps even out.
const SMOOTHING: u16 = 200;

/// A tenth of an offset is made good in a second, so that clocks 200 ppm apart settle at an offset of 2 ms.
const PACE_OF_OFFSET: f64 = 0.1 / RATE;

/// No two devices' clocks are further apart.
const MOST_PACE: f64 = 500e-6;

/// From this offset on sound was lost, and no clock is to blame: 20 ms.
const LOST: f64 = 0.020 * RATE;

/// Frames whose median tells of a loss: 0.64 s. A thread that was kept from running for a while doesn't move it.
const RECENT: usize = 64;

/// The distance to keep, by both measures.
#[derive(Debug, Clone, Copy)]
struct Settled {
    mean: f64,
    median: f64,
}

/// Distances in samples at 48 kHz, one measured with each frame.
#[derive(Debug, Clone, Default)]
pub(super) struct Distance {
    mean: f64,
    /// Frames in the mean.
    frames: u16,
    recent: VecDeque<f64>,
    settled: Option<Settled>,
}

impl Distance {
    /// Takes the distance of another frame.
    pub(super) fn follow(&mut self, distance: f64) {
        self.frames = (self.frames + 1).min(SMOOTHING);
        self.mean += (distance - self.mean) / f64::from(self.frames);
        if self.recent.len() >= RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(distance);
        if self.frames == SMOOTHING && self.settled.is_none() {
            // Where the two disagree something was lost just now.
            let median = self.median().filter(|median| (median - self.mean).abs() < LOST / 2.0);
            self.settled = median.map(|median| Settled { mean: self.mean, median });
        }
    }

    /// Whether it is known how far to stay behind.
    pub(super) fn is_settled(&self) -> bool {
        self.settled.is_some()
    }

    /// The distance that is kept, or what is known of it.
    pub(super) fn lag(&self) -> f64 {
        self.settled.map_or(self.mean, |settled| settled.mean)
    }

    /// By how much the reading has to go on, or back, since sound was lost on the way.
    pub(super) fn jump(&self) -> Option<f64> {
        let settled = self.settled?;
        let lost = self.median()? - settled.median;
        (lost.abs() >= LOST).then_some(lost)
    }

    /// The reading did, as far as it could.
    pub(super) fn jumped(&mut self) {
        self.mean = self.lag();
        self.recent.clear();
    }

    /// Samples of the reference for each sample of the microphone.
    pub(super) fn pace(&self) -> f64 {
        let offset = self.settled.map_or(0.0, |settled| self.mean - settled.mean);
        1.0 + (offset * PACE_OF_OFFSET).clamp(-MOST_PACE, MOST_PACE)
    }

    /// `None` until there is enough for one.
    fn median(&self) -> Option<f64> {
        if self.recent.len() < RECENT {
            return None;
        }
        // Once for each frame, so without asking for memory.
        let mut some_order = [0.0; RECENT];
        some_order.iter_mut().zip(&self.recent).for_each(|(to, from)| *to = *from);
        let (_, median, _) = some_order.select_nth_unstable_by(RECENT / 2, f64::total_cmp);
        Some(*median)
    }
}
