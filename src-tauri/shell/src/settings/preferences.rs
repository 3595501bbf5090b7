//! What the person chose.

use conclave_call::protocol::intent::DeviceChoice;
use conclave_call::protocol::peer::DisplayName;
use conclave_call::protocol::sound::{SoundProcessing, Switch};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The longest text that a person may choose: a device, a server.
const MAX_TEXT: usize = 512;

/// The most STUN and TURN servers of a person's own.
const MAX_SERVERS: usize = 8;

/// What the person chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Preferences {
    /// What the others call this person; empty until it is said.
    pub name: String,
    /// The camera; `None` for the system's first.
    pub camera: Option<DeviceChoice>,
    /// How large the camera's pictures are.
    pub camera_size: CameraSize,
    /// The microphone; `None` for the system's default.
    pub microphone: Option<DeviceChoice>,
    /// The speaker; `None` for the system's default.
    pub speaker: Option<DeviceChoice>,
    /// Whether the next call begins with the camera.
    pub camera_on: bool,
    /// Whether the next call begins with the microphone heard.
    pub microphone_on: bool,
    /// Whether this person is drawn as in a mirror.
    pub mirror_self: bool,
    /// Whether this person is drawn at all.
    pub show_self: bool,
    /// Light or dark.
    pub theme: Theme,
    /// The language, as its BCP 47 tag; `system` for the system's.
    pub language: String,
    /// Where rooms are made.
    pub room_place: RoomPlace,
    /// The address of a room server, for [`RoomPlace::Server`].
    pub server: String,
    /// What is done to the microphone's sound.
    #[ts(type = "SoundProcessing")]
    pub sound_processing: SoundProcessing,
    /// What closing the window does.
    pub when_closed: WhenClosed,
    /// Whether letters alone are shortcuts.
    #[ts(type = "Switch")]
    pub letter_shortcuts: Switch,
    /// Keys that work in other windows, too.
    pub global_keys: GlobalKeys,
    /// How the others are reached.
    pub network: NetworkSettings,
    /// Whether it is remembered where this device was.
    pub recent_rooms: RecentRoomsKept,
}

/// How large a camera's pictures are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CameraSize {
    /// 1280 x 720, or what the camera has that comes near.
    #[default]
    Large,
    /// 640 x 360, less work for a computer.
    Small,
}

/// What closing the window does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum WhenClosed {
    /// The app ends.
    #[default]
    Quit,
    /// It goes on, and is shown again by its icon among the system's.
    Tray,
}

/// Whether it is remembered where this device was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RecentRoomsKept {
    /// It is.
    #[default]
    Kept,
    /// Nothing of it.
    NotKept,
}

/// Keys that work in other windows, too, as `Control+Shift+KeyM`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct GlobalKeys {
    /// Silences the microphone, or lets it be heard.
    pub mute: Option<String>,
    /// Lets the microphone be heard while it is held.
    pub push_to_talk: Option<String>,
}

/// How the others are reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkSettings {
    /// By which ways.
    pub route: Route,
    /// STUN and TURN servers besides the room server's.
    pub servers: Vec<OwnServer>,
}

/// By which ways the others are reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Route {
    /// By whichever works best.
    #[default]
    Any,
    /// By a TURN server alone: the others learn no address of this computer.
    RelayOnly,
}

/// A STUN or TURN server of the person's own. It doesn't show in logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OwnServer {
    /// As `turn:turn.example.org:3478`.
    pub url: String,
    /// The TURN user; empty for STUN.
    pub username: String,
    /// The TURN password; empty for STUN.
    pub password: String,
}

impl std::fmt::Debug for OwnServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnServer").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Where a room's server is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RoomPlace {
    /// In this program, for this computer only.
    #[default]
    ThisComputer,
    /// In this program, for the computers of its network.
    LocalNetwork,
    /// Somewhere else.
    Server,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            name: String::new(),
            camera: None,
            camera_size: CameraSize::default(),
            microphone: None,
            speaker: None,
            camera_on: true,
            microphone_on: true,
            mirror_self: true,
            show_self: true,
            theme: Theme::default(),
            language: "system".into(),
            room_place: RoomPlace::default(),
            server: String::new(),
            sound_processing: SoundProcessing::ALL,
            when_closed: WhenClosed::default(),
            letter_shortcuts: Switch::On,
            global_keys: GlobalKeys::default(),
            network: NetworkSettings::default(),
            recent_rooms: RecentRoomsKept::default(),
        }
    }
}

impl Preferences {
    /// The same within bounds.
    pub(super) fn tidied(mut self) -> Self {
        if self.name.trim().is_empty() {
            self.name.clear();
        } else {
            self.name = DisplayName::from_untrusted(&self.name).as_str().to_owned();
        }
        for text in [&mut self.language, &mut self.server] {
            *text = text.trim().chars().take(MAX_TEXT).collect();
        }
        for device in [&mut self.camera, &mut self.microphone, &mut self.speaker] {
            device.take_if(|device| device.0.len() > MAX_TEXT);
        }
        for key in [&mut self.global_keys.mute, &mut self.global_keys.push_to_talk] {
            key.take_if(|key| key.len() > MAX_TEXT);
        }
        self.network.servers.truncate(MAX_SERVERS);
        for OwnServer { url, username, password } in &mut self.network.servers {
            for text in [url, username, password] {
                *text = text.trim().chars().take(MAX_TEXT).collect();
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_says_is_bounded() {
        let tidied = Preferences {
            name: " \u{202e}Ada\n".into(),
            server: "x".repeat(10_000),
            network: NetworkSettings {
                servers: vec![
                    OwnServer { url: "x".repeat(10_000), username: String::new(), password: String::new() };
                    100
                ],
                ..NetworkSettings::default()
            },
            camera: Some(DeviceChoice("device:".to_owned() + &"y".repeat(10_000))),
            ..Preferences::default()
        }
        .tidied();
        assert_eq!((tidied.name.as_str(), tidied.server.len(), tidied.camera), ("Ada", MAX_TEXT, None));
        assert_eq!((tidied.network.servers.len(), tidied.network.servers[0].url.len()), (MAX_SERVERS, MAX_TEXT));
        assert_eq!(Preferences { name: "  ".into(), ..Preferences::default() }.tidied().name, "");
    }
}
