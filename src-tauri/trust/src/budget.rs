//! How many statements one participant may have this end check: each costs a signature's verification.

/// More than all that one can have to say at each of the links that may be built in a minute.
const PER_MINUTE: usize = 8 * super::statements::MAX_STATEMENTS;
const MINUTE_MS: u64 = 60_000;

/// What is left of this minute's.
#[derive(Debug, Default)]
pub(super) struct StatementBudget {
    minute: u64,
    taken: usize,
}

impl StatementBudget {
    /// How many of so many may be checked.
    pub(super) fn take(&mut self, wanted: usize, now_ms: u64) -> usize {
        let minute = now_ms / MINUTE_MS;
        if self.minute != minute {
            *self = Self { minute, taken: 0 };
        }
        let granted = wanted.min(PER_MINUTE - self.taken);
        self.taken += granted;
        granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_so_many_and_the_next_one_as_many_again() {
        let mut budget = StatementBudget::default();
        let total: usize = (0..100).map(|_| budget.take(100, 59_999)).sum();
        assert_eq!(total, PER_MINUTE);
        assert_eq!(budget.take(1, 60_000), 1);
    }
}
