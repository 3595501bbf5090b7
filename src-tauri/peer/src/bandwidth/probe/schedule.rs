//! When to probe, and how fast. Pure: time comes from outside.

use std::time::{Duration, Instant};

use super::{ProbeId, ProbeOrder, ProbeOutcome};

/// The first cluster on a path.
const INITIAL_BPS: u64 = 3_000_000;
/// A path that is shown to carry less than this share of what is wanted is narrow beyond doubt.
const NARROW_SHARE: f64 = 0.6;
/// Clusters on a new path whose verdict is not yet the last word: one alone may have met another's burst.
const INITIAL_CLUSTERS: u32 = 2;
/// A later one is so many times as fast as what is known to fit.
const STEP: u64 = 2;
/// None is faster than what is wanted by more than this, in percent.
const MAX_OVER_WANTED_PERCENT: u64 = 120;
/// More than everything this end ever sends.
const MAX_BPS: u64 = 12_000_000;
/// How long a cluster takes to leave: 30 KB at the highest rate.
const CLUSTER_SPAN: Duration = Duration::from_millis(20);
/// Packets in a cluster that consists of padding alone, and their size with every header.
const CLUSTER_PACKETS: usize = 10;
const MIN_PADDING_WIRE_BYTES: usize = 200;
const MAX_PADDING_WIRE_BYTES: usize = 1_100;

/// After a cluster that went through, and while there is more to find out.
const NEXT_STEP_AFTER: Duration = Duration::from_millis(50);
/// After one that says nothing, so many times.
const AGAIN_AFTER: Duration = Duration::from_millis(300);
const MAX_UNUSABLE: u32 = 3;
/// After one that showed less than was wanted; twice as long after each more.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const MAX_PAUSE: Duration = Duration::from_secs(60);
/// Congestion this soon after a cluster says that the cluster was wrong.
const TRUSTED_AFTER: Duration = Duration::from_secs(10);
/// A cluster that shows less than this much more shows nothing new.
const GAIN: f64 = 1.05;
/// An estimate that grew by this much since by itself says that the path is wider now.
const WIDER: f64 = 1.3;

/// Whether there is room for a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bandwidth) enum PathState {
    /// No queue stands and no loss is under trial.
    Clear,
    /// Not now.
    Busy,
}

/// What a decision needs to know.
#[derive(Debug, Clone, Copy)]
pub(in crate::bandwidth) struct Circumstances {
    pub(in crate::bandwidth) wanted_bps: u64,
    pub(in crate::bandwidth) estimate_bps: u64,
    pub(in crate::bandwidth) path: PathState,
}

/// Follows the clusters of a link.
#[derive(Debug)]
pub(in crate::bandwidth) struct ProbeSchedule {
    next_id: u32,
    next_at: Option<Instant>,
    pause: Duration,
    /// Verdicts on this path so far.
    verdicts: u32,
    unusable: u32,
    /// When the last verdict raised the estimate.
    raised: Option<Instant>,
    /// What was estimated when a cluster showed less than was wanted.
    refused_bps: Option<u64>,
    is_initial: bool,
}

impl ProbeSchedule {
    pub(in crate::bandwidth) fn new() -> Self {
        Self {
            next_id: 0,
            next_at: None,
            pause: FIRST_PAUSE,
            verdicts: 0,
            unusable: 0,
            raised: None,
            refused_bps: None,
            is_initial: true,
        }
    }

    /// Nothing is known of the new path.
    pub(in crate::bandwidth) fn path_changed(&mut self) {
        *self = Self { next_id: self.next_id, ..Self::new() };
    }

    /// Whether the first clusters on this path have said what they can.
    pub(in crate::bandwidth) fn has_spoken(&self) -> bool {
        !self.is_initial
    }

