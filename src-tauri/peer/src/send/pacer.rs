//! When the next packet may leave. Pure: time comes from outside.

use std::time::{Duration, Instant};

/// What may leave at once, as a time of the pacing rate.
const BURST: Duration = Duration::from_millis(5);
/// Two packets may always leave at once.
const MIN_BURST_BYTES: f64 = 2600.0;
/// Queued video leaves within this, however low the rate: an old picture is worth little, a late one less.
const MAX_DRAIN: Duration = Duration::from_millis(200);

/// A leaky bucket: every packet adds its bytes, time takes them away.
#[derive(Debug)]
pub(crate) struct Pacer {
    debt_bytes: f64,
    settled: Instant,
}

impl Pacer {
    pub(crate) fn new(now: Instant) -> Self {
        Self { debt_bytes: 0.0, settled: now }
    }

    /// How long the next video packet has to wait, with `waiting_bytes` queued; `None` when it may leave.
    pub(crate) fn wait(&mut self, now: Instant, rate_bps: u64, waiting_bytes: usize) -> Option<Duration> {
        let bytes_per_second = effective_rate(rate_bps, waiting_bytes);
        self.settle(now, bytes_per_second);
        let burst = (bytes_per_second * BURST.as_secs_f64()).max(MIN_BURST_BYTES);
        if self.debt_bytes < burst {
            return None;
        }
        // Down to half the burst, so that a timer of a millisecond's grain still lets the whole rate through.
        Some(Duration::from_secs_f64((self.debt_bytes - burst / 2.0) / bytes_per_second))
    }

    /// A packet of `bytes` has left.
    pub(crate) fn sent(&mut self, bytes: usize) {
        self.debt_bytes += bytes as f64;
    }

    fn settle(&mut self, now: Instant, bytes_per_second: f64) {
        let passed = now.saturating_duration_since(self.settled);
        self.settled = now;
        self.debt_bytes = (self.debt_bytes - passed.as_secs_f64() * bytes_per_second).max(0.0);
    }
}

fn effective_rate(rate_bps: u64, waiting_bytes: usize) -> f64 {
    (rate_bps as f64 / 8.0).max(waiting_bytes as f64 / MAX_DRAIN.as_secs_f64()).max(1000.0)
}
