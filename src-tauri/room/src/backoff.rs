//! Waiting longer after each failure, and never in step with other clients.

use std::time::Duration;

const SHORTEST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(5);

/// Delays between attempts: each drawn from the upper half of a range that doubles, within 250 ms to 5 s.
#[derive(Debug)]
pub(crate) struct Backoff {
    failures: u32,
    random: SplitMix64,
}

impl Backoff {
    pub(crate) fn new(seed: u64) -> Self {
        Self { failures: 0, random: SplitMix64(seed) }
    }

    /// How long to wait after one more failure.
    pub(crate) fn next_delay(&mut self) -> Duration {
        self.failures = self.failures.saturating_add(1);
        let ceiling = SHORTEST.saturating_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX)).min(LONGEST);
        let half = ceiling / 2;
        half + half.mul_f64(self.random.next_fraction())
    }

    /// The last attempt went well.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

/// G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators" (2014): enough to spread clients.
#[derive(Debug)]
struct SplitMix64(u64);

impl SplitMix64 {
    /// From 0 up to, but not including, 1.
    fn next_fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        f64::from(u32::try_from(mixed >> 32).unwrap_or(0)) / (f64::from(u32::MAX) + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_within_their_bounds() {
        for seed in 0..200 {
            let mut backoff = Backoff::new(seed);
            let mut ceiling = SHORTEST * 2;
            for _ in 0..50 {
                let delay = backoff.next_delay();
                assert!(delay >= ceiling / 2 && delay <= ceiling, "seed {seed}: {delay:?} of {ceiling:?}");
                ceiling = (ceiling * 2).min(LONGEST);
            }
            backoff.reset();
            assert!(backoff.next_delay() <= SHORTEST * 2);
        }
    }

    #[test]
    fn clients_of_different_seeds_do_not_wait_in_step() {
        let delays: std::collections::BTreeSet<_> = (0..100).map(|seed| Backoff::new(seed).next_delay()).collect();
        assert!(delays.len() > 95, "{} different delays of 100", delays.len());
    }
}
