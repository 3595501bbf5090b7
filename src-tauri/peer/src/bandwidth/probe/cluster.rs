//! What a cluster's arrival says: the lesser of the rates at which it left and arrived.

use std::time::{Duration, Instant};

use super::{ProbeOrder, ProbeOutcome};
use crate::bandwidth::{PacketFate, PacketFeedback};

/// So many must arrive, and this share of the packets on top of what the path loses anyway.
const MIN_ARRIVED: usize = 5;
const MIN_ARRIVED_SHARE: f64 = 0.8;
/// What took longer was not a cluster any more.
const MAX_SPAN: Duration = Duration::from_secs(1);
/// Packets that arrive so much faster than they left were held up together somewhere.
const MAX_GAIN: f64 = 2.0;
/// What arrives at this share of the speed it left at was not held up.
const UNHINDERED: f64 = 0.9;
/// More loss than this on top of the path's own is of the cluster's making.
const THINNED_SHARE: f64 = 0.1;
/// A full path is used to this share, so that no queue stands.
const USED_SHARE: f64 = 0.97;
/// After this long what is not reported will not be.
const PATIENCE: Duration = Duration::from_secs(1);

/// A cluster that has been ordered, and what is known of its packets.
#[derive(Debug)]
pub(in crate::bandwidth) struct Cluster {
    order: ProbeOrder,
    ordered: Instant,
    /// How many packets have left, and when that was told.
    left: Option<(u16, Instant)>,
    reported: Vec<Option<PacketFeedback>>,
}

impl Cluster {
    pub(in crate::bandwidth) fn new(order: ProbeOrder, now: Instant) -> Self {
        Self { order, ordered: now, left: None, reported: Vec::new() }
    }

    pub(in crate::bandwidth) fn order(&self) -> &ProbeOrder {
        &self.order
    }

    /// All of it has left: so many packets.
    pub(in crate::bandwidth) fn has_left(&mut self, now: Instant, packets: u16) {
        self.left = Some((packets, now));
    }

    /// The other end says something of its packet `index`.
    pub(in crate::bandwidth) fn report(&mut self, index: u16, packet: PacketFeedback) {
        let index = usize::from(index);
        if self.reported.len() <= index {
            self.reported.resize(index + 1, None);
        }
        self.reported[index] = Some(packet);
    }

    /// What it says, once everything is known that will be; `lost_share` is lost on this path whatever is sent.
    pub(in crate::bandwidth) fn outcome(&self, now: Instant, lost_share: f64) -> Option<ProbeOutcome> {
        let Some((packets, at)) = self.left else {
            let is_forgotten = now.saturating_duration_since(self.ordered) > 2 * PATIENCE;
            return is_forgotten.then_some(ProbeOutcome::Unusable);
        };
        let reported = self.reported.iter().flatten().count();
        let is_complete = reported >= usize::from(packets) || now.saturating_duration_since(at) > PATIENCE;
        is_complete.then(|| self.measure(lost_share))
    }

    fn measure(&self, lost_share: f64) -> ProbeOutcome {
        let reported = self.reported.iter().flatten().count();
        let arrived: Vec<(Instant, Duration, usize)> = self
            .reported
            .iter()
            .flatten()
            .filter_map(|packet| match packet.fate {
                PacketFate::Arrived(at) => Some((packet.departure, at, packet.wire_bytes)),
                PacketFate::Lost => None,
            })
            .collect();
        let enough = reported as f64 * (MIN_ARRIVED_SHARE - lost_share).max(0.5);
        if arrived.len() < MIN_ARRIVED || (arrived.len() as f64) < enough {
            return ProbeOutcome::Unusable;
        }
        let total: usize = arrived.iter().map(|(_, _, bytes)| bytes).sum();
        // Between n packets are n - 1 gaps: the last one left after all gaps, the first one arrived before them.
        let departures = arrived.iter().map(|(departure, _, bytes)| (*departure, *bytes));
        let send_bps = departures
            .clone()
            .min()
            .zip(departures.max())
            .and_then(|((first, _), (last, last_bytes))| rate(total - last_bytes, last - first));
        let arrivals = arrived.iter().map(|(_, arrival, bytes)| (*arrival, *bytes));
        let receive_bps = arrivals
            .clone()
            .min()
            .zip(arrivals.max())
            .and_then(|((first, first_bytes), (last, _))| rate(total - first_bytes, last - first));
        let (Some(send), Some(receive)) = (send_bps, receive_bps) else { return ProbeOutcome::Unusable };
        // Whoever drops what is too much spreads nothing.
        let is_thinned =
            reported >= arrived.len() + 2 && 1.0 - arrived.len() as f64 / reported as f64 > lost_share + THINNED_SHARE;
        if receive > send * MAX_GAIN {
            ProbeOutcome::Unusable
        } else if receive >= send * UNHINDERED && !is_thinned {
            ProbeOutcome::Carried { bps: send.min(receive) }
        } else {
            ProbeOutcome::Saturated { bps: send.min(receive) * USED_SHARE }
        }
    }
}

