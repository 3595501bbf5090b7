//! When a change of the estimate is worth telling.

use std::time::{Duration, Instant};

/// A smaller change than this share is nobody's business.
const NOTICEABLE: f64 = 0.1;
/// Growth is told no more often than this; less is told at once.
const MIN_INTERVAL: Duration = Duration::from_millis(200);

/// Follows what was told.
#[derive(Debug, Default)]
pub(crate) struct Announcer {
    told: Option<(u64, Instant)>,
}

impl Announcer {
    /// Whether `bps` is to be told now; it counts as told then.
    pub(crate) fn is_noticeable(&mut self, now: Instant, bps: u64) -> bool {
        let is_noticeable = self.told.is_none_or(|(told, at)| {
            let change = bps as f64 / told as f64 - 1.0;
            let may_grow = now.saturating_duration_since(at) >= MIN_INTERVAL;
            change <= -NOTICEABLE || (change >= NOTICEABLE && may_grow)
        });
        if is_noticeable {
            self.told = Some((bps, now));
        }
        is_noticeable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_changes_add_up_and_less_is_told_at_once() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut announcer = Announcer::default();
        assert!(announcer.is_noticeable(at(0), 1_000_000), "the first one");
        assert!(!announcer.is_noticeable(at(300), 1_050_000));
        assert!(announcer.is_noticeable(at(400), 1_100_000));
        assert!(!announcer.is_noticeable(at(500), 1_500_000), "growth too soon");
        assert!(announcer.is_noticeable(at(510), 900_000), "less at once");
        assert!(announcer.is_noticeable(at(710), 1_500_000));
    }
}
