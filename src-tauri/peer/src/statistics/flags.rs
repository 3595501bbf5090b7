//! One flag a line, raised anywhere, taken in one place.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use crate::line::{Line, PerLine};

/// Wishes of which many are as good as one.
#[derive(Debug, Default)]
pub(crate) struct LineFlags {
    flags: PerLine<AtomicBool>,
    raised: Notify,
}

impl LineFlags {
    /// Never blocks.
    pub(crate) fn raise(&self, line: Line) {
        self.flags[line].store(true, Ordering::Release);
        self.raised.notify_one();
    }

    /// The lines whose flag is up; it is down afterwards.
    pub(crate) fn take(&self) -> Vec<Line> {
        let was_up = |line: &Line| self.flags[*line].swap(false, Ordering::AcqRel);
        Line::ALL.into_iter().filter(was_up).collect()
    }

    /// Waits until a flag may be up. For one waiter; may be cancelled.
    pub(crate) async fn raised(&self) {
        self.raised.notified().await;
    }
}
