//! The buffer's clock: the samples it was asked for.
//!
//! Both the moments when packets come and the moments when they are played are measured on it, so that the drift
//! between the sender's clock and the speaker's shows as a change of delay, and a speaker that asks in bursts doesn't
//! look like jitter of the network.

use std::time::{Duration, Instant};

use crate::clock::AUDIO_CLOCK_HZ;
use crate::frame::AUDIO_FRAME_SAMPLES;

/// When nobody asked for this long, time went on nevertheless.
const STALL: Duration = Duration::from_millis(100);

/// The longest stall that is counted, and the oldest arrival: bounds the arithmetic.
const LONGEST: Duration = Duration::from_secs(60);

/// Samples of this duration, at most a minute of them.
pub(super) fn samples_in(duration: Duration) -> i64 {
    let micros = i64::try_from(duration.min(LONGEST).as_micros()).unwrap_or(0);
    micros * i64::from(AUDIO_CLOCK_HZ) / 1_000_000
}

/// This many samples as time; none for a negative number.
pub(super) fn duration_of(samples: i64) -> Duration {
    Duration::from_micros(u64::try_from(samples).unwrap_or(0) * 1_000_000 / u64::from(AUDIO_CLOCK_HZ))
}

#[derive(Debug, Clone, Copy)]
struct Pull {
    samples: i64,
    at: Instant,
}

#[derive(Debug, Default)]
pub(super) struct PlayoutClock {
    last: Option<Pull>,
    before: Option<Pull>,
}

impl PlayoutClock {
    /// The clock at the first sample of the frame that is asked for at present.
    pub(super) fn now(&self) -> i64 {
        self.last.map_or(0, |last| last.samples)
    }

    /// Another frame is asked for.
    pub(super) fn pull(&mut self, at: Instant) {
        let samples = match self.last {
            None => 0,
            Some(last) => {
                let elapsed = at.saturating_duration_since(last.at);
                let step = if elapsed < STALL { AUDIO_FRAME_SAMPLES as i64 } else { samples_in(elapsed) };
                last.samples + step
            }
        };
        self.before = self.last.replace(Pull { samples, at });
    }

    /// Where an arrival is on this clock: between the pulls before and after it, as it was in time.
    pub(super) fn of_arrival(&self, arrival: Instant) -> i64 {
        let Some(last) = self.last else { return 0 };
        if arrival >= last.at {
            return last.samples;
        }
        let Some(before) = self.before else {
            return last.samples - samples_in(last.at - arrival);
        };
        if arrival < before.at {
            return before.samples - samples_in(before.at - arrival);
        }
        let share = (arrival - before.at).as_secs_f64() / (last.at - before.at).as_secs_f64();
        before.samples + ((last.samples - before.samples) as f64 * share) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_what_is_asked_for_and_places_arrivals_between() {
        let start = Instant::now();
        let ms = |ms| start + Duration::from_millis(ms);
        let mut clock = PlayoutClock::default();
        clock.pull(ms(0));
        clock.pull(ms(20));
        assert_eq!(clock.now(), 480);
        assert_eq!(clock.of_arrival(ms(10)), 240);
        clock.pull(ms(20));
        assert_eq!(clock.now(), 960);
        assert_eq!(clock.of_arrival(ms(20)), 960);
    }

    #[test]
    fn a_stall_counts_as_time() {
        let start = Instant::now();
        let mut clock = PlayoutClock::default();
        clock.pull(start);
        clock.pull(start + Duration::from_secs(1));
        assert_eq!(clock.now(), 48_000);
        clock.pull(start + Duration::from_secs(1_000_000));
        assert_eq!(clock.now(), 48_000 * 61);
    }
}
