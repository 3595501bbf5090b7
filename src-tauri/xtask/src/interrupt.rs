//! Ctrl-C: the programs started from here get it too, so this one only remembers it and waits for them to leave.

use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// Whether Ctrl-C was pressed, or the system asked this program to end, since [`remember`].
pub(crate) fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

/// From now on Ctrl-C doesn't end this program; [`requested`] tells of it.
#[cfg(unix)]
pub(crate) fn remember() {
    extern "C" fn note(_signal: libc::c_int) {
        REQUESTED.store(true, Ordering::Relaxed);
    }
    for signal in [libc::SIGINT, libc::SIGTERM] {
        // SAFETY: `note` only stores to an atomic, which a signal handler may; a handler, unlike SIG_IGN, is not
        // inherited by programs started later.
        unsafe { libc::signal(signal, note as *const () as libc::sighandler_t) };
    }
}

/// Elsewhere Ctrl-C ends this program and those it started together.
#[cfg(not(unix))]
pub(crate) fn remember() {}

/// Asks a program to end in its own way.
#[cfg(unix)]
pub(crate) fn ask_to_end(child: &mut Child) {
    // A child that is not yet waited for keeps its number, so the signal can't reach another program.
    if let (Ok(None), Ok(id)) = (child.try_wait(), libc::pid_t::try_from(child.id())) {
        // SAFETY: plain system call, no memory involved.
        unsafe { libc::kill(id, libc::SIGTERM) };
    }
}

/// Asks a program that leads a group of its own, and all that it started, to end.
#[cfg(unix)]
pub(crate) fn ask_group_to_end(child: &mut Child) {
    // As above; a group keeps the number of its leader as long as anyone is in it.
    if let (Ok(None), Ok(id)) = (child.try_wait(), libc::pid_t::try_from(child.id())) {
        // SAFETY: plain system call, no memory involved.
        unsafe { libc::kill(-id, libc::SIGTERM) };
    }
}

/// Ends a program; there is no way of asking here, and there are no groups.
#[cfg(not(unix))]
pub(crate) fn ask_group_to_end(child: &mut Child) {
    ask_to_end(child);
}

/// Ends a program; there is no way of asking here.
#[cfg(not(unix))]
pub(crate) fn ask_to_end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
}
