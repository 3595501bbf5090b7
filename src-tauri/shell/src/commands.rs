//! All that the page may ask of this program, by `invoke(name, arguments)`. Names of arguments and fields are in camel
//! case there. A command that fails rejects with data: `{ kind, … }`, as the error's type says; nothing in it is to be
//! shown as it is, the page words it.
//!
//! | command | arguments | result | errors |
//! |---|---|---|---|
//! | `start` | `events`: `Channel<AppEvent>` | [`Start`] | – |
//! | `set_preferences` | `preferences`: all [`Preferences`] | what is kept of them | [`SettingsError`] |
//! | `recent_rooms` | – | [`RecentRoom`]`[]`, the latest first | – |
//! | `forget_room` | `link` | – | [`SettingsError`] |
//! | `check_link` | `text` | [`LinkOutcome`] | – |
//! | `create_room` | `options`: [`RoomOptions`] | [`CreatedRoom`] | [`RoomError`] |
//! | `create_test_room` | – | [`CreatedRoom`], with three people who aren't there | [`RoomError`] |
//! | `join` | `request`: [`JoinRequest`], `events`: `Channel<CallEvent>` | – | [`JoinError`] |
//! | `dispatch` | `intent`: `Intent` | – | [`DispatchError`] |
//! | `leave` | – | –, when the devices are free | – |
//! | `list_devices` | – | [`DeviceList`] | – |
//! | `open_preview` | `devices`: [`PreviewDevices`], `events`: `Channel<PreviewEvent>` | – | [`DeviceError`] |
//! | `close_preview` | – | –, when the devices are free | – |
//! | `test_speaker` | `speaker`: a choice, or `null` for the system's | –, when the sound is over | [`SpeakerTestError`] |
//! | `set_tiles` | `tiles`: [`Tile`]`[]` | [`NumberedTile`]`[]` | [`TilesError`] |
//! | `set_full_screen` | `fullScreen` | – | [`WindowError`] |
//! | `open_data_folder` | – | – | [`WindowError`] |
//!
//! # Events
//!
//! Events come on the channels that the page gives, in order; there are no others.
//!
//! - [`AppEvent`]: an invite link was opened outside. The one that the program was started with comes right after `start`.
//! - [`CallEvent`]: snapshots, notices, levels ten times a second, figures once a second, and `ended` last of all. What a
//!   command changes shows in snapshots, never in its result.
//! - [`PreviewEvent`]: levels, devices that deliver, and faults.
//!
//! A page that starts anew (`start`) ends the call and the preview of the one before.
//!
//! # Pictures
//!
//! `start` gives the address of a WebSocket for this launch, which takes one client, and one to ask at without a socket. `set_tiles` says which sources are
//! drawn how large, in device pixels; what isn't in the list, or has no size, is not sent, and its sender is told so
//! (the page dispatches no `viewVideo` itself). The result numbers the tiles. A message of the socket is binary: one or
//! more pictures, each with the header of [`crate::frames::header`]. For each picture of a tile that it has drawn, or
//! passed over, the page sends back a binary message with the tile's number as its only byte (several may be put in one
//! message); two are under way to a tile at most. Pictures have at most the tile's size, but cover it: the page crops, or
//! shows them whole. They are not mirrored.
//!
//! # Devices
//!
//! A page asks for devices (`device`, `device:ID`), test pictures (`pattern`) and tones (`tone`), never for files.

use std::path::PathBuf;
use std::sync::Arc;

use conclave_call::protocol::intent::{DeviceChoice, Intent};
use conclave_call::protocol::notice::DeviceFault;
use conclave_call::protocol::signalling::Access;
use serde::Serialize;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _, State, Wry};
use tauri_plugin_opener::OpenerExt as _;
use thiserror::Error;
use ts_rs::TS;

