//! Rooms of this network, by multicast DNS (RFC 6762) and service discovery (RFC 6763): whoever opens a room to everyone
//! here tells its invite link to every computer of the network. Nothing is told otherwise.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use conclave_call::protocol::bytes::encode;
use conclave_call::protocol::ids::RoomId;
use conclave_call::protocol::invite::{InviteLink, ServerAddress};
use conclave_call::protocol::peer::DisplayName;
use mdns_sd::{ServiceDaemon, ServiceEvent, ServiceInfo};
use serde::Serialize;
use thiserror::Error;
use tokio::task::JoinHandle;
use ts_rs::TS;

use crate::links::{self, Link};

const SERVICE: &str = "_conclave._tcp.local.";
/// The most rooms that are shown: a network tells whatever it likes.
const MAX_ROOMS: usize = 16;
/// The longest name of a room that is told and shown, in characters.
const MAX_NAME: usize = 60;

/// A room that somebody opened to everyone on this network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NearbyRoom {
    /// The invite link.
    pub link: Link,
    /// What its host calls it; may be empty.
    pub name: String,
    /// Who the host is, as they say.
    pub host: String,
}

/// Takes all rooms there are, anew after each change, and must not block.
pub type NearbyListener = Box<dyn Fn(Vec<NearbyRoom>) + Send + Sync>;

/// Why the network is not told.
#[derive(Debug, Error)]
pub(crate) enum NearbyError {
    /// Multicast is not to be had.
    #[error("multicast DNS failed: {0}")]
    Multicast(#[from] mdns_sd::Error),
    /// The room's server has no address in this network.
    #[error("the room's server is not in this network")]
    NotHere,
}

/// The rooms of this network: those that this app tells of, and those that it hears of.
#[derive(Default)]
pub struct Nearby {
    daemon: Mutex<Option<ServiceDaemon>>,
    /// The rooms that this app tells of: their links, and what they are called.
    announced: Mutex<BTreeMap<RoomId, (InviteLink, String)>>,
    watch: Mutex<Option<JoinHandle<()>>>,
}

impl Nearby {
    /// Tells everyone on the network of a room, until the app ends.
    pub(crate) fn announce(&self, link: &InviteLink, name: &str, host: &DisplayName) -> Result<(), NearbyError> {
        let socket = network_socket(&link.server).ok_or(NearbyError::NotHere)?;
        let (name, host) = (shown_name(name), shown_name(host.as_str()));
        let instance = link.room.to_text();
        let text = link.to_text();
        let properties = [("link", text.as_str()), ("name", &name), ("host", &host)];
        let service = ServiceInfo::new(
            SERVICE,
            &instance,
            &format!("conclave-{}.local.", encode(&socket.port().to_be_bytes())),
            socket.ip(),
            socket.port(),
            &properties[..],
        )?;
        self.daemon()?.register(service)?;
        self.announced().insert(link.room, (link.clone(), name));
        Ok(())
    }

    /// The host of this room joins it under that name: whoever is told of the room is told of the name, too.
    pub(crate) fn name_host(&self, room: RoomId, host: &DisplayName) -> Result<(), NearbyError> {
        let announced = self.announced().get(&room).cloned();
        announced.map_or(Ok(()), |(link, name)| self.announce(&link, &name, host))
    }

    fn announced(&self) -> MutexGuard<'_, BTreeMap<RoomId, (InviteLink, String)>> {
        self.announced.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells `listener` of the rooms that others open. There is one listener at a time. Must be called on a tokio runtime.
    pub(crate) fn watch(&self, listener: NearbyListener) -> Result<(), NearbyError> {
        let events = self.daemon()?.browse(SERVICE)?;
        let task = tokio::spawn(async move {
            let mut rooms = BTreeMap::new();
            while let Ok(event) = events.recv_async().await {
                let before = rooms.clone();
                match event {
                    ServiceEvent::ServiceResolved(found) => {
                        let property = |key| found.get_property_val_str(key).unwrap_or_default();
                        let room = room(property("link"), property("name"), property("host"));
                        let fullname = found.get_fullname().to_owned();
                        if let Some(room) = room {
                            keep(&mut rooms, fullname, room);
                        }
                    }
                    ServiceEvent::ServiceRemoved(_, fullname) => {
                        rooms.remove(&fullname);
                    }
                    _ => {}
                }
                if rooms != before {
                    listener(rooms.values().cloned().collect());
                }
            }
        });
        let former = self.watch.lock().unwrap_or_else(PoisonError::into_inner).replace(task);
        if let Some(former) = former {
            former.abort();
        }
        Ok(())
    }

