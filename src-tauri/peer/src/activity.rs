//! When the other end was last heard from.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// When anything last arrived; written by every receiving task, read by the link.
#[derive(Debug)]
pub(crate) struct Activity {
    start: Instant,
    /// Microseconds after `start`, plus one; zero while nothing has arrived.
    last_us: AtomicU64,
}

impl Activity {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), last_us: AtomicU64::new(0) }
    }

    /// Something has arrived now.
    pub(crate) fn heard(&self) {
        let us = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX - 1);
        self.last_us.fetch_max(us + 1, Ordering::Relaxed);
    }

    /// When anything last arrived.
    pub(crate) fn last(&self) -> Option<Instant> {
        match self.last_us.load(Ordering::Relaxed) {
            0 => None,
            us => Some(self.start + Duration::from_micros(us - 1)),
        }
    }
}
