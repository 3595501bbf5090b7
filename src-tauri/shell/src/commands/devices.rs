//! Devices before a call, and while one is chosen.

use std::sync::Arc;

use conclave_call::protocol::intent::DeviceChoice;
use conclave_call::protocol::notice::DeviceFault;
use tauri::Wry;
use tauri::ipc::Channel;

use super::{Never, Shared};
use crate::app::App;
use crate::devices::{self, DeviceError, DeviceList};
use crate::preview::{PreviewDevices, PreviewEvent};
use crate::screens::{self, ScreensError, ShareableScreen};
use crate::speaker_test::{self, SpeakerTestError};

/// Which devices there are.
///
/// # Errors
/// Never.
#[tauri::command]
pub async fn list_devices() -> Result<DeviceList, Never> {
    // It has panicked, if it fails.
    Ok(tokio::task::spawn_blocking(devices::list).await.unwrap_or_default())
}

/// Shows a camera and a microphone to the person alone.
///
/// # Errors
/// [`DeviceError`].
#[tauri::command]
pub async fn open_preview(
    app: Shared<'_>,
    devices: PreviewDevices,
    events: Channel<PreviewEvent>,
) -> Result<(), DeviceError> {
    let app = Arc::clone(app.inner());
    let listener = Arc::new(move |event| {
        if let Err(error) = events.send(event) {
            tracing::warn!(%error, "the page could not be told of its preview");
        }
    });
    let runtime = tokio::runtime::Handle::current();
    let opened = tokio::task::spawn_blocking(move || {
        let _runtime = runtime.enter();
        app.previews.open(&devices, &app.frames, listener)
    });
    opened.await.unwrap_or(Err(DeviceError::NotADevice))
}

/// Lets the preview's devices go.
///
/// # Errors
/// Never.
#[tauri::command]
pub async fn close_preview(app: Shared<'_>) -> Result<(), Never> {
    close_previews(&app).await;
    Ok(())
}

pub(super) async fn close_previews(app: &Arc<App<Wry>>) {
    let app = Arc::clone(app);
    // It has panicked, if it fails; the devices are free then.
    let _ = tokio::task::spawn_blocking(move || app.previews.close()).await;
}

/// Plays a short sound.
///
/// # Errors
/// [`SpeakerTestError`].
#[tauri::command]
pub async fn test_speaker(speaker: Option<DeviceChoice>) -> Result<(), SpeakerTestError> {
    let played = tokio::task::spawn_blocking(move || speaker_test::play(speaker.as_ref())).await;
    // It has panicked, if it fails.
    played.unwrap_or(Err(SpeakerTestError::Fault { fault: DeviceFault::Failed }))
}

/// What can be shared.
///
/// # Errors
/// [`ScreensError`].
#[tauri::command]
pub async fn list_screens() -> Result<Vec<ShareableScreen>, ScreensError> {
    // It has panicked, if it fails.
    tokio::task::spawn_blocking(screens::list).await.unwrap_or(Err(ScreensError::Failed))
}
