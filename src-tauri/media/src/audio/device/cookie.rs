//! What a PulseAudio server knows its user by: 256 bytes in a file, which the first of the user's programs makes.
//!
//! `libpulse` makes it; the crate that speaks to the server here only reads it, and without it the server ends the
//! connection, even one that lets everybody in. So on an account where no other program had sound yet, it's made here.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// As the protocol has it (`PA_NATIVE_COOKIE_LENGTH`).
const LENGTH: usize = 256;

/// Sees to it that there is one where there is a server. When it can't be made, connecting says so.
pub(super) fn ensure() {
    if pulseaudio::socket_path_from_env().is_none() || pulseaudio::cookie_path_from_env().is_some() {
        return;
    }
    let Some(home) = std::env::home_dir() else { return };
    let path = place(&home);
    if let Err(error) = make(&path) {
        tracing::warn!(%error, "the sound server's cookie could not be made");
    }
}

/// Where every program looks for it.
fn place(home: &Path) -> PathBuf {
    home.join(".config/pulse/cookie")
}

/// One that another program has just made is left alone.
fn make(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut cookie = [0; LENGTH];
    getrandom::fill(&mut cookie).map_err(io::Error::other)?;
    // Put in its place whole, for whoever reads it at the same time.
    let draft = path.with_extension(std::process::id().to_string());
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let placed = file.write_all(&cookie).and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    match placed {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_cookie_is_made_once_and_for_nobody_else_to_read() {
        let home = tempfile::tempdir().unwrap();
        let path = place(home.path());
        make(&path).unwrap();
        let cookie = fs::read(&path).unwrap();
        assert_eq!(cookie.len(), LENGTH);
        assert!(cookie.iter().any(|byte| *byte != cookie[0]), "{cookie:?}");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        make(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), cookie);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
