//! What a rig says when something under test did not do its part. Shown by a failing test, so `Debug` is for people.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

/// The result of anything a rig does.
pub type Result<T, E = RigError> = std::result::Result<T, E>;

/// Why a rig gave up.
#[derive(Error)]
pub enum RigError {
    /// A file, a pipe or a socket of the rig itself.
    #[error("{what}: {source}")]
    Io {
        /// What the rig was doing.
        what: String,
        /// The system's answer.
        source: io::Error,
    },
    /// Cargo or the C compiler refused.
    #[error("building {what} failed:\n{output}")]
    Build {
        /// What was built.
        what: String,
        /// What the compiler said.
        output: String,
    },
    /// Something awaited did not come.
    #[error("{process}: waited {waited:?} in vain for {what}\n{log}")]
    Deadline {
        /// Who was waited for.
        process: String,
        /// For what.
        what: String,
        /// For how long.
        waited: Duration,
        /// What the process said until then.
        log: String,
    },
    /// A process ended that should not have, or not in that way.
    #[error("{process} ended with {status} while {what} was expected\n{log}")]
    Ended {
        /// Which.
        process: String,
        /// Its exit status.
        status: String,
        /// What was expected of it.
        what: String,
        /// What the process said until then.
        log: String,
    },
    /// Output that is not what the contract says.
    #[error("{what} is unreadable: {reason}\n{text}")]
    Unreadable {
        /// Which output.
        what: String,
        /// What is wrong with it.
        reason: String,
        /// The output.
        text: String,
    },
    /// A file that should have been written.
    #[error("{what} was not written to {path}")]
    Missing {
        /// Which file.
        what: &'static str,
        /// Where.
        path: PathBuf,
    },
}

impl fmt::Debug for RigError {
    /// The test harness prints errors with `Debug`; the logs in them are many lines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl RigError {
    /// An I/O failure, told with what was being done: `map_err(RigError::io("reading the report"))`.
    pub fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Io { what: what.into(), source }
    }
}
