//! Rooms: made, remembered, and found nearby.

use conclave_call::protocol::peer::DisplayName;
use conclave_call::protocol::signalling::Access;
use serde::Serialize;
use tauri::ipc::Channel;
use ts_rs::TS;

use super::{Never, Shared};
use crate::links::{self, Link};
use crate::rooms::{self, NearbyRoom, NewRoom, RoomError, RoomOptions, Visibility};
use crate::settings::{RecentRoom, RoomPlace, SettingsError};

/// A room that was made.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CreatedRoom {
    /// The invite link.
    pub link: Link,
}

/// Where this device was.
#[tauri::command]
#[must_use]
pub fn recent_rooms(app: Shared<'_>) -> Vec<RecentRoom> {
    app.settings.kept().recent_rooms.rooms().to_vec()
}

/// Takes a room from the recent ones.
///
/// # Errors
/// [`SettingsError`].
#[tauri::command]
pub fn forget_room(app: Shared<'_>, link: String) -> Result<(), SettingsError> {
    match links::read(&link) {
        Ok(link) => app.settings.forget_recent(link.room),
        // What is no link is not among them.
        Err(_) => Ok(()),
    }
}

/// Takes all rooms from the recent ones.
///
/// # Errors
/// [`SettingsError`].
#[tauri::command]
pub fn forget_all_rooms(app: Shared<'_>) -> Result<(), SettingsError> {
    app.settings.forget_all_recent()
}

/// Makes a room.
///
/// # Errors
/// [`RoomError`].
#[tauri::command]
pub async fn create_room(app: Shared<'_>, options: RoomOptions) -> Result<CreatedRoom, RoomError> {
    let identity = app.identity.identity().await?;
    let server = rooms::server_for(&options, &app.hosting).await?;
    let (name, visibility) = (options.name.clone(), options.nearby);
    let made = tokio::task::spawn_blocking(move || rooms::create(&options, server, &identity)).await;
    let NewRoom { link, hosted } = made.map_err(|_| RoomError::Failed)??;
    app.settings.keep_hosted(link.room, hosted)?;
    app.settings.visit(&link, Some(&name))?;
    if visibility == Visibility::Shown {
        let host = DisplayName::from_untrusted(&app.settings.kept().preferences.name);
        // The room is there all the same, and its link can be given by hand.
        if let Err(error) = app.nearby.announce(&link, &name, &host) {
            tracing::warn!(%error, "the network is not told of the room");
        }
    }
    Ok(CreatedRoom { link: Link(link.to_text()) })
}

/// Makes a room on this computer in which three people already are, who aren't real.
///
/// # Errors
/// [`RoomError`].
#[tauri::command]
pub async fn create_test_room(app: Shared<'_>) -> Result<CreatedRoom, RoomError> {
    let identity = app.identity.identity().await?;
    let options = RoomOptions {
        name: String::new(),
        place: RoomPlace::ThisComputer,
        server: String::new(),
        access: Access::Open,
        password: None,
        nearby: Visibility::Hidden,
    };
    let server = rooms::server_for(&options, &app.hosting).await?;
    let NewRoom { link, .. } = rooms::create(&options, server, &identity)?;
    app.company.invite(&link)?;
    Ok(CreatedRoom { link: Link(link.to_text()) })
}

/// Tells the page of rooms that are open to everyone on this network.
///
/// # Errors
/// Never; without multicast there are none.
#[tauri::command]
pub async fn watch_nearby_rooms(app: Shared<'_>, events: Channel<Vec<NearbyRoom>>) -> Result<(), Never> {
    let listener = Box::new(move |rooms| {
        if let Err(error) = events.send(rooms) {
            tracing::warn!(%error, "the page could not be told of rooms nearby");
        }
    });
    if let Err(error) = app.nearby.watch(listener) {
        tracing::info!(%error, "rooms nearby are not seen");
    }
    Ok(())
}
