//! Somebody who tries passwords: a guess is a handshake whose first envelope doesn't open.

use std::collections::VecDeque;

/// So many wrong passwords are enough.
const FAILURES: usize = 5;
/// How long they count, and how long nobody new is answered after that, in milliseconds.
const MINUTE_MS: u64 = 60_000;

/// Counts wrong passwords.
#[derive(Debug, Default)]
pub(super) struct PasswordGuard {
    failures: VecDeque<u64>,
    closed_until_ms: u64,
}

/// What one more wrong password means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Mistake,
    /// Nobody new is answered from now on.
    Guessing,
}

impl PasswordGuard {
    pub(super) fn failed(&mut self, now_ms: u64) -> Verdict {
        self.failures.retain(|at| now_ms.saturating_sub(*at) < MINUTE_MS);
        self.failures.push_back(now_ms);
        if self.failures.len() < FAILURES || self.is_closed(now_ms) {
            return Verdict::Mistake;
        }
        self.failures.clear();
        self.closed_until_ms = now_ms.saturating_add(MINUTE_MS);
        Verdict::Guessing
    }

    /// Whether nobody new is answered.
    pub(super) fn is_closed(&self, now_ms: u64) -> bool {
        // A clock that was put back doesn't close for longer than a minute.
        now_ms < self.closed_until_ms && self.closed_until_ms - now_ms <= MINUTE_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_within_a_minute_close_for_a_minute() {
        let mut guard = PasswordGuard::default();
        for at in [0, 30_000, 59_000, 59_500] {
            assert_eq!(guard.failed(at), Verdict::Mistake);
        }
        assert_eq!(guard.failed(60_001), Verdict::Mistake, "the first is more than a minute ago");
        assert!(!guard.is_closed(60_001));
        assert_eq!(guard.failed(60_002), Verdict::Guessing);
        assert!(guard.is_closed(120_001) && !guard.is_closed(120_002));
        assert!(!guard.is_closed(0), "the clock was put back");
    }
}
