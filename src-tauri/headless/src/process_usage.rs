//! What this process used of the machine, by the operating system's account.

/// Processor time and memory of this process.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ProcessUsage {
    /// User and system time of all threads, in milliseconds.
    pub(crate) cpu_ms: u64,
    /// The most memory ever resident, in bytes.
    pub(crate) rss_peak_bytes: u64,
}

impl ProcessUsage {
    /// So far; zeros where the system doesn't say.
    #[cfg(unix)]
    pub(crate) fn now() -> Self {
        use nix::sys::resource::{UsageWho, getrusage};
        use nix::sys::time::TimeValLike as _;

        let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return Self::default() };
        let cpu_ms = usage.user_time().num_milliseconds() + usage.system_time().num_milliseconds();
        // Linux counts in KiB, macOS in bytes.
        let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
        Self {
            cpu_ms: u64::try_from(cpu_ms).unwrap_or_default(),
            rss_peak_bytes: u64::try_from(usage.max_rss()).unwrap_or_default() * unit,
        }
    }

    /// So far; zeros where the system doesn't say.
    #[cfg(not(unix))]
    pub(crate) fn now() -> Self {
        Self::default()
    }
}
