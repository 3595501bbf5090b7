//! How many files and sockets the system lets this process have.

/// Asks for as many as may be had: the usual soft limit of 1,024 is far below the connections that the server allows.
#[cfg(unix)]
pub(crate) fn raise_limit() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let raised =
        getrlimit(Resource::RLIMIT_NOFILE).and_then(|(_, hard)| setrlimit(Resource::RLIMIT_NOFILE, hard, hard));
    if let Err(error) = raised {
        tracing::warn!(%error, "the limit on open files stays as it is");
    }
}

#[cfg(not(unix))]
pub(crate) fn raise_limit() {}
