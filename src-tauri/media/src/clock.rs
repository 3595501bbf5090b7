//! The media clock.

use std::ops::{Add, Sub};
use std::time::Duration;

/// RTP clock rate of video, in Hz (RFC 6184 section 8.1).
pub const VIDEO_CLOCK_HZ: u32 = 90_000;

/// RTP clock rate of Opus, in Hz (RFC 7587 section 4.1).
pub const AUDIO_CLOCK_HZ: u32 = 48_000;

/// A moment on this machine's monotonic clock. On Unix it is `CLOCK_MONOTONIC`, which V4L2 stamps frames with and
/// which all processes of a machine share, so that one can compute the age of another's picture. Elsewhere it is
/// the time of day when the process started, and monotonic from there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaTime(Duration);

impl MediaTime {
    /// Now.
    #[must_use]
    pub fn now() -> Self {
        Self(monotonic())
    }

    /// The moment this long after the clock's zero.
    #[must_use]
    pub const fn from_duration(since_zero: Duration) -> Self {
        Self(since_zero)
    }

    /// Time since the clock's zero.
    #[must_use]
    pub const fn as_duration(self) -> Duration {
        self.0
    }

    /// How long ago `earlier` was; zero if it was not earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// As a 90 kHz RTP timestamp, wrapping.
    #[must_use]
    pub fn to_rtp_90k(self) -> u32 {
        self.to_rtp(VIDEO_CLOCK_HZ)
    }

    /// As a 48 kHz RTP timestamp, wrapping.
    #[must_use]
    pub fn to_rtp_48k(self) -> u32 {
        self.to_rtp(AUDIO_CLOCK_HZ)
    }

    // Truncation to 32 bits is the wrap that RFC 3550 section 5.1 asks for.
    fn to_rtp(self, hz: u32) -> u32 {
        (self.0.as_nanos() * u128::from(hz) / 1_000_000_000) as u32
    }
}

impl Add<Duration> for MediaTime {
    type Output = Self;

    fn add(self, rhs: Duration) -> Self {
        Self(self.0.saturating_add(rhs))
    }
}

impl Sub<Duration> for MediaTime {
    type Output = Self;

    fn sub(self, rhs: Duration) -> Self {
        Self(self.0.saturating_sub(rhs))
    }
}

#[cfg(unix)]
fn monotonic() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Duration::new(u64::try_from(now.tv_sec).unwrap_or(0), u32::try_from(now.tv_nsec).unwrap_or(0))
}

#[cfg(not(unix))]
fn monotonic() -> Duration {
    use std::sync::OnceLock;
    use std::time::{Instant, SystemTime, UNIX_EPOCH};

    static START: OnceLock<(Instant, Duration)> = OnceLock::new();
    let (start, offset) = START.get_or_init(|| {
        let time_of_day = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        (Instant::now(), time_of_day)
    });
    *offset + start.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_forward() {
        let first = MediaTime::now();
        let second = MediaTime::now();
        assert!(second >= first);
        assert!(first > MediaTime::default());
    }

    #[test]
    fn rtp_timestamps_wrap() {
        let one_round = Duration::from_nanos(((1_u128 << 32) * 1_000_000_000 / 90_000) as u64 + 1);
        let late = MediaTime::from_duration(one_round + Duration::from_secs(1));
        assert_eq!(late.to_rtp_90k(), 90_000);
        assert_eq!(MediaTime::from_duration(Duration::from_millis(20)).to_rtp_48k(), 960);
    }

    #[test]
    fn age_of_a_later_moment_is_zero() {
        let now = MediaTime::from_duration(Duration::from_secs(5));
        assert_eq!(now.since(now + Duration::from_secs(1)), Duration::ZERO);
        assert_eq!((now + Duration::from_secs(1)).since(now), Duration::from_secs(1));
    }
}
