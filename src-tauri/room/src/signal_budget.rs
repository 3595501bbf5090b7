//! How much work one participant's signals may cause here.

use std::time::Duration;

use crate::time::Timestamp;

/// What may come at once. A rebuild takes three signals, so this is far more than an honest participant needs.
const BURST: u32 = 32;
/// How long it takes to earn one more.
const PER_SIGNAL: Duration = Duration::from_millis(250);

/// A token bucket: a participant who floods offers or requests can't make this end churn through connections, nor run
/// it into the server's own limit with answers.
#[derive(Debug)]
pub(crate) struct SignalBudget {
    left: u32,
    earned: Timestamp,
}

impl SignalBudget {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { left: BURST, earned: now }
    }

    /// Takes one signal's worth, if there is any left.
    pub(crate) fn try_take(&mut self, now: Timestamp) -> bool {
        while self.left < BURST && now.since(self.earned) >= PER_SIGNAL {
            self.left += 1;
            self.earned = self.earned + PER_SIGNAL;
        }
        if self.left == BURST {
            self.earned = now;
        }
        let taken = self.left > 0;
        self.left = self.left.saturating_sub(1);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_to_the_burst_and_then_to_the_rate() {
        let mut budget = SignalBudget::new(Timestamp::default());
        let taken = (0..1000).filter(|_| budget.try_take(Timestamp::default())).count();
        assert_eq!(taken, 32);
        let later = Timestamp(Duration::from_secs(2));
        let taken = (0..1000).filter(|_| budget.try_take(later)).count();
        assert_eq!(taken, 8);
        let much_later = Timestamp(Duration::from_secs(3600));
        let taken = (0..1000).filter(|_| budget.try_take(much_later)).count();
        assert_eq!(taken, 32, "what is earned is bounded too");
    }
}
