//! What a link's tasks and handles have in common.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use webrtc::peer_connection::PeerConnection;

use crate::activity::Activity;
use crate::channel::control::ControlDrops;
use crate::line::{Line, PerLine};
use crate::receive::ReceiveCounters;
use crate::send::SendQueues;
use crate::statistics::LinkStatistics;

/// What a link's tasks and handles have in common. It never holds the connection.
pub(super) struct Shared {
    pub(super) ssrcs: PerLine<u32>,
    pub(super) queues: Arc<SendQueues>,
    pub(super) activity: Arc<Activity>,
    pub(super) received: PerLine<Arc<ReceiveCounters>>,
    pub(super) control_drops: Arc<ControlDrops>,
    pub(super) round_trip: watch::Receiver<Option<Duration>>,
    is_connected: AtomicBool,
    keyframe_wishes: PerLine<AtomicBool>,
    keyframe_wished: Notify,
}

impl Shared {
    pub(super) fn new(
        ssrcs: PerLine<u32>,
        queues: Arc<SendQueues>,
        round_trip: watch::Receiver<Option<Duration>>,
    ) -> Self {
        Self {
            ssrcs,
            queues,
            activity: Arc::new(Activity::new()),
            received: PerLine::from_fn(|_| Arc::default()),
            control_drops: Arc::default(),
            round_trip,
            is_connected: AtomicBool::new(false),
            keyframe_wishes: PerLine::from_fn(|_| AtomicBool::new(false)),
            keyframe_wished: Notify::new(),
        }
    }

    pub(super) fn set_connected(&self) {
        self.is_connected.store(true, Ordering::Release);
    }

    /// Whether the link has been up.
    pub(super) fn has_connected(&self) -> bool {
        self.is_connected.load(Ordering::Acquire)
    }

    pub(super) fn wish_keyframe(&self, line: Line) {
        self.keyframe_wishes[line].store(true, Ordering::Release);
        self.keyframe_wished.notify_one();
    }

    pub(super) fn take_keyframe_wishes(&self) -> Vec<Line> {
        let wished = |line: &Line| self.keyframe_wishes[*line].swap(false, Ordering::AcqRel);
        Line::ALL.into_iter().filter(wished).collect()
    }

    pub(super) async fn keyframe_wished(&self) {
        self.keyframe_wished.notified().await;
    }

    pub(super) async fn statistics(&self, _pc: &Arc<dyn PeerConnection>) -> LinkStatistics {
        LinkStatistics {
            round_trip: *self.round_trip.borrow(),
            control_messages_dropped: self.control_drops.count(),
            ..LinkStatistics::default()
        }
    }
}
