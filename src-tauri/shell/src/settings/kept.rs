//! What is kept from one start to the next, as it stands in the file.

use conclave_call::keys::hosted_rooms::HostedRooms;
use conclave_call::keys::known_devices::KnownDevices;
use serde_json::{Map, Value};
use thiserror::Error;

use super::preferences::Preferences;
use super::recent::RecentRooms;

/// The form that this program writes and reads.
pub const VERSION: u64 = 1;

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
    use super::super::preferences::Theme;
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
}
