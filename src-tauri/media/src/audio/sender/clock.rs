//! Timestamps of what is sent.

use std::time::{Duration, Instant};

use crate::clock::{AUDIO_CLOCK_HZ, MediaTime};
use crate::frame::AUDIO_FRAME_SAMPLES;

/// A source that gave nothing for this long was away, and time went on.
const AWAY: Duration = Duration::from_millis(100);

/// Counts the samples that sources gave, over all of them: the timestamps of one unbroken stream. They begin at the
/// media clock, go on over mutes and changes of source, and jump ahead by the time that no source gave anything.
#[derive(Debug, Default)]
pub(super) struct RtpClock {
    last: Option<(u32, Instant)>,
}

impl RtpClock {
    /// The timestamp of a frame that came now.
    pub(super) fn stamp(&mut self, now: Instant) -> u32 {
        let timestamp = match self.last {
            None => MediaTime::now().to_rtp_48k(),
            Some((last, at)) => {
                let elapsed = now.saturating_duration_since(at);
                let samples = if elapsed > AWAY {
                    elapsed.as_micros() * u128::from(AUDIO_CLOCK_HZ) / 1_000_000
                } else {
                    AUDIO_FRAME_SAMPLES as u128
                };
                // Wraps as RFC 3550 section 5.1 asks for.
                last.wrapping_add(samples as u32)
            }
        };
        self.last = Some((timestamp, now));
        timestamp
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_samples_and_the_time_without() {
        let (mut clock, start) = (RtpClock::default(), Instant::now());
        let first = clock.stamp(start);
        let after = |clock: &mut RtpClock, ms| clock.stamp(start + Duration::from_millis(ms)).wrapping_sub(first);
        assert_eq!(after(&mut clock, 10), 480);
        assert_eq!(after(&mut clock, 13), 960);
        assert_eq!(after(&mut clock, 90), 1_440);
        assert_eq!(after(&mut clock, 1_090), 49_440);
        assert_eq!(after(&mut clock, 1_090), 49_920);
    }
}
