//! Who may read the files that this process makes.

/// Nobody but whom it runs as: they are keys, if there are any.
#[cfg(unix)]
pub(crate) fn keep_private() {
    use nix::sys::stat::{Mode, umask};
    umask(Mode::S_IRWXG | Mode::S_IRWXO);
}

#[cfg(not(unix))]
pub(crate) fn keep_private() {}
