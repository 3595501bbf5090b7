//! A rate over the last half second, by the clock of whoever counts.

use std::collections::VecDeque;
use std::time::Duration;

const WINDOW: Duration = Duration::from_millis(500);
/// A longer way from one arrival to the next, either way, is none: the clock is another one.
const MAX_JUMP: Duration = Duration::from_secs(10);
/// More than half a second of packets at any rate that is sent.
const MAX_ARRIVALS: usize = 4096;
/// Less than this is too little to tell a rate from.
const MIN_SPAN: Duration = Duration::from_millis(150);

/// The rate of what was counted over the last half second.
#[derive(Debug, Default)]
pub(super) struct WindowedRate {
    arrivals: VecDeque<(Duration, usize)>,
    bytes: usize,
}

impl WindowedRate {
    pub(super) fn counted(&mut self, arrival: Duration, bytes: usize) {
        let is_other_time = |last: Duration| last.abs_diff(arrival) > MAX_JUMP;
        if self.arrivals.back().is_some_and(|(last, _)| is_other_time(*last)) || self.arrivals.len() >= MAX_ARRIVALS {
            // The other end's clock jumped, wrapped around, or stands still.
            *self = Self::default();
        }
        // Overtaken packets belong a little earlier; that does not matter to a rate.
        let arrival = self.arrivals.back().map_or(arrival, |(last, _)| arrival.max(*last));
        self.arrivals.push_back((arrival, bytes));
        self.bytes += bytes;
        while let Some((oldest, bytes)) = self.arrivals.front()
            && arrival.saturating_sub(*oldest) > WINDOW
        {
            self.bytes -= bytes;
            self.arrivals.pop_front();
        }
    }

    /// Bits a second; `None` before enough has arrived.
    pub(super) fn bps(&self) -> Option<f64> {
        let (first, last) = (self.arrivals.front()?, self.arrivals.back()?);
        let span = last.0.saturating_sub(first.0);
        if span < MIN_SPAN {
            return None;
        }
        // The first packet opens the span, so its bytes are not in it.
        Some((self.bytes - first.1) as f64 * 8.0 / span.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_jumps_or_stands_still_takes_no_memory_and_gives_no_wrong_rate() {
        let mut rate = WindowedRate::default();
        let steady = |rate: &mut WindowedRate, start: Duration| {
            (0..100).for_each(|n| rate.counted(start + Duration::from_millis(n * 10), 1_250));
            let bps = rate.bps().unwrap();
            assert!((bps - 1e6).abs() < 1e4, "{bps}");
        };
        steady(&mut rate, Duration::from_secs(1_000_000));
        steady(&mut rate, Duration::ZERO);
        (0..100_000).for_each(|_| rate.counted(Duration::from_secs(2), 1_250));
        assert!(rate.arrivals.len() <= MAX_ARRIVALS, "{}", rate.arrivals.len());
        steady(&mut rate, Duration::from_secs(3));
    }
}
