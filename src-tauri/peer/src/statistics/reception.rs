//! Loss and jitter of what arrives (RFC 3550 appendices A.1, A.3, A.8). Pure: time comes from outside.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// A larger jump than this is a new beginning.
const MAX_JUMP: u16 = 3000;
/// How far behind a missing packet may still arrive and be taken off the loss.
const WINDOW: u64 = 4096;

/// The reception of one line.
#[derive(Debug)]
pub(crate) struct Reception {
    clock_rate_hz: u32,
    source: Option<Source>,
    /// Of former sources and of packets out of the window.
    lost_for_good: u64,
    missing: BTreeSet<u64>,
    jitter_ticks: f64,
}

#[derive(Debug)]
struct Source {
    ssrc: u32,
    newest: u64,
    arrival: Instant,
    timestamp: u32,
}

impl Reception {
    pub(crate) fn new(clock_rate_hz: u32) -> Self {
        Self { clock_rate_hz, source: None, lost_for_good: 0, missing: BTreeSet::new(), jitter_ticks: 0.0 }
    }

    pub(crate) fn arrived(&mut self, now: Instant, ssrc: u32, sequence: u16, timestamp: u32) {
        let Some(source) = self.source.as_mut().filter(|source| source.ssrc == ssrc) else {
            self.begin(now, ssrc, sequence, timestamp);
            return;
        };
        let ahead = sequence.wrapping_sub(source.newest as u16);
        let behind = ahead.wrapping_neg();
        if ahead > MAX_JUMP && behind > WINDOW as u16 {
            self.begin(now, ssrc, sequence, timestamp);
            return;
        }
        let elapsed = now.saturating_duration_since(source.arrival).as_secs_f64() * f64::from(self.clock_rate_hz);
        let played = f64::from(timestamp.wrapping_sub(source.timestamp) as i32);
        self.jitter_ticks += ((elapsed - played).abs() - self.jitter_ticks) / 16.0;
        source.arrival = now;
        source.timestamp = timestamp;
        if ahead > MAX_JUMP {
            let number = source.newest.saturating_sub(u64::from(behind));
            self.missing.remove(&number);
            return;
        }
        let arrived = source.newest + u64::from(ahead);
        self.missing.extend(source.newest + 1..arrived);
        source.newest = arrived;
        let in_window = self.missing.split_off(&arrived.saturating_sub(WINDOW));
        self.lost_for_good += self.missing.len() as u64;
        self.missing = in_window;
    }

    fn begin(&mut self, now: Instant, ssrc: u32, sequence: u16, timestamp: u32) {
        self.lost_for_good += self.missing.len() as u64;
        self.missing.clear();
        self.source = Some(Source {
            ssrc,
            // Room below for what was overtaken at the very start.
            newest: u64::from(sequence) + (1 << 16),
            arrival: now,
            timestamp,
        });
    }

    /// Packets that have not arrived.
    pub(crate) fn lost(&self) -> u64 {
        self.lost_for_good + self.missing.len() as u64
    }

    /// The smoothed difference between spacing at sending and at arrival.
    pub(crate) fn jitter(&self) -> Duration {
        Duration::from_secs_f64(self.jitter_ticks / f64::from(self.clock_rate_hz))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOCK: u32 = 48_000;

    fn of(sequences: impl IntoIterator<Item = u16>) -> Reception {
        let start = Instant::now();
        let mut reception = Reception::new(CLOCK);
        for sequence in sequences {
            reception.arrived(start, 1, sequence, 0);
        }
        reception
    }

    #[test]
    fn loss_is_what_has_not_arrived_at_all() {
        assert_eq!(of([65534, 65535, 0, 1]).lost(), 0);
        assert_eq!(of([65534, 1, 3]).lost(), 3);
        assert_eq!(of([65534, 1, 3, 0, 0, 65535]).lost(), 1, "late ones and duplicates are told apart");
        assert_eq!(of([10, 9, 11]).lost(), 0, "what was overtaken at the start was never missed");
    }

    #[test]
    fn a_jump_or_another_source_begins_anew_and_keeps_the_count() {
        let start = Instant::now();
        let mut reception = of([1, 3, 30_000, 30_001]);
        assert_eq!(reception.lost(), 1);
        reception.arrived(start, 2, 7, 0);
        reception.arrived(start, 2, 9, 0);
        assert_eq!(reception.lost(), 2);
    }

    #[test]
    fn memory_is_bounded_and_the_count_is_not() {
        let reception = of((0..60_000u16).step_by(2));
        assert_eq!(reception.lost(), 29_999);
        assert!(reception.missing.len() as u64 <= WINDOW);
    }

    #[test]
    fn jitter_is_zero_for_even_spacing_and_approaches_the_unevenness() {
        let start = Instant::now();
        let mut even = Reception::new(CLOCK);
        let mut uneven = Reception::new(CLOCK);
        for index in 0..200u32 {
            let timestamp = index.wrapping_mul(960).wrapping_sub(50_000);
            let at = start + Duration::from_millis(20) * index;
            even.arrived(at, 1, index as u16, timestamp);
            uneven.arrived(at + Duration::from_millis(5) * (index % 2), 1, index as u16, timestamp);
        }
        assert!(even.jitter() < Duration::from_micros(10), "{:?}", even.jitter());
        let jitter = uneven.jitter().as_secs_f64() * 1000.0;
        assert!((jitter - 5.0).abs() < 0.1, "{jitter} ms");
    }
}
