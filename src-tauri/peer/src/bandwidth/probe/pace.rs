//! When the packets of a cluster leave. Pure: time comes from outside.

use std::time::{Duration, Instant};

use super::{ProbeMember, ProbeOrder};

/// Fewer packets than this say nothing.
const MIN_PACKETS: u16 = 8;
/// However small they are, there are no more in a cluster.
const MAX_PACKETS: u16 = 96;
/// A cluster that has not left by then is as good as it will get.
const MAX_DURATION: Duration = Duration::from_millis(300);

/// A cluster on its way out.
#[derive(Debug)]
pub(crate) struct ProbePace {
    order: ProbeOrder,
    start: Instant,
    packets: u16,
    wire_bytes: usize,
}

impl ProbePace {
    pub(crate) fn new(order: ProbeOrder, now: Instant) -> Self {
        Self { order, start: now, packets: 0, wire_bytes: 0 }
    }

    pub(crate) fn order(&self) -> &ProbeOrder {
        &self.order
    }

    /// Packets that have left.
    pub(crate) fn packets(&self) -> u16 {
        self.packets
    }

    pub(crate) fn is_done(&self, now: Instant) -> bool {
        let is_enough = self.wire_bytes >= self.order.wire_bytes && self.packets >= MIN_PACKETS;
        is_enough || self.packets >= MAX_PACKETS || now.saturating_duration_since(self.start) > MAX_DURATION
    }

    /// How long the next packet has to wait; `None` when it may leave.
    pub(crate) fn wait(&self, now: Instant) -> Option<Duration> {
        let seconds = self.wire_bytes as f64 * 8.0 / self.order.rate_bps.max(1) as f64;
        let due = self.start + Duration::from_secs_f64(seconds.min(1.0));
        Some(due.saturating_duration_since(now)).filter(|wait| !wait.is_zero())
    }

    /// A packet leaves; its place in the cluster.
    pub(crate) fn sent(&mut self, wire_bytes: usize) -> ProbeMember {
        let member = ProbeMember { id: self.order.id, index: self.packets };
        self.packets = self.packets.saturating_add(1);
        self.wire_bytes += wire_bytes;
        member
    }
}

#[cfg(test)]
mod tests {
    use super::super::ProbeId;
    use super::*;

    #[test]
    fn a_cluster_leaves_at_its_rate_and_then_ends() {
        let order = ProbeOrder { id: ProbeId(1), rate_bps: 3_000_000, wire_bytes: 9_000, padding_wire_bytes: 900 };
        let start = Instant::now();
        let mut pace = ProbePace::new(order, start);
        let mut now = start;
        while !pace.is_done(now) {
            match pace.wait(now) {
                Some(wait) => now += wait,
                None => assert_eq!(pace.sent(900).index + 1, pace.packets()),
            }
        }
        assert_eq!(pace.packets(), 10);
        let took_ms = (now - start).as_secs_f64() * 1000.0;
        assert!((took_ms - 21.6).abs() < 0.1, "nine gaps of 2.4 ms took {took_ms} ms");
    }

    #[test]
    fn a_cluster_is_bounded_in_packets_and_in_time() {
        let order = ProbeOrder { id: ProbeId(1), rate_bps: 3_000_000, wire_bytes: 1 << 20, padding_wire_bytes: 900 };
        let start = Instant::now();
        let mut pace = ProbePace::new(order, start);
        assert!(pace.is_done(start + MAX_DURATION * 2));
        (0..MAX_PACKETS).for_each(|_| {
            pace.sent(100);
        });
        assert!(pace.is_done(start));
    }
}
