//! The system process that shows the page may end before its time, by a fault of its own or for want of memory; the
//! window would stay empty. The page is begun anew then, and leads whoever was in a call back to its lobby.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tauri::{AppHandle, Manager as _, WebviewWindow, Wry};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};

use crate::app::App;
use crate::window::MAIN;

/// A page that ends more often than this within [`WITHIN`] isn't begun anew.
const MOST: usize = 3;
const WITHIN: Duration = Duration::from_secs(60);

/// When pages ended before their time.
#[derive(Default)]
struct Ends(VecDeque<Instant>);

/// What is done about the end of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    BeginAnew,
    GiveUp,
}

impl Ends {
    fn note(&mut self, now: Instant) -> Next {
        self.0.retain(|end| now.saturating_duration_since(*end) < WITHIN);
        self.0.push_back(now);
        if self.0.len() > MOST { Next::GiveUp } else { Next::BeginAnew }
    }
}

/// Watches the process of the window's page. On macOS it is Tauri's builder that tells of its end; on Windows, where this
/// is not needed, WebView2 shows a page of its own.
pub(crate) fn watch(window: &WebviewWindow<Wry>) -> tauri::Result<()> {
    window.manage(Mutex::new(Ends::default()));
    #[cfg(target_os = "linux")]
    {
        use webkit2gtk::WebViewExt as _;
        let handle = window.app_handle().clone();
        window.with_webview(move |page| {
            page.inner().connect_web_process_terminated(move |_, _| ended(&handle));
        })?;
    }
    Ok(())
}

/// The process has ended.
pub(crate) fn ended(handle: &AppHandle) {
    tracing::error!("the page's process ended");
    let (Some(app), Some(ends)) = (handle.try_state::<Arc<App<Wry>>>(), handle.try_state::<Mutex<Ends>>()) else {
        return;
    };
    let next = ends.lock().unwrap_or_else(PoisonError::into_inner).note(Instant::now());
    let (app, handle) = (Arc::clone(&app), handle.clone());
    tauri::async_runtime::spawn(async move {
        app.post.page_lost(app.sessions.link().await);
        let begun = match (next, handle.get_webview_window(MAIN)) {
            (Next::BeginAnew, Some(window)) => window.reload().is_ok(),
            _ => false,
        };
        if !begun {
            give_up(&handle);
        }
    });
}

fn give_up(handle: &AppHandle) {
    let ended = handle.clone();
    handle
        .dialog()
        .message("Conclave's window can't be shown: its page ends again and again.")
        .title("Conclave")
        .kind(MessageDialogKind::Error)
        .show(move |_| ended.exit(1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_ends_again_and_again_is_given_up() {
        let (mut ends, start) = (Ends::default(), Instant::now());
        let mut end_after = |seconds| ends.note(start + Duration::from_secs(seconds));
        for seconds in [0, 40, 50, 61, 111, 112] {
            assert_eq!(end_after(seconds), Next::BeginAnew, "{seconds} s");
        }
        assert_eq!(end_after(113), Next::GiveUp);
    }
}
