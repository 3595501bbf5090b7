//! What whoever mends a fault needs to know: versions, the system, the last lines of the log. Our logs hold no names, no
//! links and no addresses; what other crates say is not logged at all.

use std::path::{Path, PathBuf};

use tauri::{AppHandle, Manager as _, Runtime};

/// How much of the log is told, in bytes.
const LOG_TAIL: usize = 16 * 1024;

/// All of it, as text.
pub(crate) fn report<R: Runtime>(app: &AppHandle<R>) -> String {
    let webview = tauri::webview_version().unwrap_or_else(|_| "unknown".into());
    let session = std::env::var("XDG_SESSION_TYPE").unwrap_or_else(|_| "unknown".into());
    let log = app.path().app_log_dir().ok().and_then(|folder| newest(&folder)).map(|file| tail(&file));
    format!(
        "Conclave {}\nsystem: {} {}, session {session}\nweb view: {webview}\n\n{}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        log.unwrap_or_else(|| "There is no log.\n".into()),
    )
}

fn newest(folder: &Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let logs = files.filter(|path| path.extension().is_some_and(|extension| extension == "log"));
    logs.max_by_key(|path| path.metadata().and_then(|metadata| metadata.modified()).ok())
}

fn tail(file: &Path) -> String {
    let text = String::from_utf8_lossy(&std::fs::read(file).unwrap_or_default()).into_owned();
    let mut from = text.len().saturating_sub(LOG_TAIL);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    // Whole lines only.
    let cut = text.get(from..).unwrap_or_default();
    if from == 0 { cut.to_owned() } else { cut.split_once('\n').map_or("", |(_, rest)| rest).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_newest_log_is_told_in_whole_lines() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(newest(folder.path()), None);
        let file = folder.path().join("conclave.log");
        let lines: String = (0..2_000).map(|line| format!("line ä {line}\n")).collect();
        std::fs::write(&file, &lines).unwrap();
        std::fs::write(folder.path().join("other.txt"), "").unwrap();
        assert_eq!(newest(folder.path()), Some(file.clone()));
        let told = tail(&file);
        assert!(told.len() <= LOG_TAIL && told.starts_with("line ä ") && told.ends_with("line ä 1999\n"), "{told:.40}");
        std::fs::write(&file, "short\n").unwrap();
        assert_eq!(tail(&file), "short\n");
    }
}
