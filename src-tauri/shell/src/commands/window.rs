//! The window.

use std::path::PathBuf;

use serde::Serialize;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_notification::NotificationExt as _;
use tauri_plugin_opener::OpenerExt as _;
use thiserror::Error;
use ts_rs::TS;

use crate::window;

/// The longest line that the system is given, in characters.
const MAX_NOTIFICATION: usize = 200;

/// The system didn't do what was asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum WindowError {
    /// That.
    #[error("the system refused")]
    Failed,
}

/// Fills the screen, or does so no more.
///
/// # Errors
/// [`WindowError`].
#[tauri::command]
pub fn set_full_screen(app: AppHandle, full_screen: bool) -> Result<(), WindowError> {
    window::set_full_screen(&app, full_screen).map_err(|error| refused(&error))
}

/// Makes the window small and keeps it above others, or as it was before.
///
/// # Errors
/// [`WindowError`].
#[tauri::command]
pub fn set_compact(app: AppHandle, compact: bool) -> Result<(), WindowError> {
    window::set_compact(&app, compact).map_err(|error| refused(&error))
}

/// Shows the folder with all that is kept.
///
/// # Errors
/// [`WindowError`].
#[tauri::command]
pub fn open_data_folder(app: AppHandle) -> Result<(), WindowError> {
    let folder: PathBuf = app.path().app_data_dir().map_err(|error| refused(&error))?;
    app.opener().open_path(folder.to_string_lossy(), None::<&str>).map_err(|error| refused(&error))
}

/// Has the system show a line to whoever looks at another window.
///
/// # Errors
/// [`WindowError`].
#[tauri::command]
pub fn notify(app: AppHandle, text: &str) -> Result<(), WindowError> {
    let text: String = text.chars().take(MAX_NOTIFICATION).collect();
    // As the title, which is plain text: in a body desktops read markup, and a stranger's name may have some.
    app.notification().builder().title(text).show().map_err(|error| refused(&error))
}

fn refused(error: &dyn std::fmt::Display) -> WindowError {
    tracing::warn!(%error, "the system refused");
    WindowError::Failed
}