    /// Tells and hears nothing more.
    pub(crate) fn end(&self) {
        let daemon = self.daemon.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.announced().clear();
        if let Some(daemon) = daemon {
            // It tells the network that its rooms are gone; whether it could is no matter at the end.
            let _ = daemon.shutdown();
        }
    }

    fn daemon(&self) -> Result<ServiceDaemon, NearbyError> {
        let mut daemon = self.daemon.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(daemon) = daemon.as_ref() {
            return Ok(daemon.clone());
        }
        Ok(daemon.insert(ServiceDaemon::new()?).clone())
    }
}

/// Where the network reaches a server of this program; `None` for one that is elsewhere, or for this computer alone.
fn network_socket(server: &ServerAddress) -> Option<SocketAddr> {
    let socket: SocketAddr = server.authority().parse().ok()?;
    (!socket.ip().is_loopback()).then_some(socket)
}

/// A property holds 255 bytes with its key (RFC 6763 section 6.1): four a character at most.
fn shown_name(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}

/// Keeps a room under the name of who tells of it. Another one who tells of the same room, as anybody can, is not heard.
fn keep(rooms: &mut BTreeMap<String, NearbyRoom>, fullname: String, room: NearbyRoom) {
    let is_others = rooms.iter().any(|(name, known)| *name != fullname && known.link == room.link);
    if !is_others && (rooms.len() < MAX_ROOMS || rooms.contains_key(&fullname)) {
        rooms.insert(fullname, room);
    }
}

/// What somebody on the network says of a room; `None` when its link is none.
fn room(link: &str, name: &str, host: &str) -> Option<NearbyRoom> {
    let link = links::read(link).ok()?;
    let name = shown_name(name);
    let host = DisplayName::from_untrusted(host).as_str().to_owned();
    Some(NearbyRoom { link: Link(link.to_text()), name, host })
}

#[cfg(test)]
mod tests {
    use super::*;
    use conclave_call::keys::identity::DeviceIdentity;
    use conclave_call::keys::invitation;

    #[test]
    fn what_the_network_says_is_checked_and_bounded() {
        let server = ServerAddress::parse("http://192.168.1.20:7000").unwrap();
        let link = invitation::create(server, &DeviceIdentity::generate().unwrap()).unwrap().to_text();
        let found = room(&link, &"x\n".repeat(1_000), "Ada\u{202e}").unwrap();
        assert_eq!((found.link.0, found.name.len(), found.host.as_str()), (link, MAX_NAME, "Ada"));
        assert_eq!(room("http://192.168.1.20/", "", "Ada"), None);
    }

    #[test]
    fn a_room_is_shown_once_whoever_tells_of_it() {
        let room = |link: &str| NearbyRoom { link: Link(link.into()), name: String::new(), host: "Ada".into() };
        let mut rooms = BTreeMap::new();
        for (fullname, link) in [("a", "first"), ("b", "first"), ("c", "second"), ("c", "first"), ("a", "third")] {
            keep(&mut rooms, fullname.into(), room(link));
        }
        let links: Vec<_> = rooms.values().map(|room| room.link.0.as_str()).collect();
        assert_eq!(links, ["third", "second"]);
        for number in 0..2 * MAX_ROOMS {
            keep(&mut rooms, format!("x{number}"), room(&format!("x{number}")));
        }
        assert_eq!(rooms.len(), MAX_ROOMS);
    }

    #[test]
    fn what_is_told_fits_a_property() {
        let longest = format!("name={}", shown_name(&"🦀".repeat(100)));
        assert!(longest.len() <= 255, "{} bytes", longest.len());
    }

    #[test]
    fn only_rooms_that_the_network_reaches_are_told() {
        let socket = |address: &str| network_socket(&ServerAddress::parse(address).unwrap());
        assert_eq!(socket("http://192.168.1.20:7000"), "192.168.1.20:7000".parse().ok());
        assert_eq!(socket("http://127.0.0.1:7000"), None);
        assert_eq!(socket("https://rooms.example.org"), None);
    }
}
