//! How long sound must wait so that (nearly) every packet is there when its turn comes.
//!
//! A packet's transit is its arrival minus its timestamp, in samples; it has an arbitrary constant part, and what a
//! packet needed beyond the fastest one of the last seconds is its lateness. The target covers nearly all lateness
//! seen: of the last half second, so that a spike counts at once, and of the last ten, so that it is forgotten slowly.

use std::collections::VecDeque;

/// The fastest packet is sought among the last ten seconds: long enough to contain an undelayed one, short enough
/// that a sender whose clock is 200 ppm slow is at most 2 ms off.
const BASE_SPANS: usize = 10;
const BASE_SPAN: i64 = 48_000;

/// 5 ms a bucket, one second in all.
const BUCKET: i64 = 240;
const BUCKETS: usize = 200;

/// Least and most that is aimed at: 10 ms and half a second.
const MIN_TARGET: i64 = 480;
const MAX_TARGET: i64 = 24_000;

/// Aimed at before the network is known: 30 ms.
const FIRST_TARGET: i64 = 1_440;
const PACKETS_TO_KNOW: u32 = 25;

/// With more loss than this, waiting one packet longer pays: the next packet then still brings the lost one's
/// redundant copy in time.
const LOSS_WORTH_WAITING: f32 = 0.02;
const LOSS_FORGETTING: f32 = 1.0 / 128.0;

/// Shares of packets by lateness, older ones counting less and less.
#[derive(Debug)]
struct Histogram {
    shares: [f32; BUCKETS],
    forgetting: f32,
    quantile: f32,
    packets: u32,
}

impl Histogram {
    fn new(forgetting: f32, quantile: f32) -> Self {
        Self { shares: [0.0; BUCKETS], forgetting, quantile, packets: 0 }
    }

    fn add(&mut self, lateness: i64) {
        self.packets = self.packets.saturating_add(1);
        // The first packets weigh the same each, else the very first would dominate for long.
        let weight = self.forgetting.max(1.0 / self.packets as f32);
        for share in &mut self.shares {
            *share *= 1.0 - weight;
        }
        let bucket = usize::try_from(lateness / BUCKET).unwrap_or(0).min(BUCKETS - 1);
        if let Some(share) = self.shares.get_mut(bucket) {
            *share += weight;
        }
    }

    /// The upper edge of the bucket below which the quantile lies; zero of no packets.
    fn lateness(&self) -> i64 {
        if self.packets == 0 {
            return 0;
        }
        let mut sum = 0.0;
        for (share, edge) in self.shares.iter().zip(1_i64..) {
            sum += share;
            if sum >= self.quantile {
                return edge * BUCKET;
            }
        }
        BUCKETS as i64 * BUCKET
    }
}

/// What the network is like.
#[derive(Debug)]
pub(super) struct DelayEstimator {
    /// The least transit of each second, the present one last.
    fastest: VecDeque<(i64, i64)>,
    recent: Histogram,
    lasting: Histogram,
    loss: f32,
    packet: i64,
}

impl Default for DelayEstimator {
    fn default() -> Self {
        Self {
            fastest: VecDeque::with_capacity(BASE_SPANS + 1),
            recent: Histogram::new(0.04, 0.92),
            lasting: Histogram::new(0.002, 0.97),
            loss: 0.0,
            packet: 960,
        }
    }
}

impl DelayEstimator {
    /// A packet of `samples` came at `arrival` on the buffer's clock with this transit. Gives its lateness.
    pub(super) fn observe(&mut self, arrival: i64, transit: i64, samples: usize) -> i64 {
        let span = arrival.div_euclid(BASE_SPAN);
        self.fastest.retain(|(of, _)| span - of < BASE_SPANS as i64);
        match self.fastest.back_mut() {
            Some((of, least)) if *of >= span => *least = transit.min(*least),
            _ => self.fastest.push_back((span, transit)),
        }
        let lateness = transit - self.base();
        self.recent.add(lateness);
        self.lasting.add(lateness);
        self.packet = samples as i64;
        lateness
    }

    /// A packet's turn came, and it was there or was not.
    pub(super) fn played(&mut self, lost: bool) {
        let now = if lost { 1.0 } else { 0.0 };
        self.loss += (now - self.loss) * LOSS_FORGETTING;
    }

    /// Timestamps start anew: transits of before say nothing any more, lateness does.
    pub(super) fn restart(&mut self) {
        self.fastest.clear();
    }

    /// The transit of the fastest packet of late.
    pub(super) fn base(&self) -> i64 {
        self.fastest.iter().map(|(_, least)| *least).min().unwrap_or(0)
    }

    /// How much later than the fastest packet sound should be played, in samples.
    pub(super) fn target(&self) -> i64 {
        let least = if self.lasting.packets < PACKETS_TO_KNOW { FIRST_TARGET } else { MIN_TARGET };
        let copy = if self.loss > LOSS_WORTH_WAITING { self.packet } else { 0 };
        let lateness = self.recent.lateness().max(self.lasting.lateness());
        (lateness.max(least) + copy).min(MAX_TARGET)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(estimator: &mut DelayEstimator, from_packet: i64, lateness: impl IntoIterator<Item = i64>) -> i64 {
        let mut packet = from_packet;
        for late in lateness {
            estimator.observe(packet * 960 + late, late, 960);
            packet += 1;
        }
        packet
    }

    #[test]
    fn a_steady_network_needs_the_least() {
        let mut estimator = DelayEstimator::default();
        assert_eq!(estimator.target(), FIRST_TARGET);
        feed(&mut estimator, 0, [100; 500]);
        assert_eq!(estimator.target(), MIN_TARGET);
        assert_eq!(estimator.base(), 100);
    }

    #[test]
    fn the_target_rises_within_three_late_packets_and_falls_over_seconds() {
        let mut estimator = DelayEstimator::default();
        let packet = feed(&mut estimator, 0, [0; 500]);
        let packet = feed(&mut estimator, packet, [4_800; 3]);
        assert!(estimator.target() > 4_800, "{}", estimator.target());
        let packet = feed(&mut estimator, packet, [4_800; 30].into_iter().chain([0; 100]));
        assert!(estimator.target() > 4_800, "two seconds later it still is remembered");
        feed(&mut estimator, packet, [0; 1_500]);
        assert_eq!(estimator.target(), MIN_TARGET);
    }

    #[test]
    fn one_late_packet_in_many_changes_nothing() {
        let mut estimator = DelayEstimator::default();
        let packet = feed(&mut estimator, 0, [0; 500]);
        feed(&mut estimator, packet, [9_600]);
        assert_eq!(estimator.target(), MIN_TARGET);
    }

    #[test]
    fn a_slow_senders_clock_moves_the_base() {
        let mut estimator = DelayEstimator::default();
        // 200 ppm: a packet more is late by a fifth of a sample each.
        for packet in 0..15_000 {
            estimator.observe(packet * 960, packet * 960 / 5_000, 960);
        }
        let transit = 15_000 * 960 / 5_000;
        assert!((0..=110).contains(&(transit - estimator.base())));
        assert_eq!(estimator.target(), MIN_TARGET);
    }

    #[test]
    fn loss_buys_time_for_the_redundant_copy() {
        let mut estimator = DelayEstimator::default();
        feed(&mut estimator, 0, [0; 500]);
        (0..200).for_each(|packet| estimator.played(packet % 10 == 0));
        assert_eq!(estimator.target(), MIN_TARGET + 960);
        (0..500).for_each(|_| estimator.played(false));
        assert_eq!(estimator.target(), MIN_TARGET);
    }
}
