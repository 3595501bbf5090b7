//! Estimating and probing together: what to tell of the path, and when to ask it.

use std::time::{Duration, Instant};

use super::PacketFeedback;
use super::announcer::Announcer;
use super::estimator::Estimator;
use super::probe::{Circumstances, Cluster, PathState, ProbeId, ProbeMember, ProbeOrder, ProbeSchedule};

/// How long after the first picture nothing is told while nothing is known.
const FIRST_WORD: Duration = Duration::from_secs(1);
/// Without a picture in this long nothing is being sent that more room would be of use to.
const RESTING: Duration = Duration::from_millis(500);

/// What a link sends by.
#[derive(Debug)]
pub(crate) struct BandwidthControl {
    estimator: Estimator,
    announcer: Announcer,
    schedule: ProbeSchedule,
    cluster: Option<Cluster>,
    /// Since the first picture on this path.
    first_picture: Option<Instant>,
    last_picture: Option<Instant>,
    reductions: u32,
}

impl BandwidthControl {
    pub(crate) fn new() -> Self {
        Self {
            estimator: Estimator::new(),
            announcer: Announcer::default(),
            schedule: ProbeSchedule::new(),
            cluster: None,
            first_picture: None,
            last_picture: None,
            reductions: 0,
        }
    }

    /// What is sent goes another way from now on.
    pub(crate) fn path_changed(&mut self, now: Instant) {
        self.estimator.path_changed(now);
        self.reductions = 0;
        self.schedule.path_changed();
        self.cluster = None;
        self.first_picture = None;
    }

    /// A packet of a picture has left.
    pub(crate) fn picture_left(&mut self, now: Instant) {
        self.first_picture.get_or_insert(now);
        self.last_picture = Some(now);
    }

    /// All packets of a cluster have left.
    pub(crate) fn cluster_left(&mut self, now: Instant, id: ProbeId, packets: u16) {
        if let Some(cluster) = self.cluster.as_mut().filter(|cluster| cluster.order().id == id) {
            cluster.has_left(now, packets);
        }
    }

    /// Takes feedback that came at `now`, in order of departure, with each packet's place in a cluster.
    pub(crate) fn feedback(&mut self, now: Instant, packets: &[(PacketFeedback, Option<ProbeMember>)]) {
        let reported: Vec<PacketFeedback> = packets.iter().map(|(packet, _)| *packet).collect();
        self.estimator.feedback(now, &reported);
        if self.reductions != self.estimator.reductions() {
            self.reductions = self.estimator.reductions();
            self.schedule.reduced(now);
        }
        let Some(cluster) = &mut self.cluster else { return };
        for (packet, member) in packets {
            if let Some(member) = member.filter(|member| member.id == cluster.order().id) {
                cluster.report(member.index, *packet);
            }
        }
    }

    /// The cluster to send now, when `wanted_bps` would be put to use.
    pub(crate) fn poll(&mut self, now: Instant, wanted_bps: u64) -> Option<ProbeOrder> {
        if let Some(cluster) = &self.cluster {
            let outcome = cluster.outcome(now, self.estimator.own_loss_share())?;
            self.cluster = None;
            let before_bps = self.estimator.target_bps();
            self.estimator.probed(now, outcome);
            self.schedule.concluded(now, outcome, before_bps, self.circumstances(now, wanted_bps));
        }
        let is_sending = self.last_picture.is_some_and(|last| now.saturating_duration_since(last) < RESTING);
        if !is_sending || self.first_picture.is_none() {
            return None;
        }
        let order = self.schedule.poll(now, self.circumstances(now, wanted_bps))?;
        self.cluster = Some(Cluster::new(order, now));
        Some(order)
    }

    fn circumstances(&self, now: Instant, wanted_bps: u64) -> Circumstances {
        let path = if self.estimator.is_clear(now) { PathState::Clear } else { PathState::Busy };
        Circumstances { wanted_bps, estimate_bps: self.estimator.target_bps(), path }
    }

    /// What fits through, in bits a second; `None` while that would be a guess.
    pub(crate) fn known_bps(&self, now: Instant) -> Option<u64> {
        let is_late = self.first_picture.is_some_and(|first| now.saturating_duration_since(first) >= FIRST_WORD);
        let is_known = self.schedule.has_spoken() || self.estimator.is_limited() || is_late;
        is_known.then(|| self.estimator.target_bps())
    }

    /// Whether `bps` is to be told now; it counts as told then.
    pub(crate) fn is_noticeable(&mut self, now: Instant, bps: u64) -> bool {
        self.announcer.is_noticeable(now, bps)
    }
}
