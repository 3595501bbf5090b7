//! The estimate itself.

use std::time::{Duration, Instant};

use super::delay::{DelayTrend, Queue};
use super::loss::{LossTrial, Verdict};
use super::probe::ProbeOutcome;
use super::windowed_rate::WindowedRate;
use super::{PacketFate, PacketFeedback};

/// What is assumed of a path nothing is known of.
const INITIAL_BPS: f64 = 1_000_000.0;
/// Sound and the smallest picture.
const MIN_BPS: f64 = 100_000.0;
/// More than everything this end ever sends.
const MAX_BPS: f64 = 12_000_000.0;

/// A queue that stands this long is a queue, on a path without others.
const MIN_TOLERATED_QUEUE: Duration = Duration::from_millis(25);
/// A queue beyond this is too much even when it does not grow.
const LONG_QUEUE: Duration = Duration::from_millis(100);
/// How long the tolerance takes to follow a queue that does not go away: others keep it filled, and who gives way to
/// them every time sends nothing in the end.
const TOLERANCE_RISE_S: f64 = 8.0;
const TOLERANCE_FALL_S: f64 = 4.0;
/// Seconds a second.
const GROWING: f64 = 0.01;
const DRAINING: f64 = -0.01;

/// What is sent is less than what arrives by this share after congestion, so that the queue drains; by more when it is
/// long.
const BACK_OFF: f64 = 0.85;
const BACK_OFF_LONG_QUEUE: f64 = 0.6;
const BACK_OFF_LOSS: f64 = 0.95;
/// Before a reduction has had its effect there is no other one.
const MIN_REDUCTION_INTERVAL: Duration = Duration::from_millis(250);

/// Growth a second: on a path that was never full, towards a known limit, and beyond it.
const GROWTH_STARTING: f64 = 4.0;
const GROWTH_RECOVERING: f64 = 1.25;
const GROWTH_BEYOND: f64 = 1.5;
/// Near a known limit, as a share of it, and in bits a second at most, each second.
const GROWTH_NEAR_LIMIT: f64 = 0.05;
const MAX_GROWTH_NEAR_LIMIT_BPS: f64 = 50_000.0;
/// How near.
const NEAR: f64 = 0.15;
/// More than this times what arrives is not known to fit.
const UNPROVEN_STARTING: f64 = 4.0;
const UNPROVEN: f64 = 1.5;
const UNPROVEN_MARGIN_BPS: f64 = 50_000.0;
/// A sender that sends less than it may never learns that there is room for more. After this long without congestion,
/// and twice as long after each time that was wrong, it may try.
const FIRST_TRY_AFTER: Duration = Duration::from_secs(8);
const MAX_TRY_AFTER: Duration = Duration::from_secs(60);

/// How long what a cluster was measured at is known to fit.
const PROVEN_FOR: Duration = Duration::from_secs(60);
/// Who sends less than this share of what is estimated, and of whose packets more than that share arrives as they
/// left, did not fill the path.
const UNDERUSED_SHARE: f64 = 0.5;
const UNHINDERED_SHARE: f64 = 0.75;
/// After a reduction the path is left in peace for so long.
const CALM: Duration = Duration::from_secs(2);

/// Estimates what fits through.
#[derive(Debug)]
pub(crate) struct Estimator {
    target_bps: f64,
    acknowledged: WindowedRate,
    sent: WindowedRate,
    first_departure: Option<Instant>,
    delay: DelayTrend,
    loss: LossTrial,
    tolerated_queue_s: f64,
    /// What arrived when there was more than fits, smoothed; `None` on a path that was never full.
    limit_bps: Option<f64>,
    /// What the estimate was before a reduction that loss has yet to justify.
    before_trial_bps: Option<f64>,
    /// What left before went another way.
    path_since: Option<Instant>,
    last_feedback: Option<Instant>,
    last_reduction: Option<Instant>,
    reductions: u32,
    /// What the last clusters were measured at, and when.
    probed: Option<(f64, Instant)>,
    has_queue: bool,
    /// Since when there has been no congestion.
    clear_since: Option<Instant>,
    try_after: Duration,
    is_trying: bool,
}

impl Estimator {
    pub(crate) fn new() -> Self {
        Self {
            target_bps: INITIAL_BPS,
            acknowledged: WindowedRate::default(),
            sent: WindowedRate::default(),
            first_departure: None,
            delay: DelayTrend::default(),
            loss: LossTrial::new(),
            tolerated_queue_s: MIN_TOLERATED_QUEUE.as_secs_f64(),
            limit_bps: None,
            before_trial_bps: None,
            path_since: None,
            last_feedback: None,
            last_reduction: None,
            reductions: 0,
            probed: None,
            has_queue: false,
            clear_since: None,
            try_after: FIRST_TRY_AFTER,
            is_trying: false,
        }
    }