use crate::app::{App, RoomKind, SettingsMemory};
use crate::devices::{self, DeviceError, DeviceList};
use crate::frames::tiles::{NumberedTile, Tile, TooManyTiles};
use crate::links::{self, Link, LinkOutcome};
use crate::preview::{PreviewDevices, PreviewEvent};
use crate::rooms::{self, NewRoom, RoomError, RoomOptions};
use crate::session::{CallEvent, DispatchError, JoinError, JoinRequest};
use crate::settings::{Preferences, RecentRoom, RoomPlace, SettingsError, SettingsFound};
use crate::speaker_test::{self, SpeakerTestError};
use crate::window;

type Shared<'a> = State<'a, Arc<App<Wry>>>;

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
    /// Whether there were settings.
    pub settings: SettingsFound,
    /// What the person chose.
    pub preferences: Preferences,
    /// Where this device was, the latest first.
    pub recent_rooms: Vec<RecentRoom>,
}

/// A room that was made.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CreatedRoom {
    /// The invite link.
    pub link: Link,
}

/// Why tiles can't be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum TilesError {
    /// More than any window has.
    #[error("too many tiles")]
    TooMany,
}

impl From<TooManyTiles> for TilesError {
    fn from(TooManyTiles: TooManyTiles) -> Self {
        Self::TooMany
    }
}

/// The error of what can't fail: Tauri wants a result of every command that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub enum Never {}

/// The system didn't do what was asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum WindowError {
    /// That.
    #[error("the system refused")]
    Failed,
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
    app.post.attach(events);
    Ok(Start {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        frames: app.frames_address.url(),
        frames_without_socket: app.frames_address.poll_url(),
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
pub fn set_preferences(app: Shared<'_>, preferences: Preferences) -> Result<Preferences, SettingsError> {
    app.settings.set_preferences(preferences)?;
    Ok(app.settings.kept().preferences)
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

/// Where a text leads that was typed or pasted.
#[tauri::command]
#[must_use]
pub fn check_link(text: String) -> LinkOutcome {
    links::outcome(&text)
}

/// Makes a room.
///
/// # Errors
/// [`RoomError`].
#[tauri::command]
pub async fn create_room(app: Shared<'_>, options: RoomOptions) -> Result<CreatedRoom, RoomError> {
    let identity = app.identity.identity().await?;
    let server = rooms::server_for(&options, &app.hosting).await?;
    let name = options.name.clone();
    let made = tokio::task::spawn_blocking(move || rooms::create(&options, server, &identity)).await;
    let NewRoom { link, hosted } = made.map_err(|_| RoomError::Failed)??;
    app.settings.keep_hosted(link.room, hosted)?;
    app.settings.visit(&link, Some(&name))?;
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
    };
    let server = rooms::server_for(&options, &app.hosting).await?;
    let NewRoom { link, .. } = rooms::create(&options, server, &identity)?;
    app.company.invite(&link)?;
    Ok(CreatedRoom { link: Link(link.to_text()) })
}

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
    let room = if app.company.is_in(link.room) {
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
    app.sessions.join(request, identity, memory, app.frames.clone(), listener).await
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

async fn end_call(app: &Arc<App<Wry>>) {
    app.company.send_home();
    app.sessions.leave().await;
}

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

async fn close_previews(app: &Arc<App<Wry>>) {
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

/// Says what is drawn where.
///
/// # Errors
/// [`TilesError`].
#[tauri::command]
pub async fn set_tiles(app: Shared<'_>, tiles: Vec<Tile>) -> Result<Vec<NumberedTile>, TilesError> {
    let change = app.frames.set_tiles(&tiles)?;
    app.sessions.view(change.views).await;
    Ok(change.tiles)
}

/// Fills the screen, or does so no more.
///
/// # Errors
/// [`WindowError`].
#[tauri::command]
pub fn set_full_screen(app: AppHandle, full_screen: bool) -> Result<(), WindowError> {
    window::set_full_screen(&app, full_screen).map_err(|error| refused(&error))
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

fn refused(error: &dyn std::fmt::Display) -> WindowError {
    tracing::warn!(%error, "the system refused");
    WindowError::Failed
}