    /// The cluster to send now, if any.
    pub(in crate::bandwidth) fn poll(&mut self, now: Instant, at: Circumstances) -> Option<ProbeOrder> {
        if self.raised.is_some_and(|raised| now.saturating_duration_since(raised) > TRUSTED_AFTER) {
            self.raised = None;
            self.pause = FIRST_PAUSE;
        }
        if self.refused_bps.is_some_and(|refused| at.estimate_bps as f64 > refused as f64 * WIDER) {
            self.refused_bps = None;
            self.pause = FIRST_PAUSE;
            self.next_at = None;
        }
        let is_early = self.next_at.is_some_and(|next| now < next);
        if at.wanted_bps <= at.estimate_bps || at.path == PathState::Busy || is_early {
            return None;
        }
        let most = at.wanted_bps.saturating_mul(MAX_OVER_WANTED_PERCENT) / 100;
        let step = at.estimate_bps.saturating_mul(STEP);
        let rate_bps = if self.is_initial { step.max(INITIAL_BPS) } else { step }.min(most).min(MAX_BPS);
        let span_bytes = usize::try_from(u128::from(rate_bps) * CLUSTER_SPAN.as_millis() / 8_000).unwrap_or_default();
        let padding_wire_bytes = (span_bytes / CLUSTER_PACKETS).clamp(MIN_PADDING_WIRE_BYTES, MAX_PADDING_WIRE_BYTES);
        let id = ProbeId(self.next_id);
        self.next_id = self.next_id.wrapping_add(1);
        Some(ProbeOrder {
            id,
            rate_bps,
            wire_bytes: span_bytes.max(padding_wire_bytes * CLUSTER_PACKETS),
            padding_wire_bytes,
        })
    }

    /// A cluster has said `outcome`, which made `before_bps` into `at.estimate_bps`.
    pub(in crate::bandwidth) fn concluded(
        &mut self,
        now: Instant,
        outcome: ProbeOutcome,
        before_bps: u64,
        at: Circumstances,
    ) {
        let has_raised = at.estimate_bps as f64 >= before_bps as f64 * GAIN;
        if has_raised {
            self.raised = Some(now);
        }
        if outcome == ProbeOutcome::Unusable {
            self.unusable = self.unusable.saturating_add(1);
            if self.unusable < MAX_UNUSABLE {
                self.next_at = Some(now + AGAIN_AFTER);
                return;
            }
        } else {
            self.unusable = 0;
        }
        self.verdicts += 1;
        let is_enough = at.estimate_bps >= at.wanted_bps;
        let goes_on = has_raised && matches!(outcome, ProbeOutcome::Carried { .. });
        let may_be_wrong = self.is_initial && self.verdicts < INITIAL_CLUSTERS && !is_narrow(outcome, at);
        if is_enough {
            self.is_initial = false;
            self.next_at = Some(now + FIRST_PAUSE);
        } else if goes_on || may_be_wrong {
            self.next_at = Some(now + NEXT_STEP_AFTER);
        } else {
            self.is_initial = false;
            self.refused_bps = Some(at.estimate_bps);
            self.pause_longer(now);
        }
    }

    /// The estimate was reduced.
    pub(in crate::bandwidth) fn reduced(&mut self, now: Instant) {
        if self.raised.take().is_some() {
            self.pause_longer(now);
        }
    }

    fn pause_longer(&mut self, now: Instant) {
        self.next_at = Some(now + self.pause);
        self.pause = (self.pause * 2).min(MAX_PAUSE);
    }
}

