//! All that the page may ask of this program, by `invoke(name, arguments)`. Names of arguments and fields are in camel
//! case there. A command that fails rejects with data: `{ kind, … }`, as the error's type says; nothing in it is to be
//! shown as it is, the page words it.
//!
//! | command | arguments | result | errors |
//! |---|---|---|---|
//! | `start` | `events`: `Channel<AppEvent>` | [`Start`](life::Start) | – |
//! | `set_preferences` | `preferences`: all [`Preferences`](crate::settings::Preferences) | what is kept of them | [`SettingsError`](crate::settings::SettingsError) |
//! | `recent_rooms` | – | [`RecentRoom`](crate::settings::RecentRoom)`[]`, the latest first | – |
//! | `forget_room` | `link` | – | [`SettingsError`](crate::settings::SettingsError) |
//! | `create_room` | `options`: [`RoomOptions`](crate::rooms::RoomOptions) | [`CreatedRoom`](rooms::CreatedRoom) | [`RoomError`](crate::rooms::RoomError) |
//! | `create_test_room` | – | [`CreatedRoom`](rooms::CreatedRoom), with three people who aren't there | [`RoomError`](crate::rooms::RoomError) |
//! | `join` | `request`: [`JoinRequest`](crate::session::JoinRequest), `events`: `Channel<CallEvent>` | – | [`JoinError`](crate::session::JoinError) |
//! | `dispatch` | `intent`: `Intent` | – | [`DispatchError`](crate::session::DispatchError) |
//! | `leave` | – | –, when the devices are free | – |
//! | `list_devices` | – | [`DeviceList`](crate::devices::DeviceList) | – |
//! | `open_preview` | `devices`: [`PreviewDevices`](crate::preview::PreviewDevices), `events`: `Channel<PreviewEvent>` | – | [`DeviceError`](crate::devices::DeviceError) |
//! | `close_preview` | – | –, when the devices are free | – |
//! | `test_speaker` | `speaker`: a choice, or `null` for the system's | –, when the sound is over | [`SpeakerTestError`](crate::speaker_test::SpeakerTestError) |
//! | `set_tiles` | `tiles`: [`Tile`](crate::frames::tiles::Tile)`[]` | [`NumberedTile`](crate::frames::tiles::NumberedTile)`[]` | [`TilesError`](pictures::TilesError) |
//! | `list_screens` | – | [`ShareableScreen`](crate::screens::ShareableScreen)`[]`, with small pictures | [`ScreensError`](crate::screens::ScreensError) |
//! | `watch_nearby_rooms` | `events`: `Channel<NearbyRoom[]>` | – | – |
//! | `set_global_keys` | `keys`: [`GlobalKeys`](crate::settings::GlobalKeys), `events`: `Channel<GlobalKeyEvent>` | – | [`GlobalKeysError`](crate::global_keys::GlobalKeysError) |
//! | `forget_all_rooms` | – | – | [`SettingsError`](crate::settings::SettingsError) |
//! | `forget_known_devices` | – | – | [`SettingsError`](crate::settings::SettingsError) |
//! | `set_full_screen` | `fullScreen` | – | [`WindowError`](window::WindowError) |
//! | `set_compact` | `compact` | – | [`WindowError`](window::WindowError) |
//! | `open_data_folder` | – | – | [`WindowError`](window::WindowError) |
//! | `notify` | `text`, shown by the system | – | [`WindowError`](window::WindowError) |
//! | `report` | – | text for whoever mends a fault | – |
//! | `restart` | – | – | – |
//!
//! # Events
//!
//! Events come on the channels that the page gives, in order; there are no others.
//!
//! - [`AppEvent`](life::AppEvent): an invite link was opened outside. The one that the program was started with comes right after `start`.
//! - [`CallEvent`](crate::session::CallEvent): snapshots, notices, levels ten times a second, figures once a second, and `ended` last of all. What a
//!   command changes shows in snapshots, never in its result.
//! - [`PreviewEvent`](crate::preview::PreviewEvent): levels, devices that deliver, and faults.
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
//! A page asks for devices (`device`, `device:ID`), screens (`monitor:ID`, `window:ID`), test pictures (`pattern`) and tones
//! (`tone`), never for files.

pub mod call;
pub mod devices;
pub mod life;
pub mod pictures;
pub mod rooms;
pub mod window;

use std::sync::Arc;

use serde::Serialize;
use tauri::{State, Wry};
use ts_rs::TS;

use crate::app::App;

type Shared<'a> = State<'a, Arc<App<Wry>>>;

/// The error of what can't fail: Tauri wants a result of every command that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub enum Never {}
