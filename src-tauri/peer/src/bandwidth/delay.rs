//! The queue on the path, told from how long packets take. The two ends' clocks differ by an unknown constant, so only
//! differences mean something.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The shortest delay in this long is the path without its queue.
const BASE_WINDOW: Duration = Duration::from_secs(15);
const BASE_SLOT: Duration = Duration::from_secs(1);
/// A queue that is empty once in this long is a picture's packets passing, not a queue that stands.
const STANDING_WINDOW: Duration = Duration::from_millis(250);
/// The trend is the slope over this long.
const TREND_WINDOW: Duration = Duration::from_millis(500);
const MIN_TREND_PACKETS: usize = 8;
/// A delay that jumps by this much is another path, or another clock.
const MAX_JUMP_S: f64 = 10.0;

/// What is known of the queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Queue {
    /// How long a packet waits in it at the least.
    pub(super) standing: Duration,
    /// How fast it grows, in seconds a second; negative while it drains.
    pub(super) growth: f64,
}

/// Follows the delay of every packet that arrives.
#[derive(Debug, Default)]
pub(super) struct DelayTrend {
    epoch: Option<(Instant, Duration)>,
    /// Departure after the epoch, and delay relative to the first packet's, both in seconds.
    recent: VecDeque<(f64, f64)>,
    /// The shortest delay in each slot, newest last.
    base: VecDeque<(f64, f64)>,
}

impl DelayTrend {
    pub(super) fn arrived(&mut self, departure: Instant, arrival: Duration) {
        let (first_departure, first_arrival) = *self.epoch.get_or_insert((departure, arrival));
        let sent = departure.saturating_duration_since(first_departure).as_secs_f64();
        let delay = arrival.as_secs_f64() - first_arrival.as_secs_f64() - sent;
        let jumps = |last: &(f64, f64)| (delay - last.1).abs() > MAX_JUMP_S;
        if self.recent.back().is_some_and(jumps) {
            *self = Self::default();
            self.epoch = Some((departure, arrival));
            self.recent.push_back((0.0, 0.0));
            self.base.push_back((0.0, 0.0));
            return;
        }
        self.recent.push_back((sent, delay));
        while let Some((oldest, _)) = self.recent.front()
            && sent - oldest > TREND_WINDOW.as_secs_f64()
        {
            self.recent.pop_front();
        }
        match self.base.back_mut() {
            Some((start, least)) if sent - *start < BASE_SLOT.as_secs_f64() => *least = least.min(delay),
            _ => self.base.push_back((sent, delay)),
        }
        while let Some((start, _)) = self.base.front()
            && sent - start > BASE_WINDOW.as_secs_f64()
        {
            self.base.pop_front();
        }
    }

    pub(super) fn queue(&self) -> Option<Queue> {
        if self.recent.len() < MIN_TREND_PACKETS {
            return None;
        }
        let newest = self.recent.back()?.0;
        let least = |delays: &mut dyn Iterator<Item = f64>| delays.fold(f64::INFINITY, f64::min);
        let base = least(&mut self.base.iter().map(|(_, delay)| *delay));
        let standing_since = newest - STANDING_WINDOW.as_secs_f64();
        let in_window = self.recent.iter().filter(|(sent, _)| *sent >= standing_since);
        let standing = least(&mut in_window.map(|(_, delay)| *delay)) - base;
        Some(Queue { standing: Duration::from_secs_f64(standing.clamp(0.0, MAX_JUMP_S)), growth: self.slope() })
    }

    /// The least-squares slope of delay over time of departure.
    fn slope(&self) -> f64 {
        let count = self.recent.len() as f64;
        let mean_sent = self.recent.iter().map(|(sent, _)| sent).sum::<f64>() / count;
        let mean_delay = self.recent.iter().map(|(_, delay)| delay).sum::<f64>() / count;
        let (mut covariance, mut variance) = (0.0, 0.0);
        for (sent, delay) in &self.recent {
            covariance += (sent - mean_sent) * (delay - mean_delay);
            variance += (sent - mean_sent).powi(2);
        }
        if variance > 0.0 { covariance / variance } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A packet every 10 ms for `seconds`, each with the delay in milliseconds that `delay_ms` gives for its time.
    fn trend_of(seconds: f64, delay_ms: impl Fn(f64) -> f64) -> Queue {
        let start = Instant::now();
        let mut trend = DelayTrend::default();
        for packet in 0..(seconds * 100.0) as u64 {
            let sent = packet as f64 / 100.0;
            let arrival = 5000.0 + sent + delay_ms(sent) / 1000.0;
            trend.arrived(start + Duration::from_secs_f64(sent), Duration::from_secs_f64(arrival));
        }
        trend.queue().unwrap()
    }

    #[test]
    fn a_constant_delay_is_no_queue_however_long_it_is() {
        for delay in [1.0, 400.0] {
            let queue = trend_of(3.0, |_| delay);
            assert!(queue.standing < Duration::from_millis(1), "{queue:?}");
            assert!(queue.growth.abs() < 0.001, "{queue:?}");
        }
    }

    #[test]
    fn a_growing_delay_is_a_growing_queue() {
        let queue = trend_of(3.0, |sent| 100.0 * (sent - 1.0).max(0.0));
        assert!((queue.growth - 0.1).abs() < 0.01, "{queue:?}");
        assert!(queue.standing > Duration::from_millis(150), "{queue:?}");
    }

    #[test]
    fn a_picture_s_packets_passing_are_no_standing_queue() {
        // Every 100 ms a picture that takes 60 ms to drain.
        let queue = trend_of(3.0, |sent| (60.0 - (sent * 1000.0) % 100.0).max(0.0));
        assert!(queue.standing < Duration::from_millis(5), "{queue:?}");
    }

    #[test]
    fn drifting_clocks_are_no_queue() {
        let queue = trend_of(60.0, |sent| sent * 0.1);
        assert!(queue.standing < Duration::from_millis(3), "{queue:?}");
    }

    #[test]
    fn another_clock_is_a_new_beginning() {
        let queue = trend_of(6.0, |sent| if sent < 3.0 { 20.0 } else { 100_000.0 });
        assert!(queue.standing < Duration::from_millis(1), "{queue:?}");
    }
}
