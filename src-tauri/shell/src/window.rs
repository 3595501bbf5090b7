//! The window.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tauri::webview::NewWindowResponse;
use tauri::{
    AppHandle, LogicalSize, Manager as _, PhysicalSize, Runtime, Url, WebviewWindow, WebviewWindowBuilder, WindowEvent,
};

use crate::tray;

/// The only window's label, as in `tauri.conf.json`.
pub(crate) const MAIN: &str = "main";

/// Opens the window as `tauri.conf.json` describes it. It never shows anything but the app's own page.
///
/// # Errors
/// What Tauri says.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    let config = app.config().app.windows.iter().find(|window| window.label == MAIN).cloned().unwrap_or_default();
    WebviewWindowBuilder::from_config(app, &config)?
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()
        .and_then(|window| {
            follow(&window);
            watch_page(&window)
        })?;
    app.manage(Former::default());
    Ok(())
}

#[cfg(not(windows))]
use crate::page_process::watch as watch_page;

#[cfg(windows)]
fn watch_page(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Closing the window ends the app, unless it is to go on as an icon.
fn follow<R: Runtime>(window: &WebviewWindow<R>) {
    let closed = window.clone();
    window.on_window_event(move |event| {
        let WindowEvent::CloseRequested { api, .. } = event else { return };
        let app = closed.app_handle();
        if tray::is_shown(app) {
            api.prevent_close();
            if let Err(error) = closed.hide() {
                tracing::warn!(%error, "the window could not be hidden");
            }
        } else if !has_usual_size(app) {
            api.prevent_close();
            quit(app);
        }
    });
}

/// How long the system may take to give the window its usual size.
const RESTORED_WITHIN: Duration = Duration::from_millis(300);

/// Ends the app. The next start has the window's last size, which is not to be that of one call's mode.
pub(crate) fn quit<R: Runtime>(app: &AppHandle<R>) {
    if has_usual_size(app) {
        app.exit(0);
        return;
    }
    if let Err(error) = set_full_screen(app, false).and_then(|()| set_compact(app, false)) {
        tracing::warn!(%error, "the window could not be given its usual size");
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(RESTORED_WITHIN).await;
        app.exit(0);
    });
}

fn has_usual_size<R: Runtime>(app: &AppHandle<R>) -> bool {
    let fills_screen = || app.get_webview_window(MAIN).is_some_and(|window| window.is_fullscreen().unwrap_or_default());
    !is_compact(app) && !fills_screen()
}

/// Brings the window to the front.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window could not be brought to the front");
    }
}

/// Fills the screen, or does so no more.
///
/// # Errors
/// What Tauri says.
pub(crate) fn set_full_screen<R: Runtime>(app: &AppHandle<R>, full_screen: bool) -> tauri::Result<()> {
    match app.get_webview_window(MAIN) {
        Some(window) => window.set_fullscreen(full_screen),
        None => Ok(()),
    }
}

/// The size of a window that is kept above others, in logical pixels: two tiles and the controls.
const COMPACT: LogicalSize<f64> = LogicalSize { width: 420.0, height: 320.0 };

/// How the window was before it was made compact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// It filled the screen.
    Maximised,
    /// It had this size.
    Sized(PhysicalSize<u32>),
}

#[derive(Default)]
struct Former(Mutex<Option<Shape>>);

/// Makes the window small and keeps it above others, or as it was before.
///
/// # Errors
/// What Tauri says.
pub(crate) fn set_compact<R: Runtime>(app: &AppHandle<R>, compact: bool) -> tauri::Result<()> {
    let (Some(window), Some(former)) = (app.get_webview_window(MAIN), app.try_state::<Former>()) else { return Ok(()) };
    let mut former = former.0.lock().unwrap_or_else(PoisonError::into_inner);
    if compact == former.is_some() {
        return Ok(());
    }
    window.set_always_on_top(compact)?;
    match former.take() {
        Some(shape) => {
            match shape {
                Shape::Sized(size) => window.set_size(size)?,
                Shape::Maximised => window.maximize()?,
            }
            window.set_min_size(smallest(app))
        }
        None => {
            let is_maximised = window.is_maximized()?;
            *former = Some(if is_maximised { Shape::Maximised } else { Shape::Sized(window.inner_size()?) });
            if is_maximised {
                // Window managers don't shrink one that is.
                window.unmaximize()?;
            }
            window.set_min_size(None::<LogicalSize<f64>>)?;
            window.set_size(COMPACT)
        }
    }
}

/// Whether the window is compact.
fn is_compact<R: Runtime>(app: &AppHandle<R>) -> bool {
    app.try_state::<Former>().is_some_and(|former| former.0.lock().unwrap_or_else(PoisonError::into_inner).is_some())
}

/// How small a person may make the window, by `tauri.conf.json`.
fn smallest<R: Runtime>(app: &AppHandle<R>) -> Option<LogicalSize<f64>> {
    let config = app.config().app.windows.iter().find(|window| window.label == MAIN)?;
    Some(LogicalSize { width: config.min_width?, height: config.min_height? })
}

/// Whether an address is of the page that is part of this program.
fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // WebView2 knows no schemes of its own.
        "http" | "https" => cfg!(target_os = "windows") && url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_page_is_shown() {
        let is_own = |url: &str| is_own_page(&url.parse().unwrap());
        assert!(is_own("tauri://localhost/index.html#/lobby"));
        for url in [
            "https://example.org",
            "http://localhost",
            "tauri://example.org/",
            "file:///etc/passwd",
            "data:text/html,x",
        ] {
            assert!(!is_own(url), "{url}");
        }
    }
}
