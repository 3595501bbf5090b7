//! The call.

use std::sync::Arc;

use conclave_call::protocol::intent::Intent;
use tauri::Wry;
use tauri::ipc::Channel;

use super::devices::close_previews;
use super::{Never, Shared};
use crate::app::{App, RoomKind, SettingsMemory};
use crate::links;
use crate::session::{CallEvent, DispatchError, JoinError, JoinRequest};

/// Begins a call.
///
/// # Errors
/// [`JoinError`].
#[tauri::command]
pub async fn join(app: Shared<'_>, request: JoinRequest, events: Channel<CallEvent>) -> Result<(), JoinError> {
    let link = links::read(&request.link)?;
    let identity = app.identity.identity().await?;
    if app.settings.hosted(link.room).is_some() {
        app.hosting.revive(&link.server).await;
    }
    // The call opens the same devices.
    close_previews(&app).await;
    let room = if app.company.is_expected_in(link.room) {
        if !app.company.is_present() {
            // Whoever tries the app comes back.
            app.company.invite(&link).map_err(|_| JoinError::Failed)?;
        }
        RoomKind::Test
    } else {
        app.company.send_home();
        RoomKind::Real
    };
    let memory = Arc::new(SettingsMemory { settings: Arc::clone(&app.settings), room });
    let listener = Box::new(move |event| {
        if let Err(error) = events.send(event) {
            tracing::warn!(%error, "the page could not be told of its call");
        }
    });
    if let Err(error) = app.nearby.name_host(link.room, &request.name) {
        tracing::warn!(%error, "the network is not told who hosts the room");
    }
    let network = app.settings.kept().preferences.network;
    app.sessions.join(request, identity, memory, &network, app.frames.clone(), listener).await
}

/// Asks something of the call.
///
/// # Errors
/// [`DispatchError`].
#[tauri::command]
pub async fn dispatch(app: Shared<'_>, intent: Intent) -> Result<(), DispatchError> {
    app.sessions.dispatch(intent).await
}

/// Ends the call.
///
/// # Errors
/// Never.
#[tauri::command]
pub async fn leave(app: Shared<'_>) -> Result<(), Never> {
    end_call(&app).await;
    Ok(())
}

pub(super) async fn end_call(app: &Arc<App<Wry>>) {
    app.company.send_home();
    app.sessions.leave().await;
}
