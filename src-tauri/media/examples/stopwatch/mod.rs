//! What work costs of one processor.

use std::time::Duration;

/// What this thread has cost so far: other programs on the machine don't count.
#[cfg(unix)]
fn processor_time() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(spent.tv_sec.unsigned_abs(), u32::try_from(spent.tv_nsec).unwrap_or(0))
}

#[cfg(not(unix))]
fn processor_time() -> Duration {
    conclave_media::clock::MediaTime::now().as_duration()
}

/// A sum of times.
#[derive(Default)]
pub(crate) struct Stopwatch {
    total: Duration,
    count: u32,
}

impl Stopwatch {
    pub(crate) fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let start = processor_time();
        let result = work();
        self.total += processor_time().saturating_sub(start);
        self.count += 1;
        result
    }

    /// Milliseconds a time.
    pub(crate) fn mean_ms(&self) -> f64 {
        self.total.as_secs_f64() * 1e3 / f64::from(self.count.max(1))
    }
}
