//! Devices seen before, so that a person whose device changed is noticed.

use std::collections::BTreeMap;

use conclave_protocol::peer::DisplayName;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::identity::DeviceKey;

/// The most devices that are remembered.
pub const MAX_KNOWN_DEVICES: usize = 1_000;

/// Whether people compared the safety emoji or the room code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Trust {
    /// Only seen.
    Seen,
    /// Compared.
    Confirmed,
}

/// What is remembered of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownDevice {
    /// The name that it was last seen with, or confirmed with.
    pub name: DisplayName,
    /// When it was first seen, in milliseconds since 1970 began in UTC.
    pub first_seen_ms: u64,
    /// Whether it was confirmed.
    pub trust: Trust,
}

/// What is known of a device at sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Recognition {
    /// Never seen.
    New,
    /// Seen, not confirmed.
    Known,
    /// Confirmed.
    Confirmed,
    /// It bears the name of a confirmed device, but is another one.
    NameWithOtherKey,
}

/// All known devices; at most [`MAX_KNOWN_DEVICES`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KnownDevices {
    #[serde(deserialize_with = "bounded")]
    devices: BTreeMap<DeviceKey, KnownDevice>,
}

/// There is no room for another confirmed device: one has to be forgotten first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("1,000 devices are confirmed already")]
pub struct TooManyConfirmed;

impl KnownDevices {
    /// Takes note of a device, whose session is verified, and its name. When there are too many, the one that is not
    /// confirmed and was first seen longest ago is forgotten; a confirmed one never by itself.
    pub fn see(&mut self, key: DeviceKey, name: &DisplayName, now_ms: u64) -> Recognition {
        let pretends = self.is_name_of_another(&key, name);
        let recognition = match self.devices.get_mut(&key) {
            Some(KnownDevice { trust: Trust::Confirmed, .. }) => Recognition::Confirmed,
            Some(known) => {
                known.name = name.clone();
                Recognition::Known
            }
            None => {
                if self.has_room() {
                    let device = KnownDevice { name: name.clone(), first_seen_ms: now_ms, trust: Trust::Seen };
                    self.devices.insert(key, device);
                }
                Recognition::New
            }
        };
        if pretends { Recognition::NameWithOtherKey } else { recognition }
    }

    /// What is known of a device that says it has this name. Nothing is noted: it has proven nothing yet.
    #[must_use]
    pub fn recognise(&self, key: &DeviceKey, name: &DisplayName) -> Recognition {
        if self.is_name_of_another(key, name) {
            return Recognition::NameWithOtherKey;
        }
        match self.devices.get(key).map(|known| known.trust) {
            Some(Trust::Confirmed) => Recognition::Confirmed,
            Some(Trust::Seen) => Recognition::Known,
            None => Recognition::New,
        }
    }

    /// People compared: the device is this name's from now on.
    ///
    /// # Errors
    /// [`TooManyConfirmed`].
    pub fn confirm(&mut self, key: DeviceKey, name: &DisplayName, now_ms: u64) -> Result<(), TooManyConfirmed> {
        if !self.devices.contains_key(&key) && !self.has_room() {
            return Err(TooManyConfirmed);
        }
        let first_seen_ms = self.devices.get(&key).map_or(now_ms, |known| known.first_seen_ms);
        self.devices.insert(key, KnownDevice { name: name.clone(), first_seen_ms, trust: Trust::Confirmed });
        Ok(())
    }

    /// Forgets a device.
    pub fn forget(&mut self, key: &DeviceKey) {
        self.devices.remove(key);
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&DeviceKey, &KnownDevice)> {
        self.devices.iter()
    }

    /// Whether a confirmed device of another key has the name, and this one is not itself confirmed with it: two people
    /// may have one name, and both be confirmed.
    fn is_name_of_another(&self, key: &DeviceKey, name: &DisplayName) -> bool {
        let name = compared(name);
        let mut namesakes = self
            .devices
            .iter()
            .filter(|(_, known)| known.trust == Trust::Confirmed && compared(&known.name) == name)
            .map(|(namesake, _)| namesake)
            .peekable();
        namesakes.peek().is_some() && namesakes.all(|namesake| namesake != key)
    }

    /// Makes room for one more; `false` when all are confirmed.
    fn has_room(&mut self) -> bool {
        if self.devices.len() < MAX_KNOWN_DEVICES {
            return true;
        }
        let seen = self.devices.iter().filter(|(_, known)| known.trust == Trust::Seen);
        let oldest = seen.min_by_key(|(_, known)| known.first_seen_ms).map(|(key, _)| *key);
        oldest.is_some_and(|oldest| self.devices.remove(&oldest).is_some())
    }
}

/// A name as people hear it: neither case nor the way that letters are composed makes another one.
fn compared(name: &DisplayName) -> String {
    name.as_str().nfkc().flat_map(char::to_lowercase).collect()
}

