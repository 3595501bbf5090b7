//! From a page's beginning to the app's end.

use conclave_call::protocol::intent::Intent;
use serde::Serialize;
use tauri::AppHandle;
use tauri::ipc::Channel;
use ts_rs::TS;

use super::call::end_call;
use super::devices::close_previews;
use super::{Never, Shared};
use crate::app::FormerPage;
use crate::global_keys::{self, GlobalKeyEvent, GlobalKeysError};
use crate::links::LinkOutcome;
use crate::settings::{GlobalKeys, Preferences, RecentRoom, SettingsError, SettingsFound, WhenClosed};
use crate::{report, tray};

/// What happens outside of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AppEvent {
    /// An invite link was opened, or something that is none.
    LinkOpened {
        /// Where it leads: to a lobby at most.
        outcome: LinkOutcome,
    },
}

/// What a page needs to begin.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Start {
    /// This program's version.
    pub version: String,
    /// The address of the WebSocket for pictures; a secret of this launch.
    pub frames: String,
    /// Where the same pictures are asked for when there is no socket; a secret of this launch, too.
    pub frames_without_socket: String,
    /// What became of the page before.
    pub former_page: FormerPage,
    /// Whether there were settings.
    pub settings: SettingsFound,
    /// What the person chose.
    pub preferences: Preferences,
    /// Where this device was, the latest first.
    pub recent_rooms: Vec<RecentRoom>,
}

/// A page begins.
///
/// # Errors
/// Never.
#[tauri::command]
pub async fn start(app: Shared<'_>, events: Channel<AppEvent>) -> Result<Start, Never> {
    end_call(&app).await;
    close_previews(&app).await;
    let kept = app.settings.kept();
    let former_page = app.post.attach(events);
    Ok(Start {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        frames: app.frames_address.url(),
        frames_without_socket: app.frames_address.poll_url(),
        former_page,
        settings: app.settings.found(),
        preferences: kept.preferences,
        recent_rooms: kept.recent_rooms.rooms().to_vec(),
    })
}

/// Keeps the person's choices.
///
/// # Errors
/// [`SettingsError`].
#[tauri::command]
pub fn set_preferences(
    handle: AppHandle,
    app: Shared<'_>,
    preferences: Preferences,
) -> Result<Preferences, SettingsError> {
    tray::set(&handle, preferences.when_closed == WhenClosed::Tray);
    app.settings.set_preferences(preferences)?;
    Ok(app.settings.kept().preferences)
}

/// Has keys tell the page, whichever window has the focus.
///
/// # Errors
/// [`GlobalKeysError`].
#[tauri::command]
pub async fn set_global_keys(
    handle: AppHandle,
    keys: GlobalKeys,
    events: Channel<GlobalKeyEvent>,
) -> Result<(), GlobalKeysError> {
    // It waits for the main thread.
    let set = tokio::task::spawn_blocking(move || global_keys::set(&handle, &keys, &events)).await;
    set.unwrap_or(Err(GlobalKeysError::Failed))
}

/// Forgets whom this device has met and confirmed.
///
/// # Errors
/// [`SettingsError`].
#[tauri::command]
pub async fn forget_known_devices(app: Shared<'_>) -> Result<(), SettingsError> {
    // A call that goes on would remember them again. Without one, nobody has to be asked.
    let _ = app.sessions.dispatch(Intent::ForgetDevices).await;
    app.settings.forget_known()
}

/// What whoever mends a fault needs to know.
///
/// # Errors
/// Never.
#[tauri::command]
pub async fn report(handle: AppHandle) -> Result<String, Never> {
    let told = tokio::task::spawn_blocking(move || report::report(&handle)).await;
    // It has panicked, if it fails.
    Ok(told.unwrap_or_default())
}

/// Ends the app, and starts it anew.
#[tauri::command]
pub fn restart(handle: AppHandle) {
    handle.request_restart();
}
