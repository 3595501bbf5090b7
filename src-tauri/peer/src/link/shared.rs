//! What a link's tasks and handles have in common.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::activity::Activity;
use crate::line::PerLine;
use crate::send::{ProbeDesk, SendQueues};
use crate::statistics::{LineFlags, Observations};

/// What a link's tasks and handles have in common. It never holds the connection.
pub(super) struct Shared {
    pub(super) ssrcs: PerLine<u32>,
    pub(super) queues: Arc<SendQueues>,
    pub(super) desk: Arc<ProbeDesk>,
    pub(super) activity: Arc<Activity>,
    pub(super) observations: Arc<Observations>,
    /// Lines this end wants a keyframe on.
    pub(super) keyframes_wanted: LineFlags,
    has_connected: AtomicBool,
}

impl Shared {
    pub(super) fn new(ssrcs: PerLine<u32>, queues: Arc<SendQueues>) -> Self {
        Self {
            ssrcs,
            queues,
            desk: Arc::new(ProbeDesk::default()),
            activity: Arc::new(Activity::new()),
            observations: Arc::new(Observations::new(Instant::now())),
            keyframes_wanted: LineFlags::default(),
            has_connected: AtomicBool::new(false),
        }
    }

    pub(super) fn set_connected(&self) {
        self.has_connected.store(true, Ordering::Release);
    }

    /// Whether the link has been up.
    pub(super) fn has_connected(&self) -> bool {
        self.has_connected.load(Ordering::Acquire)
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}