    /// Bits a second.
    pub(crate) fn target_bps(&self) -> u64 {
        self.target_bps as u64
    }

    /// How often there was too much.
    pub(super) fn reductions(&self) -> u32 {
        self.reductions
    }

    /// The share of packets that the path loses whatever is sent.
    pub(super) fn own_loss_share(&self) -> f64 {
        self.loss.own_share()
    }

    /// Whether the path has shown an end.
    pub(super) fn is_limited(&self) -> bool {
        self.limit_bps.is_some() || self.last_reduction.is_some()
    }

    /// Whether no queue stands, no loss is under trial and neither was so a moment ago.
    pub(super) fn is_clear(&self, now: Instant) -> bool {
        let is_calm = self.last_reduction.is_none_or(|last| now.saturating_duration_since(last) >= CALM);
        is_calm && !self.has_queue && self.before_trial_bps.is_none()
    }

    /// Takes what a cluster says of the path.
    pub(super) fn probed(&mut self, now: Instant, outcome: ProbeOutcome) {
        let bps = match outcome {
            ProbeOutcome::Carried { bps } => {
                self.limit_bps = self.limit_bps.filter(|limit| *limit > bps);
                bps
            }
            ProbeOutcome::Saturated { bps } => {
                let is_guess = !self.is_limited() && self.probed.is_none() && self.target_bps <= INITIAL_BPS;
                if is_guess {
                    self.target_bps = self.acknowledged.bps().map_or(bps, |acknowledged| bps.max(acknowledged));
                }
                if is_guess || bps > self.target_bps {
                    self.limit_bps = Some(bps);
                }
                bps
            }
            ProbeOutcome::Unusable => return,
        };
        self.target_bps = self.target_bps.max(bps).clamp(MIN_BPS, MAX_BPS);
        self.probed = Some((self.proven_bps(now).map_or(bps, |proven| proven.max(bps)), now));
    }

    /// What a cluster was measured at not long ago.
    fn proven_bps(&self, now: Instant) -> Option<f64> {
        self.probed.filter(|(_, at)| now.saturating_duration_since(*at) < PROVEN_FOR).map(|(bps, _)| bps)
    }

    /// The path is another one: what is known of its delay, rate and loss is not true any more.
    pub(crate) fn path_changed(&mut self, now: Instant) {
        *self = Self { target_bps: self.target_bps.min(INITIAL_BPS), path_since: Some(now), ..Self::new() };
    }

    /// Takes feedback that came at `now`, in order of departure.
    pub(crate) fn feedback(&mut self, now: Instant, packets: &[PacketFeedback]) {
        let elapsed = self
            .last_feedback
            .map_or(Duration::ZERO, |last| now.saturating_duration_since(last))
            .min(Duration::from_millis(500));
        self.last_feedback = Some(now);
        self.clear_since.get_or_insert(now);
        let mut verdict = None;
        let path_since = self.path_since;
        let on_this_path = |packet: &&PacketFeedback| path_since.is_none_or(|since| packet.departure > since);
        for packet in packets.iter().filter(on_this_path) {
            let first_departure = *self.first_departure.get_or_insert(packet.departure);
            self.sent.counted(packet.departure.saturating_duration_since(first_departure), packet.wire_bytes);
            if let PacketFate::Arrived(arrival) = packet.fate {
                self.acknowledged.counted(arrival, packet.wire_bytes);
                self.delay.arrived(packet.departure, arrival);
            }
            let is_lost = packet.fate == PacketFate::Lost;
            verdict = self.loss.count(now, packet.departure, is_lost).or(verdict);
        }
        match verdict {
            Some(verdict) => self.judge(now, verdict),
            None => self.follow_queue(now, elapsed),
        }
        self.target_bps = self.target_bps.clamp(MIN_BPS, MAX_BPS);
    }

    fn judge(&mut self, now: Instant, verdict: Verdict) {
        match verdict {
            Verdict::Suspicious => {
                self.before_trial_bps = Some(self.target_bps);
                if let Some(acknowledged) = self.acknowledged.bps() {
                    self.reduce(now, self.fitting_despite_loss_bps(now, acknowledged) * BACK_OFF_LOSS);
                }
            }
            Verdict::Confirmed => {
                self.before_trial_bps = None;
                self.congested(now, self.target_bps / BACK_OFF_LOSS);
            }
            Verdict::Acquitted => {
                if let Some(before) = self.before_trial_bps.take() {
                    self.target_bps = self.target_bps.max(before);
                }
            }
            Verdict::Usual => {}
        }
    }

