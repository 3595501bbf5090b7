//! How many bits a second pass. Pure: time comes from outside.

use std::time::{Duration, Instant};

const SLOT: Duration = Duration::from_millis(100);
const SLOTS: usize = 20;

/// A rate over the last two seconds, in slots of 100 ms.
#[derive(Debug)]
pub(crate) struct RateMeter {
    start: Instant,
    /// The slot that is being filled, counted from the start.
    current: u64,
    bytes: [u64; SLOTS],
}

impl RateMeter {
    pub(crate) fn new(now: Instant) -> Self {
        Self { start: now, current: 0, bytes: [0; SLOTS] }
    }

    pub(crate) fn add(&mut self, now: Instant, bytes: usize) {
        self.advance(now);
        self.bytes[self.current as usize % SLOTS] += bytes as u64;
    }

    /// Bits a second over the full slots.
    pub(crate) fn bps(&mut self, now: Instant) -> u64 {
        self.advance(now);
        let full_slots = self.current.min(SLOTS as u64 - 1);
        if full_slots == 0 {
            return 0;
        }
        let filling = self.bytes[self.current as usize % SLOTS];
        let bytes = self.bytes.iter().sum::<u64>() - filling;
        bytes * 8 * 1000 / (full_slots * SLOT.as_millis() as u64)
    }

    fn advance(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.start).as_millis() / SLOT.as_millis();
        let slot = u64::try_from(elapsed).unwrap_or(u64::MAX);
        for passed in 0..slot.saturating_sub(self.current).min(SLOTS as u64) {
            self.bytes[(self.current + 1 + passed) as usize % SLOTS] = 0;
        }
        self.current = self.current.max(slot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_stream_has_its_rate_from_the_first_slots_on_and_none_after_it_ends() {
        let start = Instant::now();
        let mut meter = RateMeter::new(start);
        assert_eq!(meter.bps(start), 0);
        for ms in (0..5000u64).step_by(10) {
            // 1,250 bytes every 10 ms are a megabit a second.
            meter.add(start + Duration::from_millis(ms), 1250);
            if ms >= 100 {
                let bps = meter.bps(start + Duration::from_millis(ms));
                assert_eq!(bps, 1_000_000, "after {ms} ms");
            }
        }
        let after = start + Duration::from_millis(5000);
        assert!(meter.bps(after + Duration::from_secs(1)) > 400_000);
        assert_eq!(meter.bps(after + Duration::from_secs(2)), 0);
        assert_eq!(meter.bps(after + Duration::from_secs(3600)), 0);
    }
}