fn bounded<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<DeviceKey, KnownDevice>, D::Error> {
    let devices = BTreeMap::deserialize(deserializer)?;
    if devices.len() <= MAX_KNOWN_DEVICES { Ok(devices) } else { Err(serde::de::Error::custom("too many devices")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::DeviceIdentity;

    fn key(seed: u16) -> DeviceKey {
        let mut bytes = [0; 32];
        bytes[..2].copy_from_slice(&seed.to_be_bytes());
        DeviceIdentity::from_seed(&bytes).public_key()
    }

    fn name(text: &str) -> DisplayName {
        DisplayName::from_untrusted(text)
    }

    #[test]
    fn a_device_is_new_then_known_then_confirmed() {
        let mut devices = KnownDevices::default();
        assert_eq!(devices.see(key(1), &name("Ada"), 5), Recognition::New);
        assert_eq!(devices.see(key(1), &name("Ada L."), 6), Recognition::Known);
        devices.confirm(key(1), &name("Ada"), 7).unwrap();
        assert_eq!(devices.see(key(1), &name("Ada at work"), 8), Recognition::Confirmed);
        assert_eq!(devices.iter().next().unwrap().1.first_seen_ms, 5);
    }

    #[test]
    fn a_confirmed_name_with_another_key_is_noticed_however_it_is_written() {
        let mut devices = KnownDevices::default();
        devices.confirm(key(1), &name("Zoë"), 1).unwrap();
        for written in ["Zoë", "ZOË", "zoe\u{308}"] {
            assert_eq!(devices.see(key(2), &name(written), 2), Recognition::NameWithOtherKey, "{written}");
        }
        assert_eq!(devices.see(key(2), &name("Bob"), 3), Recognition::Known);
    }

    #[test]
    fn a_confirmed_device_that_takes_another_confirmed_one_s_name_is_noticed() {
        let mut devices = KnownDevices::default();
        devices.confirm(key(1), &name("Ada"), 1).unwrap();
        devices.confirm(key(2), &name("Bob"), 1).unwrap();
        assert_eq!(devices.see(key(2), &name("Ada"), 2), Recognition::NameWithOtherKey);
        devices.confirm(key(2), &name("Ada"), 3).unwrap();
        assert_eq!(devices.see(key(2), &name("Ada"), 4), Recognition::Confirmed);
        assert_eq!(devices.see(key(1), &name("Ada"), 4), Recognition::Confirmed);
    }

    #[test]
    fn one_who_asks_to_be_let_in_is_recognised_and_not_noted() {
        let mut devices = KnownDevices::default();
        devices.confirm(key(1), &name("Ada"), 1).unwrap();
        devices.see(key(2), &name("Bob"), 2);
        let before = devices.clone();
        assert_eq!(devices.recognise(&key(1), &name("Ada at work")), Recognition::Confirmed);
        assert_eq!(devices.recognise(&key(2), &name("Bob")), Recognition::Known);
        assert_eq!(devices.recognise(&key(2), &name("Ada")), Recognition::NameWithOtherKey);
        assert_eq!(devices.recognise(&key(3), &name("Cleo")), Recognition::New);
        assert_eq!(devices, before);
    }

    #[test]
    fn a_seen_name_is_nobody_s() {
        let mut devices = KnownDevices::default();
        devices.see(key(1), &name("Ada"), 1);
        assert_eq!(devices.see(key(2), &name("Ada"), 2), Recognition::New);
    }

    #[test]
    fn the_oldest_that_is_not_confirmed_is_forgotten_first() {
        let mut devices = KnownDevices::default();
        devices.confirm(key(0), &name("Ada"), 0).unwrap();
        for seed in 1..=1_000 {
            devices.see(key(seed), &name("Guest"), u64::from(seed));
        }
        assert_eq!(devices.iter().count(), MAX_KNOWN_DEVICES);
        assert_eq!(devices.see(key(0), &name("Ada"), 2_000), Recognition::Confirmed);
        assert_eq!(devices.see(key(2), &name("Guest"), 2_000), Recognition::Known);
        assert_eq!(devices.see(key(1), &name("Guest"), 2_000), Recognition::New);
    }

    #[test]
    fn they_read_back_from_json_unless_they_are_too_many() {
        let mut devices = KnownDevices::default();
        devices.confirm(key(1), &name("Ada"), 1).unwrap();
        devices.see(key(2), &name("Bob"), 2);
        let json = serde_json::to_string(&devices).unwrap();
        assert_eq!(serde_json::from_str::<KnownDevices>(&json).unwrap(), devices);
        let device = &devices.devices[&key(1)];
        let too_many: BTreeMap<_, _> = (0..=1_000).map(|seed| (key(seed), device.clone())).collect();
        assert!(serde_json::from_str::<KnownDevices>(&serde_json::to_string(&too_many).unwrap()).is_err());
    }
}