fn rate(bytes: usize, span: Duration) -> Option<f64> {
    (!span.is_zero() && span <= MAX_SPAN).then(|| bytes as f64 * 8.0 / span.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::super::ProbeId;
    use super::*;

    const ORDER: ProbeOrder =
        ProbeOrder { id: ProbeId(1), rate_bps: 3_000_000, wire_bytes: 10_000, padding_wire_bytes: 1_000 };

    /// Ten packets of 1,000 bytes, one every `sent_every`, of which `arrival` says when it arrives in microseconds.
    fn outcome(sent_every_us: u64, arrival: impl Fn(u64) -> Option<u64>) -> ProbeOutcome {
        let start = Instant::now();
        let mut cluster = Cluster::new(ORDER, start);
        for index in 0..10 {
            let departure = start + Duration::from_micros(u64::from(index) * sent_every_us);
            let fate = arrival(u64::from(index)).map_or(PacketFate::Lost, |at| {
                PacketFate::Arrived(Duration::from_secs(1_000) + Duration::from_micros(at))
            });
            cluster.report(index, PacketFeedback { departure, wire_bytes: 1_000, fate });
        }
        assert_eq!(cluster.outcome(start, 0.0), None, "it has not all left");
        cluster.has_left(start, 10);
        cluster.outcome(start, 0.0).unwrap()
    }

    #[test]
    fn a_cluster_that_arrives_as_it_left_was_carried() {
        let ProbeOutcome::Carried { bps } = outcome(2_000, |index| Some(index * 2_000)) else { panic!() };
        assert!((bps - 4e6).abs() < 1.0, "{bps}");
    }

    #[test]
    fn a_cluster_that_spreads_tells_the_rate_of_the_path() {
        let ProbeOutcome::Saturated { bps } = outcome(2_000, |index| Some(index * 8_000)) else { panic!() };
        assert!((bps - 0.97e6).abs() < 1.0, "{bps}");
    }

    #[test]
    fn overtaking_changes_no_rate() {
        let swapped = |index: u64| Some((index ^ 1) * 8_000);
        let ProbeOutcome::Saturated { bps } = outcome(2_000, swapped) else { panic!() };
        assert!((bps - 0.97e6).abs() < 1.0, "{bps}");
    }

    #[test]
    fn a_cluster_that_lost_much_or_arrived_in_a_heap_says_nothing() {
        assert_eq!(outcome(2_000, |index| (index % 3 != 0).then_some(index * 2_000)), ProbeOutcome::Unusable);
        assert_eq!(outcome(2_000, |index| Some(index * 900)), ProbeOutcome::Unusable);
        assert_eq!(outcome(2_000, |_| Some(0)), ProbeOutcome::Unusable);
        assert_eq!(outcome(2_000, |index| Some(index * 200_000)), ProbeOutcome::Unusable);
    }

    #[test]
    fn loss_of_the_path_s_own_does_not_spoil_a_cluster() {
        let start = Instant::now();
        let mut cluster = Cluster::new(ORDER, start);
        for index in 0..10_u16 {
            let after = Duration::from_millis(2 * u64::from(index));
            let fate = if index % 3 == 1 { PacketFate::Lost } else { PacketFate::Arrived(after) };
            cluster.report(index, PacketFeedback { departure: start + after, wire_bytes: 1_000, fate });
        }
        cluster.has_left(start, 10);
        assert_eq!(cluster.outcome(start, 0.0), Some(ProbeOutcome::Unusable));
        assert!(matches!(cluster.outcome(start, 0.2), Some(ProbeOutcome::Carried { .. })));
    }

    #[test]
    fn a_path_that_drops_what_is_too_much_is_full() {
        let dropped = |index: u64| (index != 4 && index != 7).then_some(index * 2_000);
        assert!(matches!(outcome(2_000, dropped), ProbeOutcome::Saturated { bps } if bps < 3.2e6));
    }

    #[test]
    fn a_cluster_nobody_reports_is_given_up() {
        let start = Instant::now();
        let mut cluster = Cluster::new(ORDER, start);
        assert_eq!(cluster.outcome(start + PATIENCE, 0.0), None);
        assert_eq!(cluster.outcome(start + PATIENCE * 3, 0.0), Some(ProbeOutcome::Unusable));
        cluster.has_left(start, 10);
        assert_eq!(cluster.outcome(start + PATIENCE / 2, 0.0), None);
        assert_eq!(cluster.outcome(start + PATIENCE * 2, 0.0), Some(ProbeOutcome::Unusable));
    }
}
