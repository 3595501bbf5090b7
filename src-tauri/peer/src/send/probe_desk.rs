//! Where the estimator, which sees what passes the connection, and the writer, which makes it leave, meet over clusters.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::bandwidth::{ProbeId, ProbeMember, ProbeOrder};

/// Packets between the writer and the connection's chain: more than a cluster has.
const MAX_MARKS: usize = 256;

/// A packet that belongs to a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) ssrc: u32,
    pub(super) sequence: u16,
    pub(super) member: ProbeMember,
}

#[derive(Debug, Default)]
struct Papers {
    order: Option<ProbeOrder>,
    marks: VecDeque<Mark>,
    left: Option<(ProbeId, u16)>,
}

/// One link's clusters.
#[derive(Debug, Default)]
pub(crate) struct ProbeDesk {
    wanted_bps: AtomicU64,
    papers: Mutex<Papers>,
    ordered: Notify,
}

impl ProbeDesk {
    fn lock(&self) -> MutexGuard<'_, Papers> {
        // A panic while the lock is held leaves papers that are still papers.
        self.papers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the link's owner would put to use, in bits a second.
    pub(crate) fn set_wanted_bps(&self, bps: u64) {
        self.wanted_bps.store(bps, Ordering::Relaxed);
    }

    pub(crate) fn wanted_bps(&self) -> u64 {
        self.wanted_bps.load(Ordering::Relaxed)
    }

    pub(crate) fn order(&self, order: ProbeOrder) {
        self.lock().order = Some(order);
        self.ordered.notify_one();
    }

    pub(super) fn take_order(&self) -> Option<ProbeOrder> {
        self.lock().order.take()
    }

    /// Waits until something may have been ordered.
    pub(super) async fn ordered(&self) {
        self.ordered.notified().await;
    }

    /// The next packet with this number is in a cluster.
    pub(super) fn mark(&self, mark: Mark) {
        let mut papers = self.lock();
        if papers.marks.len() == MAX_MARKS {
            papers.marks.pop_front();
        }
        papers.marks.push_back(mark);
    }

    /// A packet passes: its place in a cluster.
    pub(crate) fn take_mark(&self, ssrc: u32, sequence: u16) -> Option<ProbeMember> {
        let mut papers = self.lock();
        let index = papers.marks.iter().position(|mark| mark.ssrc == ssrc && mark.sequence == sequence)?;
        papers.marks.remove(index).map(|mark| mark.member)
    }

    /// So many packets were the whole cluster.
    pub(super) fn cluster_left(&self, id: ProbeId, packets: u16) {
        self.lock().left = Some((id, packets));
    }

    /// The cluster that has left since this was asked last, and its packets.
    pub(crate) fn take_left(&self) -> Option<(ProbeId, u16)> {
        self.lock().left.take()
    }
}
