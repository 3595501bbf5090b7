//! When the next packet may leave. Pure: time comes from outside.

use std::time::{Duration, Instant};

/// What may leave at once, as a time of the pacing rate.
const BURST: Duration = Duration::from_millis(5);
/// Two packets may always leave at once.
const MIN_BURST_BYTES: f64 = 2600.0;
/// However low the rate, what is queued leaves as if it had to be gone in this: a picture that comes late is worth
/// little.
const MAX_DRAIN: Duration = Duration::from_millis(200);

/// Pictures come in bursts: they leave faster than they are made, or each would wait for the next one's time.
const PACING_SHARE: f64 = 2.5;
const MIN_PACING_BPS: u64 = 1_200_000;

/// How fast pictures leave when `estimated_bps` fit through.
pub(crate) fn pacing_bps(estimated_bps: u64) -> u64 {
    MIN_PACING_BPS.max((estimated_bps as f64 * PACING_SHARE) as u64)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: usize = 1100;

    /// When each of `packets` leaves, in milliseconds, with a timer of a millisecond's grain.
    fn departures(rate_bps: u64, packets: usize) -> Vec<u64> {
        let start = Instant::now();
        let mut pacer = Pacer::new(start);
        let mut at_ms = 0;
        let mut departures = Vec::new();
        while departures.len() < packets {
            let waiting = (packets - departures.len()) * PACKET;
            match pacer.wait(start + Duration::from_millis(at_ms), rate_bps, waiting) {
                None => {
                    pacer.sent(PACKET);
                    departures.push(at_ms);
                }
                Some(wait) => at_ms += wait.as_micros().div_ceil(1000) as u64,
            }
        }
        departures
    }

    #[test]
    fn a_keyframe_of_100_kb_leaves_in_150_to_200_ms_and_never_in_a_burst() {
        let departures = departures(5_000_000, 100);
        let last = departures[99];
        assert!((150..=200).contains(&last), "{last} ms");
        for window in 0..=last {
            let burst = departures.iter().filter(|at| (window..window + 10).contains(*at)).count();
            // 10 ms at 5 Mbit/s are 5.7 packets, and a burst of 5 ms comes on top.
            assert!(burst <= 10, "{burst} packets within 10 ms from {window} ms");
        }
    }

    #[test]
    fn the_rate_is_kept_whatever_the_timer_s_grain() {
        for rate_bps in [2_000_000, 5_000_000, 20_000_000, 60_000_000] {
            // Little enough to need no hurry.
            let packets = usize::try_from(rate_bps / 8 / 1100 / 10).unwrap();
            let took_ms = departures(rate_bps, packets)[packets - 1];
            assert!((80..=110).contains(&took_ms), "100 ms at {rate_bps} took {took_ms} ms");
        }
    }

    #[test]
    fn a_picture_too_large_for_the_rate_is_hurried() {
        let at_rate_ms = 100 * 1100 * 8 / 500;
        let last = departures(500_000, 100)[99];
        assert!(last < at_rate_ms / 2, "{last} ms, {at_rate_ms} ms at the rate");
    }

    #[test]
    fn sound_makes_pictures_wait_but_not_the_other_way_round() {
        let start = Instant::now();
        let mut pacer = Pacer::new(start);
        assert_eq!(pacer.wait(start, 1_000_000, PACKET), None);
        pacer.sent(10_000);
        let wait = pacer.wait(start, 1_000_000, PACKET).unwrap();
        assert!(wait > Duration::from_millis(50), "{wait:?}");
    }
}
