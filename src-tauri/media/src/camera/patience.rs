//! How long a camera may take, and what it means when it took longer.

use std::time::{Duration, Instant};

use crate::fault::DeviceFault;

/// A camera that delivered nothing for so long has stalled. In dim light one takes up to 200 ms a picture.
pub(super) const STALLED_AFTER: Duration = Duration::from_millis(700);

/// The first picture takes longer: sensors and USB links have to wake up and settle.
pub(super) const STARTED_WITHIN: Duration = Duration::from_secs(3);

/// Counts what a camera delivers, and says how long to wait for more.
pub(super) struct Patience {
    has_delivered: bool,
    bad_since_good: u32,
    bad_pictures: u64,
}

impl Patience {
    pub(super) fn new() -> Self {
        Self { has_delivered: false, bad_since_good: 0, bad_pictures: 0 }
    }

    /// Until when to wait for the next picture.
    pub(super) fn begin(&self) -> Instant {
        Instant::now() + if self.has_delivered { STALLED_AFTER } else { STARTED_WITHIN }
    }

    /// A picture came.
    pub(super) fn good(&mut self) {
        self.has_delivered = true;
        self.bad_since_good = 0;
    }

    /// Something came that can't be shown, and was skipped.
    pub(super) fn bad(&mut self) {
        self.bad_since_good = self.bad_since_good.saturating_add(1);
        self.bad_pictures += 1;
    }

    /// What is the matter with a camera that gave no picture in time.
    pub(super) fn verdict(&self) -> DeviceFault {
        match self.bad_since_good {
            0 => DeviceFault::Stalled,
            _ => DeviceFault::Failed,
        }
    }
}

impl Drop for Patience {
    fn drop(&mut self) {
        if self.bad_pictures > 0 {
            tracing::debug!(pictures = self.bad_pictures, "pictures of a camera were broken and skipped");
        }
    }
}
