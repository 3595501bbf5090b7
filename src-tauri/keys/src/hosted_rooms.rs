//! How the rooms that this device made are run: the link doesn't say, and nobody else may.

use std::collections::BTreeMap;

use conclave_protocol::ids::RoomId;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::room_key::{PasswordCheck, RoomKey};
use crate::statement::policy::Access;

/// The most rooms that are remembered.
pub const MAX_HOSTED_ROOMS: usize = 1_000;

/// A room of this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostedRoom {
    /// Who may come in.
    pub access: Access,
    /// Tells whether a password is the one that the room was made with; `None` when it has none.
    pub password: Option<PasswordCheck>,
}

/// All rooms of this device; at most [`MAX_HOSTED_ROOMS`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HostedRooms {
    #[serde(deserialize_with = "bounded")]
    rooms: BTreeMap<RoomId, HostedRoom>,
}

/// There is no space for another room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this device has made 1,000 rooms already: forget one first")]
pub struct TooManyRooms;

/// A key was made without the password that the room needs, or with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotItsPassword {
    /// None was given.
    #[error("this room has a password")]
    Missing,
    /// Another one, or one for a room that has none.
    #[error("this is not the password that the room was made with")]
    Other,
}

impl HostedRoom {
    /// Whether the key is of the room's password.
    ///
    /// # Errors
    /// [`NotItsPassword`]; which of the two follows from `given`.
    pub fn check(&self, key: &RoomKey, given: PasswordGiven) -> Result<(), NotItsPassword> {
        match (self.password, given) {
            (None, PasswordGiven::No) => Ok(()),
            (Some(_), PasswordGiven::No) => Err(NotItsPassword::Missing),
            (Some(check), PasswordGiven::Yes) if check == key.password_check() => Ok(()),
            (_, PasswordGiven::Yes) => Err(NotItsPassword::Other),
        }
    }
}

/// Whether a key was made with a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordGiven {
    /// With one.
    Yes,
    /// Of the link alone.
    No,
}

impl HostedRooms {
    /// Remembers how a room is run, in place of what was remembered of it.
    ///
    /// # Errors
    /// [`TooManyRooms`].
    pub fn insert(&mut self, room: RoomId, hosted: HostedRoom) -> Result<(), TooManyRooms> {
        if self.rooms.len() >= MAX_HOSTED_ROOMS && !self.rooms.contains_key(&room) {
            return Err(TooManyRooms);
        }
        self.rooms.insert(room, hosted);
        Ok(())
    }

    /// How a room is run; `None` when this device didn't make it, or knows nothing of it any more.
    #[must_use]
    pub fn get(&self, room: &RoomId) -> Option<HostedRoom> {
        self.rooms.get(room).copied()
    }

    /// Forgets a room.
    pub fn forget(&mut self, room: &RoomId) {
        self.rooms.remove(room);
    }
}

fn bounded<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<RoomId, HostedRoom>, D::Error> {
    let rooms = BTreeMap::deserialize(deserializer)?;
    if rooms.len() <= MAX_HOSTED_ROOMS { Ok(rooms) } else { Err(serde::de::Error::custom("too many rooms")) }
}

#[cfg(test)]
mod tests {
    use conclave_protocol::ids::HostKeyHash;
    use conclave_protocol::invite::InviteSecret;

    use super::*;
    use crate::password::Password;

    fn key(password: Option<&str>) -> RoomKey {
        let password = password.map(|text| Password::new(text).unwrap());
        RoomKey::new(&InviteSecret([1; 16]), HostKeyHash([2; 16]), password.as_ref()).unwrap()
    }

    #[test]
    fn a_mistyped_or_missing_password_is_noticed_before_anybody_is_greeted() {
        let hosted = HostedRoom { access: Access::Lobby, password: Some(key(Some("lusab-babad")).password_check()) };
        assert_eq!(hosted.check(&key(Some("lusab-babad")), PasswordGiven::Yes), Ok(()));
        assert_eq!(hosted.check(&key(Some("lusab-badab")), PasswordGiven::Yes), Err(NotItsPassword::Other));
        assert_eq!(hosted.check(&key(None), PasswordGiven::No), Err(NotItsPassword::Missing));
        let open = HostedRoom { access: Access::Open, password: None };
        assert_eq!(open.check(&key(None), PasswordGiven::No), Ok(()));
        assert_eq!(open.check(&key(Some("x")), PasswordGiven::Yes), Err(NotItsPassword::Other));
    }

    #[test]
    fn they_read_back_from_json_and_are_bounded() {
        let hosted = HostedRoom { access: Access::Lobby, password: Some(key(Some("x")).password_check()) };
        let mut rooms = HostedRooms::default();
        for number in 0..MAX_HOSTED_ROOMS as u128 {
            rooms.insert(RoomId(number.to_be_bytes()), hosted).unwrap();
        }
        assert_eq!(rooms.insert(RoomId([0xFF; 16]), hosted), Err(TooManyRooms));
        assert_eq!(rooms.insert(RoomId([0; 16]), hosted), Ok(()));
        let json = serde_json::to_string(&rooms).unwrap();
        assert_eq!(serde_json::from_str::<HostedRooms>(&json).unwrap(), rooms);
        let room = serde_json::to_string(&RoomId([0xFF; 16])).unwrap();
        let one_more = json.replacen('{', &format!(r#"{{{room}:{{"access":"open","password":null}},"#), 1);
        assert!(serde_json::from_str::<HostedRooms>(&one_more).is_err());
        rooms.forget(&RoomId([0; 16]));
        assert_eq!(rooms.get(&RoomId([0; 16])), None);
    }
}
