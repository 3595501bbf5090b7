//! When pictures are due. Pure but for [`Pacer::wait`]: the caller says what time it is.

use std::time::Duration;

use crate::clock::MediaTime;

/// Paces a source that has no clock of its own.
#[derive(Debug, Clone)]
pub(crate) struct Pacer {
    interval: Duration,
    last_due: Option<MediaTime>,
}

impl Pacer {
    pub(crate) fn new(interval: Duration) -> Self {
        Self { interval, last_due: None }
    }

    /// Sleeps until the next picture is due, and says what time it is then.
    pub(crate) fn wait(&mut self) -> MediaTime {
        let now = MediaTime::now();
        std::thread::sleep(self.next_due(now).since(now));
        MediaTime::now()
    }

    /// When the next picture is due, asked at `now`. A source that fell behind by more than a picture goes on from
    /// now, and does not deliver what it missed all at once.
    fn next_due(&mut self, now: MediaTime) -> MediaTime {
        let due = match self.last_due {
            Some(last) if last + self.interval * 2 > now => last + self.interval,
            _ => now,
        };
        self.last_due = Some(due);
        due
    }
}

/// Thins a stream of pictures out to a frame rate.
#[derive(Debug, Clone)]
pub(crate) struct FrameRateLimit {
    interval: Duration,
    next: Option<MediaTime>,
}

impl FrameRateLimit {
    pub(crate) fn new(interval: Duration) -> Self {
        Self { interval, next: None }
    }

    /// Whether a picture taken at `captured` is kept. A picture that is early by less than a quarter of an interval
    /// is kept, as cameras jitter; the mean rate is kept all the same.
    pub(crate) fn admits(&mut self, captured: MediaTime) -> bool {
        let tolerance = self.interval / 4;
        let next = match self.next {
            Some(next) if captured + tolerance < next && next.since(captured) <= self.interval * 2 => return false,
            Some(next) => next,
            None => captured,
        };
        let on_time = next + self.interval;
        // After a pause, or when the clock of another source is behind, count anew from this picture.
        let behind = captured.since(next) > self.interval || next.since(captured) > self.interval * 2;
        self.next = Some(if behind { captured + self.interval } else { on_time });
        true
    }
}

/// The frame rate that pictures really come at, from their capture times.
#[derive(Debug, Clone, Default)]
pub(crate) struct FrameRateMeter {
    last: Option<MediaTime>,
    mean_interval: Option<Duration>,
}

/// Gaps longer than this are pauses and say nothing of the rate.
const LONGEST_INTERVAL: Duration = Duration::from_secs(1);

impl FrameRateMeter {
    /// Takes note of a picture.
    pub(crate) fn on_frame(&mut self, captured: MediaTime) {
        let interval = self.last.map(|last| captured.since(last));
        self.last = Some(captured);
        let Some(interval) = interval.filter(|i| !i.is_zero() && *i <= LONGEST_INTERVAL) else {
            return;
        };
        self.mean_interval = Some(match self.mean_interval {
            Some(mean) => (mean * 15 + interval) / 16,
            None => interval,
        });
    }

    /// Pictures a second, once two have come.
    pub(crate) fn fps(&self) -> Option<f32> {
        self.mean_interval.map(|mean| 1.0 / mean.as_secs_f32())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> MediaTime {
        MediaTime::from_duration(Duration::from_millis(ms))
    }

    #[test]
    fn a_pacer_keeps_the_rate_whatever_drawing_costs() {
        let mut pacer = Pacer::new(Duration::from_millis(100));
        let dues: Vec<_> = [1_000, 1_030, 1_100, 1_299].map(|now| pacer.next_due(at(now))).into();
        assert_eq!(dues, [at(1_000), at(1_100), at(1_200), at(1_300)]);
    }

    #[test]
    fn a_late_pacer_does_not_catch_up() {
        let mut pacer = Pacer::new(Duration::from_millis(100));
        pacer.next_due(at(0));
        assert_eq!(pacer.next_due(at(5_000)), at(5_000));
        assert_eq!(pacer.next_due(at(5_001)), at(5_100));
    }

    #[test]
    fn thirty_becomes_fifteen_under_jitter() {
        for seed in 0..50_u64 {
            let mut limit = FrameRateLimit::new(Duration::from_nanos(66_666_666));
            let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
            let kept = (0..300_u64)
                .filter(|frame| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    limit.admits(at(1_000 + frame * 1_000 / 30 + state % 9))
                })
                .count();
            assert!((148..=152).contains(&kept), "seed {seed}: {kept} of 300");
        }
    }

    #[test]
    fn a_slow_source_loses_nothing() {
        let mut limit = FrameRateLimit::new(Duration::from_nanos(66_666_666));
        assert!((0..100).all(|frame| limit.admits(at(frame * 100))));
    }

    #[test]
    fn a_clock_that_steps_back_does_not_stop_the_stream() {
        let mut limit = FrameRateLimit::new(Duration::from_millis(66));
        assert!(limit.admits(at(100_000)));
        assert!(limit.admits(at(50)));
        assert!(!limit.admits(at(80)));
        assert!(limit.admits(at(116)));
    }

    #[test]
    fn the_meter_follows_a_camera_that_slows_down() {
        let mut meter = FrameRateMeter::default();
        assert_eq!(meter.fps(), None);
        let mut now = 0;
        for _ in 0..60 {
            now += 33;
            meter.on_frame(at(now));
        }
        assert!((meter.fps().unwrap() - 30.0).abs() < 1.0);
        for _ in 0..60 {
            now += 66;
            meter.on_frame(at(now));
        }
        assert!((meter.fps().unwrap() - 15.0).abs() < 1.0);
        meter.on_frame(at(now + 60_000));
        assert!((meter.fps().unwrap() - 15.0).abs() < 1.0, "a pause says nothing");
    }
}
