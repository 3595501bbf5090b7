//! The rooms that this device was in.

use conclave_call::protocol::ids::RoomId;
use conclave_call::protocol::invite::InviteLink;
use conclave_call::protocol::peer::DisplayName;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The most rooms that are remembered.
const MAX_ROOMS: usize = 30;
/// The most people of a room that are remembered.
const MAX_PEOPLE: usize = 12;
/// The longest name of a room, in characters.
const MAX_NAME: usize = 64;

/// A room that this device was in, or made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecentRoom {
    /// The invite link, which holds the room's key.
    pub link: String,
    /// What the person called it; may be empty.
    pub name: String,
    /// When it was last joined or made, in milliseconds since 1970 began in UTC.
    #[ts(type = "number")]
    pub last_visit_ms: u64,
    /// Who was there then.
    pub people: Vec<DisplayName>,
    /// Whether this device made it.
    pub hosted: bool,
}

impl std::fmt::Debug for RecentRoom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecentRoom").field("name", &self.name).finish_non_exhaustive()
    }
}

/// All of them, the latest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecentRooms(Vec<RecentRoom>);

impl RecentRooms {
    /// The rooms, the latest first.
    #[must_use]
    pub fn rooms(&self) -> &[RecentRoom] {
        &self.0
    }

    /// A room was made, or is being joined.
    pub(super) fn visit(&mut self, link: &InviteLink, name: Option<&str>, hosted: bool, now_ms: u64) {
        let former = self.remove(link.room);
        let (former_name, people) = former.map(|room| (room.name, room.people)).unwrap_or_default();
        let name = name.map(|name| name.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME).collect());
        let name = name.unwrap_or(former_name);
        self.0.insert(0, RecentRoom { link: link.to_text(), name, last_visit_ms: now_ms, people, hosted });
        self.0.truncate(MAX_ROOMS);
    }

    /// Who was in a room. One that is not remembered stays so.
    pub(super) fn met(&mut self, room: RoomId, people: Vec<DisplayName>) {
        if let Some(recent) = self.0.iter_mut().find(|recent| is(recent, room)) {
            recent.people = people;
            recent.people.truncate(MAX_PEOPLE);
        }
    }

    pub(super) fn remove(&mut self, room: RoomId) -> Option<RecentRoom> {
        let index = self.0.iter().position(|recent| is(recent, room))?;
        Some(self.0.remove(index))
    }
}

fn is(recent: &RecentRoom, room: RoomId) -> bool {
    InviteLink::parse(&recent.link).is_ok_and(|link| link.room == room)
}

#[cfg(test)]
mod tests {
    use conclave_call::keys::identity::DeviceIdentity;
    use conclave_call::keys::invitation;
    use conclave_call::protocol::invite::ServerAddress;

    use super::*;

    fn link() -> InviteLink {
        let server = ServerAddress::parse("http://127.0.0.1:7000").unwrap();
        invitation::create(server, &DeviceIdentity::generate().unwrap()).unwrap()
    }

    #[test]
    fn a_room_is_there_once_the_latest_first_with_its_name_and_people() {
        let (one, other) = (link(), link());
        let mut rooms = RecentRooms::default();
        rooms.visit(&one, Some("Team\n"), true, 1);
        rooms.visit(&other, None, false, 2);
        let ada = DisplayName::from_untrusted("Ada");
        rooms.met(one.room, vec![ada.clone(); 50]);
        rooms.visit(&one, None, true, 3);
        let names: Vec<_> = rooms.rooms().iter().map(|room| (room.name.as_str(), room.last_visit_ms)).collect();
        assert_eq!(names, [("Team", 3), ("", 2)]);
        assert_eq!(rooms.rooms()[0].people, vec![ada; MAX_PEOPLE]);
        assert!(rooms.remove(one.room).is_some());
        assert!(rooms.remove(one.room).is_none());
    }

    #[test]
    fn they_are_bounded_and_show_no_key() {
        let mut rooms = RecentRooms::default();
        for now in 0..100 {
            rooms.visit(&link(), None, false, now);
        }
        assert_eq!((rooms.rooms().len(), rooms.rooms()[0].last_visit_ms), (MAX_ROOMS, 99));
        assert!(!format!("{rooms:?}").contains("/j/"));
    }
}
