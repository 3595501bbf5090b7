//! Latencies of any number of pictures in bounded memory.

use std::time::Duration;

/// Longer latencies count as this one.
const LONGEST_MS: usize = 10_000;

/// Counts latencies by the tenth of a millisecond.
#[derive(Clone)]
pub(crate) struct LatencyHistogram {
    counts: Vec<u32>,
    total: u64,
    longest: Duration,
}

impl Default for LatencyHistogram {
    fn default() -> Self {
        Self { counts: vec![0; LONGEST_MS * 10 + 1], total: 0, longest: Duration::ZERO }
    }
}

impl LatencyHistogram {
    pub(crate) fn add(&mut self, latency: Duration) {
        let bucket = usize::try_from(latency.as_micros() / 100).unwrap_or(usize::MAX).min(LONGEST_MS * 10);
        if let Some(count) = self.counts.get_mut(bucket) {
            *count = count.saturating_add(1);
        }
        self.total += 1;
        self.longest = self.longest.max(latency);
    }

    /// The latency that `percent` of the pictures stay within, in milliseconds; `None` without any.
    pub(crate) fn percentile_ms(&self, percent: u64) -> Option<f64> {
        let rank = (self.total * percent).div_ceil(100).max(1);
        let mut seen = 0;
        self.counts
            .iter()
            .position(|&count| {
                seen += u64::from(count);
                seen >= rank
            })
            .map(|bucket| bucket as f64 / 10.0)
    }

    pub(crate) fn longest_ms(&self) -> Option<f64> {
        (self.total > 0).then_some(self.longest.as_secs_f64() * 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_list() {
        let mut histogram = LatencyHistogram::default();
        assert_eq!(histogram.percentile_ms(50), None);
        for ms in (1..=100).rev() {
            histogram.add(Duration::from_millis(ms));
        }
        assert_eq!(histogram.percentile_ms(50), Some(50.0));
        assert_eq!(histogram.percentile_ms(95), Some(95.0));
        assert_eq!(histogram.longest_ms(), Some(100.0));
    }

    #[test]
    fn an_absurd_latency_is_counted_all_the_same() {
        let mut histogram = LatencyHistogram::default();
        histogram.add(Duration::from_secs(3600));
        assert_eq!(histogram.percentile_ms(95), Some(10_000.0));
        assert_eq!(histogram.longest_ms(), Some(3_600_000.0));
    }
}
