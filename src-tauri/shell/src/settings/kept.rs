//! What is kept from one start to the next, as it stands in the file.

use conclave_call::keys::hosted_rooms::HostedRooms;
use conclave_call::keys::known_devices::KnownDevices;
use conclave_call::protocol::intent::DeviceChoice;
use conclave_call::protocol::peer::DisplayName;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;
use ts_rs::TS;

use super::recent::RecentRooms;

/// The form that this program writes and reads.
pub const VERSION: u64 = 1;

/// The longest text that a person may choose: a device, a server.
const MAX_TEXT: usize = 512;

/// The file can't be made sense of: damaged, or written by a newer program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the settings can't be read")]
pub struct Unreadable;

/// Everything that is kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    /// What the person chose.
    pub preferences: Preferences,
    /// Where this device was.
    pub recent_rooms: RecentRooms,
    /// How the rooms are run that this device made.
    pub hosted_rooms: HostedRooms,
    /// Whom this device has met.
    pub known_devices: KnownDevices,
}

/// What the person chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Preferences {
    /// What the others call this person; empty until it is said.
    pub name: String,
    /// The camera; `None` for the system's first.
    pub camera: Option<DeviceChoice>,
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
        self
    }
}

impl Kept {
    /// Reads a file's text.
    pub(super) fn read(text: &[u8]) -> Result<Self, Unreadable> {
        let mut file: Map<String, Value> = serde_json::from_slice(text).map_err(|_| Unreadable)?;
        if file.get("version").and_then(Value::as_u64) != Some(VERSION) {
            return Err(Unreadable);
        }
        fn part<Part: Default + serde::de::DeserializeOwned>(
            file: &mut Map<String, Value>,
            key: &str,
        ) -> Result<Part, Unreadable> {
            file.remove(key).map_or_else(|| Ok(Part::default()), serde_json::from_value).map_err(|_| Unreadable)
        }
        Ok(Self {
            preferences: part::<Preferences>(&mut file, "preferences")?.tidied(),
            recent_rooms: part(&mut file, "recentRooms")?,
            hosted_rooms: part(&mut file, "hostedRooms")?,
            known_devices: part(&mut file, "knownDevices")?,
        })
    }

    /// The file's entries.
    pub(super) fn entries(&self) -> Result<[(&'static str, Value); 5], serde_json::Error> {
        Ok([
            ("version", VERSION.into()),
            ("preferences", serde_json::to_value(&self.preferences)?),
            ("recentRooms", serde_json::to_value(&self.recent_rooms)?),
            ("hostedRooms", serde_json::to_value(&self.hosted_rooms)?),
            ("knownDevices", serde_json::to_value(&self.known_devices)?),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(kept: &Kept) -> Vec<u8> {
        let entries = kept.entries().unwrap().map(|(key, value)| (key.to_owned(), value));
        serde_json::to_vec(&Map::from_iter(entries)).unwrap()
    }

    #[test]
    fn what_is_written_reads_back() {
        let kept = Kept {
            preferences: Preferences { name: "Ada".into(), theme: Theme::Dark, ..Preferences::default() },
            ..Kept::default()
        };
        assert_eq!(Kept::read(&text(&kept)), Ok(kept));
    }

    #[test]
    fn what_an_older_program_did_not_write_has_its_default() {
        let kept = Kept::read(br#"{"version":1,"preferences":{"name":"Ada"}}"#).unwrap();
        assert_eq!(kept.preferences, Preferences { name: "Ada".into(), ..Preferences::default() });
    }

    #[test]
    fn damage_and_newer_versions_are_noticed() {
        for text in ["", "[", "[]", "{}", r#"{"version":2}"#, r#"{"version":1,"knownDevices":7}"#] {
            assert_eq!(Kept::read(text.as_bytes()), Err(Unreadable), "{text}");
        }
    }

    #[test]
    fn what_a_page_says_is_bounded() {
        let tidied = Preferences {
            name: " \u{202e}Ada\n".into(),
            server: "x".repeat(10_000),
            camera: Some(DeviceChoice("device:".to_owned() + &"y".repeat(10_000))),
            ..Preferences::default()
        }
        .tidied();
        assert_eq!((tidied.name.as_str(), tidied.server.len(), tidied.camera), ("Ada", MAX_TEXT, None));
        assert_eq!(Preferences { name: "  ".into(), ..Preferences::default() }.tidied().name, "");
    }
}
