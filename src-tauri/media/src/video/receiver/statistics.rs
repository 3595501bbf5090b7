//! What a receiver counts.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The pictures of this long before the last one make the frame rate.
const FRAME_RATE_WINDOW: Duration = Duration::from_secs(10);

/// More pictures than this within the window are not kept.
const MAX_PICTURES: usize = 2048;

/// The average interval for freezes is that of this many pictures (W3C webrtc-stats, `freezeCount`).
const INTERVALS: usize = 30;

/// How much longer than the average an interval may always be.
const FREEZE_MARGIN: Duration = Duration::from_millis(150);

/// What became of a line's pictures so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct VideoReceiveStatistics {
    /// Packets that arrived, whatever became of them.
    pub packets: u64,
    /// Packets that never came, or too late.
    pub lost: u64,
    /// Packets that came more than once.
    pub duplicates: u64,
    /// Pictures shown.
    pub frames: u64,
    /// Pictures that came but were not shown, for want of what they are predicted from.
    pub dropped: u64,
    /// Keyframes decoded.
    pub keyframes: u64,
    /// The last picture's width in pixels.
    pub width: u32,
    /// The last picture's height in pixels.
    pub height: u32,
    /// Pictures a second in the ten seconds before the last picture, or since the first one.
    pub fps: f64,
    /// How long ago the last picture was shown.
    pub since_last_frame: Option<Duration>,
    /// How often the picture stood still: for more than three times the average interval, and for more than the
    /// average interval and 150 ms. A sender that sent nothing at all for two seconds or more was off, not frozen.
    pub freezes: u64,
    /// How long it stood still in all these together, in milliseconds.
    pub freeze_ms: u64,
}

/// Measures frame rate and freezes. Pure: the caller says what time it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlayoutMeter {
    shown: VecDeque<Instant>,
    intervals: VecDeque<Duration>,
    freezes: u64,
    frozen: Duration,
}

/// What was between a picture and the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// Nothing out of the ordinary, as far as is known.
    Stream,
    /// The sender had nothing to send.
    Pause,
}

impl PlayoutMeter {
    /// A picture is shown.
    pub(crate) fn on_picture(&mut self, now: Instant, before: Before) {
        if before == Before::Pause {
            self.shown.clear();
            self.intervals.clear();
        } else if let Some(last) = self.shown.back() {
            self.on_interval(now.saturating_duration_since(*last));
        }
        self.shown.push_back(now);
        while self.shown.len() > MAX_PICTURES
            || self.shown.front().is_some_and(|first| now.saturating_duration_since(*first) > FRAME_RATE_WINDOW)
        {
            self.shown.pop_front();
        }
    }

    fn on_interval(&mut self, interval: Duration) {
        if let Ok(count @ 1..) = u32::try_from(self.intervals.len()) {
            let average = self.intervals.iter().sum::<Duration>() / count;
            if interval > (average * 3).max(average + FREEZE_MARGIN) {
                self.freezes += 1;
                self.frozen += interval;
            }
        }
        self.intervals.push_back(interval);
        if self.intervals.len() > INTERVALS {
            self.intervals.pop_front();
        }
    }

    pub(crate) fn fps(&self) -> f64 {
        match (self.shown.front(), self.shown.back()) {
            (Some(first), Some(last)) if first < last => {
                (self.shown.len() - 1) as f64 / last.saturating_duration_since(*first).as_secs_f64()
            }
            _ => 0.0,
        }
    }

    /// Writes what was measured into the statistics.
    pub(crate) fn fill(&self, statistics: &mut VideoReceiveStatistics, now: Instant) {
        statistics.fps = self.fps();
        statistics.freezes = self.freezes;
        statistics.freeze_ms = u64::try_from(self.frozen.as_millis()).unwrap_or(u64::MAX);
        statistics.since_last_frame = self.shown.back().map(|last| now.saturating_duration_since(*last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Shows pictures after these intervals.
    fn meter(intervals: impl IntoIterator<Item = u64>) -> VideoReceiveStatistics {
        let mut meter = PlayoutMeter::default();
        let mut now = Instant::now();
        meter.on_picture(now, Before::Stream);
        for interval in intervals {
            now += ms(interval);
            meter.on_picture(now, Before::Stream);
        }
        let mut statistics = VideoReceiveStatistics::default();
        meter.fill(&mut statistics, now);
        statistics
    }

    #[test]
    fn a_steady_stream_has_its_rate_and_no_freeze() {
        let statistics = meter([33, 34].into_iter().cycle().take(600));
        assert!((statistics.fps - 29.9).abs() < 0.2, "{}", statistics.fps);
        assert_eq!((statistics.freezes, statistics.freeze_ms), (0, 0));
    }

    #[test]
    fn a_freeze_is_a_gap_over_the_average_and_150_ms() {
        // The average is 33 ms: the margin is 183 ms.
        assert_eq!(meter([33; 60].into_iter().chain([183])).freezes, 0);
        let frozen = meter([33; 60].into_iter().chain([184]));
        assert_eq!((frozen.freezes, frozen.freeze_ms), (1, 184));
    }

    #[test]
    fn a_slow_stream_freezes_at_three_times_its_average() {
        assert_eq!(meter([100; 60].into_iter().chain([300])).freezes, 0);
        assert_eq!(meter([100; 60].into_iter().chain([301])).freezes, 1);
    }

    #[test]
    fn the_rate_is_that_of_the_last_ten_seconds() {
        let statistics = meter([100; 200].into_iter().chain([50; 220]));
        assert!((statistics.fps - 20.0).abs() < 0.2, "{}", statistics.fps);
    }

    #[test]
    fn a_sender_that_was_off_did_not_freeze() {
        let mut meter = PlayoutMeter::default();
        let start = Instant::now();
        for i in 0..30 {
            meter.on_picture(start + ms(33) * i, Before::Stream);
        }
        meter.on_picture(start + ms(60_000), Before::Pause);
        meter.on_picture(start + ms(60_033), Before::Stream);
        let mut statistics = VideoReceiveStatistics::default();
        meter.fill(&mut statistics, start + ms(60_100));
        assert_eq!(statistics.freezes, 0);
        assert_eq!(statistics.since_last_frame, Some(ms(67)));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut meter = PlayoutMeter::default();
        let now = Instant::now();
        (0..100_000).for_each(|_| meter.on_picture(now, Before::Stream));
        assert!(meter.shown.len() <= MAX_PICTURES && meter.intervals.len() <= INTERVALS);
    }
}