    fn follow_queue(&mut self, now: Instant, elapsed: Duration) {
        let Some(queue) = self.delay.queue() else { return };
        let excess = queue.standing.saturating_sub(Duration::from_secs_f64(self.tolerated_queue_s));
        self.has_queue = !excess.is_zero();
        self.follow_tolerance(queue, elapsed);
        let is_congested =
            !excess.is_zero() && (queue.growth > GROWING || (excess > LONG_QUEUE && queue.growth > DRAINING));
        let may_reduce =
            self.last_reduction.is_none_or(|last| now.saturating_duration_since(last) >= MIN_REDUCTION_INTERVAL);
        if is_congested && may_reduce {
            if let Some(acknowledged) = self.acknowledged.bps() {
                let back_off = if excess > LONG_QUEUE { BACK_OFF_LONG_QUEUE } else { BACK_OFF };
                let fits_bps = self.fitting_bps(acknowledged);
                self.congested(now, fits_bps);
                self.reduce(now, fits_bps * back_off);
            }
        } else if excess.is_zero() && self.before_trial_bps.is_none() {
            self.grow(now, elapsed);
        }
    }

    fn follow_tolerance(&mut self, queue: Queue, elapsed: Duration) {
        let standing = queue.standing.as_secs_f64().max(MIN_TOLERATED_QUEUE.as_secs_f64());
        let pace = if standing > self.tolerated_queue_s { TOLERANCE_RISE_S } else { TOLERANCE_FALL_S };
        self.tolerated_queue_s += (standing - self.tolerated_queue_s) * (elapsed.as_secs_f64() / pace).min(1.0);
    }

    /// What fits when a queue stands on a path on which `acknowledged` arrives. Of a path that this end does not fill
    /// that says nothing: others do, and a little less has to do at a time.
    fn fitting_bps(&self, acknowledged: f64) -> f64 {
        let is_underused = acknowledged < self.target_bps * UNDERUSED_SHARE;
        let is_unhindered = self.sent.bps().is_some_and(|sent| acknowledged > sent * UNHINDERED_SHARE);
        if is_underused && is_unhindered { self.target_bps } else { acknowledged }
    }

    /// The same when packets are lost: what went through not long ago says that less is not lost for want of room.
    fn fitting_despite_loss_bps(&self, now: Instant, acknowledged: f64) -> f64 {
        let is_little = |proven: f64| self.sent.bps().is_some_and(|sent| sent < proven * UNDERUSED_SHARE);
        if self.proven_bps(now).is_some_and(is_little) { self.target_bps } else { acknowledged }
    }

    /// There was more than fits; `fits_bps` of it arrived.
    fn congested(&mut self, now: Instant, fits_bps: f64) {
        self.limit_bps = Some(match self.limit_bps {
            Some(limit) if (fits_bps / limit - 1.0).abs() < 0.5 => limit + (fits_bps - limit) * 0.5,
            _ => fits_bps,
        });
        if self.is_trying {
            self.is_trying = false;
            self.try_after = (self.try_after * 2).min(MAX_TRY_AFTER);
        }
        self.clear_since = Some(now);
        if fits_bps < self.target_bps {
            self.probed = None;
        }
    }

    fn reduce(&mut self, now: Instant, to_bps: f64) {
        self.target_bps = self.target_bps.min(to_bps);
        self.last_reduction = Some(now);
        self.reductions = self.reductions.wrapping_add(1);
    }

    fn grow(&mut self, now: Instant, elapsed: Duration) {
        let Some(acknowledged) = self.acknowledged.bps() else { return };
        let seconds = elapsed.as_secs_f64();
        let clear = self.clear_since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        let (grown, proven) = match self.limit_bps {
            None => (self.target_bps * GROWTH_STARTING.powf(seconds), acknowledged * UNPROVEN_STARTING),
            Some(limit) => {
                let grown = match self.target_bps / limit - 1.0 {
                    distance if distance < -NEAR => self.target_bps * GROWTH_RECOVERING.powf(seconds),
                    distance if distance <= NEAR => {
                        self.target_bps + (limit * GROWTH_NEAR_LIMIT).min(MAX_GROWTH_NEAR_LIMIT_BPS) * seconds
                    }
                    _ => self.target_bps * GROWTH_BEYOND.powf(seconds),
                };
                // What a cluster showed need not be tried.
                let is_told = self.proven_bps(now).is_some();
                self.is_trying = !is_told && (self.is_trying || clear >= self.try_after);
                let unproven = if self.is_trying { UNPROVEN_STARTING } else { UNPROVEN };
                (grown, acknowledged * unproven + UNPROVEN_MARGIN_BPS)
            }
        };
        let proven = self.proven_bps(now).map_or(proven, |probed| proven.max(probed));
        self.target_bps = self.target_bps.max(grown.min(proven));
    }
}
