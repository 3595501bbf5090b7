//! The pace of sound that has no device behind it.

use std::time::{Duration, Instant};

/// The time of a frame.
const FRAME: Duration = Duration::from_millis(10);

/// Whoever is further behind was asleep, and starts anew.
const ASLEEP: Duration = Duration::from_millis(200);

/// A schedule of one frame every 10 ms from the first on: absolute, so that late wake-ups don't add up.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    next: Option<Instant>,
}

impl Pace {
    /// Counts a frame if one is due; else says in how long.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let next = match self.next {
            Some(next) if next > now => return Err(next - now),
            Some(next) if now - next <= ASLEEP => next,
            _ => now,
        };
        self.next = Some(next + FRAME);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(pace: &mut Pace, now: Instant) -> usize {
        std::iter::repeat_with(|| pace.take(now)).take_while(Result::is_ok).count()
    }

    #[test]
    fn late_wake_ups_do_not_add_up() {
        let start = Instant::now();
        let mut pace = Pace::default();
        let total: usize = (0..=77).map(|n| frames(&mut pace, start + Duration::from_millis(13 * n))).sum();
        assert_eq!(total, 101);
        assert_eq!(pace.take(start + Duration::from_millis(1_003)), Err(Duration::from_millis(7)));
    }

    #[test]
    fn who_was_asleep_starts_anew() {
        let start = Instant::now();
        let mut pace = Pace::default();
        assert_eq!(frames(&mut pace, start), 1);
        assert_eq!(frames(&mut pace, start + Duration::from_secs(3_600)), 1);
    }
}
