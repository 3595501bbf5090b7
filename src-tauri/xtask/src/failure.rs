//! Why a task stopped.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use thiserror::Error;

use crate::bench::RevisionError;

/// Why a task stopped, worded for the person at the terminal.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// A program could not be started.
    #[error("`{command}` could not be started: {source}")]
    NotStarted { command: String, source: io::Error },
    /// A program ended with an error, which it explained itself.
    #[error("`{command}` failed ({status})")]
    Command { command: String, status: ExitStatus },
    /// A program printed something other than what it promises.
    #[error("{from} did not print what was expected: {detail}")]
    UnexpectedOutput { from: String, detail: String },
    /// A program did not get ready, or did not end, in its time.
    #[error("{what} took longer than {seconds} s")]
    TooLong { what: String, seconds: u64 },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    /// The system lacks packages that can't be installed from here.
    #[error("{0}")]
    MissingPackages(String),
    /// A check found faults.
    #[error("{check}: {count} fault(s):\n{list}", count = faults.len(), list = faults.join("\n"))]
    Faults { check: &'static str, faults: Vec<String> },
    /// A step of a longer task failed.
    #[error("step \"{step}\" failed: {reason}")]
    Step { step: String, reason: Box<Failure> },
    /// A test run without tests proves nothing.
    #[error("`{0}` ran no test")]
    NoTests(String),
    /// The scripts of the guest page's core could not be made.
    #[error("the guest page's core can't be bound to scripts: {0}")]
    Bindings(String),
    /// There is no other revision to compare with.
    #[error(transparent)]
    Revision(#[from] RevisionError),
    /// Something asked for that there isn't.
    #[error("{0}")]
    Unknown(String),
    /// Ctrl-C.
    #[error("interrupted")]
    Interrupted,
}

/// No fault is success; anything else is a failed check.
pub(crate) fn no_faults(check: &'static str, faults: Vec<String>) -> Result<(), Failure> {
    if faults.is_empty() { Ok(()) } else { Err(Failure::Faults { check, faults }) }
}
