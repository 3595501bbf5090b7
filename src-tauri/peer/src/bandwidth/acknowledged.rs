//! What arrives at the other end, by its own clock.

use std::collections::VecDeque;
use std::time::Duration;

const WINDOW: Duration = Duration::from_millis(500);
/// Less than this is too little to tell a rate from.
const MIN_SPAN: Duration = Duration::from_millis(150);

/// The acknowledged rate over the last half second.
#[derive(Debug, Default)]
pub(super) struct AcknowledgedRate {
    arrivals: VecDeque<(Duration, usize)>,
    bytes: usize,
}

impl AcknowledgedRate {
    pub(super) fn arrived(&mut self, arrival: Duration, bytes: usize) {
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