/// Whether a cluster showed so little that another one would hardly show enough.
fn is_narrow(outcome: ProbeOutcome, at: Circumstances) -> bool {
    matches!(outcome, ProbeOutcome::Saturated { bps } if bps < at.wanted_bps as f64 * NARROW_SHARE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLEAR: Circumstances = Circumstances { wanted_bps: 2_400_000, estimate_bps: 900_000, path: PathState::Clear };
    const REFUSED: ProbeOutcome = ProbeOutcome::Saturated { bps: 900e3 };

    const NEARLY: ProbeOutcome = ProbeOutcome::Saturated { bps: 2_000e3 };

    /// Seconds after the first cluster at which clusters leave in `seconds`, when each says `outcome`.
    fn departures(seconds: u64, outcome: ProbeOutcome, at: Circumstances) -> Vec<f64> {
        let start = Instant::now();
        let mut schedule = ProbeSchedule::new();
        let mut departures = Vec::new();
        for ms in (0..seconds * 1000).step_by(50) {
            let now = start + Duration::from_millis(ms);
            if schedule.poll(now, at).is_some() {
                departures.push(ms as f64 / 1000.0);
                schedule.concluded(now, outcome, at.estimate_bps, at);
            }
        }
        departures
    }

    #[test]
    fn after_clusters_that_showed_less_the_pauses_double_up_to_a_minute() {
        assert_eq!(departures(200, REFUSED, CLEAR), [0.0, 5.0, 15.0, 35.0, 75.0, 135.0, 195.0]);
        let twice = departures(20, NEARLY, CLEAR);
        assert_eq!(twice, [0.0, 0.05, 5.05, 15.05], "the first of a path may have met a burst");
    }

    #[test]
    fn a_cluster_that_says_nothing_is_repeated_soon_but_not_for_ever() {
        let unusable = departures(60, ProbeOutcome::Unusable, CLEAR);
        assert_eq!(unusable[..3], [0.0, 0.3, 0.6]);
        assert!(unusable.len() <= 12, "{unusable:?}");
    }

    #[test]
    fn nothing_leaves_when_nothing_more_is_wanted_or_the_path_is_busy() {
        for at in [
            Circumstances { wanted_bps: 0, ..CLEAR },
            Circumstances { wanted_bps: 900_000, ..CLEAR },
            Circumstances { path: PathState::Busy, ..CLEAR },
        ] {
            assert!(departures(60, REFUSED, at).is_empty(), "{at:?}");
        }
    }

    #[test]
    fn clusters_are_never_much_faster_than_what_is_wanted_nor_larger_than_30_kb() {
        let now = Instant::now();
        for (wanted_bps, estimate_bps) in [(1_100_000, 1_000_000), (2_400_000, 1_000_000), (90_000_000, 11_000_000)] {
            let mut schedule = ProbeSchedule::new();
            let order = schedule.poll(now, Circumstances { wanted_bps, estimate_bps, ..CLEAR }).unwrap();
            assert!(order.rate_bps <= wanted_bps * 6 / 5, "{order:?}");
            assert!(order.wire_bytes <= 30_000 && order.padding_wire_bytes <= 1_100, "{order:?}");
        }
    }

    #[test]
    fn a_cluster_that_went_through_is_followed_by_a_faster_one_until_there_is_enough() {
        let mut now = Instant::now();
        let mut schedule = ProbeSchedule::new();
        let mut at = Circumstances { wanted_bps: 9_000_000, ..CLEAR };
        let mut rates = Vec::new();
        for _ in 0..10 {
            now += NEXT_STEP_AFTER;
            let Some(order) = schedule.poll(now, at) else { continue };
            rates.push(order.rate_bps);
            let before_bps = at.estimate_bps;
            at.estimate_bps = order.rate_bps;
            schedule.concluded(now, ProbeOutcome::Carried { bps: order.rate_bps as f64 }, before_bps, at);
        }
        assert_eq!(rates, [3_000_000, 6_000_000, 10_800_000]);
        assert!(schedule.has_spoken());
    }

    #[test]
    fn congestion_soon_after_a_cluster_that_raised_the_estimate_counts_against_it() {
        let start = Instant::now();
        let mut schedule = ProbeSchedule::new();
        let raised = Circumstances { estimate_bps: 2_500_000, ..CLEAR };
        for pause in [5, 10] {
            let now = schedule.next_at.unwrap_or(start);
            assert!(schedule.poll(now, CLEAR).is_some());
            schedule.concluded(now, ProbeOutcome::Carried { bps: 2.5e6 }, CLEAR.estimate_bps, raised);
            schedule.reduced(now);
            assert_eq!(schedule.next_at, Some(now + Duration::from_secs(pause)));
        }
    }

    #[test]
    fn another_path_is_probed_at_once() {
        let now = Instant::now();
        let mut schedule = ProbeSchedule::new();
        schedule.concluded(now, REFUSED, CLEAR.estimate_bps, CLEAR);
        assert!(schedule.has_spoken() && schedule.poll(now, CLEAR).is_none());
        schedule.path_changed();
        assert!(!schedule.has_spoken() && schedule.poll(now, CLEAR).is_some());
    }
}
