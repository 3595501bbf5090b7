//! The rooms, as a pure state machine: messages of connections in, messages and closures for connections out.
//!
//! No I/O, no clock and no randomness of its own: time is an argument, ids and tokens come from an [`IdSource`]. So a
//! simulation runs this very registry on a virtual clock, and a seed reproduces what it did.
//!
//! A participant holds a *place* in a room. The place outlives its connection: a dropped client has
//! [`RegistryConfig::resume_window`] to come back with its token, and what is relayed to it meanwhile is kept, within
//! a bound. A registry that knows nothing (the server restarted) takes a returning client's word for who it was;
//! that participants are who they say is settled among themselves, by keys that no server has.

mod backlog;
mod config;
mod entry;
mod id_source;
mod output;
mod place;
mod room;
mod time;

use std::collections::{BTreeSet, HashMap};

use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{ParticipantId, RoomId};
use conclave_protocol::signalling::{
    ClientMessage, LeaveReason, PROTOCOL_VERSION, Recipient, Returning, ServerMessage, SignallingError,
};

use backlog::{Backlog, KeptTotal};
use place::Presence;
use room::Room;

pub use config::RegistryConfig;
pub use id_source::IdSource;
pub use output::{Closure, ConnectionId, Output, Statistics};
pub use time::Timestamp;

/// Every room of a server. See the [module](self) for what it promises.
pub struct Registry {
    config: RegistryConfig,
    ids: Box<dyn IdSource>,
    rooms: HashMap<RoomId, Room>,
    /// Connections that said hello, and where they sit.
    seats: HashMap<ConnectionId, Seat>,
    /// When places without a connection lapse, soonest first.
    lapses: BTreeSet<(Timestamp, RoomId, ParticipantId)>,
    kept: KeptTotal,
    participants: usize,
    unknown_recipients: u64,
}

/// Where a connection sits.
#[derive(Debug, Clone, Copy)]
struct Seat {
    room: RoomId,
    participant: ParticipantId,
}

impl Registry {
    /// An empty registry.
    #[must_use]
    pub fn new(config: RegistryConfig, ids: impl IdSource + 'static) -> Self {
        Self {
            kept: KeptTotal::new(config.kept_bytes_total),
            config,
            ids: Box::new(ids),
            rooms: HashMap::new(),
            seats: HashMap::new(),
            lapses: BTreeSet::new(),
            participants: 0,
            unknown_recipients: 0,
        }
    }

    /// A client said something. `connection` is the caller's number for it, never used twice.
    ///
    /// The caller carries out the outputs in their order. A connection that one of them closes is forgotten here: what
    /// it still says is refused as [`SignallingError::HelloExpected`], and its [`Registry::disconnected`] does nothing.
    pub fn message(&mut self, now: Timestamp, connection: ConnectionId, message: ClientMessage) -> Vec<Output> {
        match message {
            ClientMessage::Hello { version, .. } if version != PROTOCOL_VERSION => {
                self.refuse(now, connection, SignallingError::UnsupportedVersion)
            }
            ClientMessage::Hello { room, returning, .. } => self.hello(now, connection, room, returning),
            ClientMessage::Relay { to, payload } => self.relay(now, connection, to, payload),
            ClientMessage::Leave => self.leave(now, connection),
        }
    }

    /// A connection enters a room, anew or into the place that it held.
    pub fn hello(
        &mut self,
        now: Timestamp,
        connection: ConnectionId,
        room: RoomId,
        returning: Option<Returning>,
    ) -> Vec<Output> {
        // A place whose time is up must neither be resumed nor keep anyone out, however late the caller's timer is.
        let mut outputs = self.expire(now);
        outputs.extend(match returning {
            _ if self.seats.contains_key(&connection) => self.refuse(now, connection, SignallingError::UnexpectedHello),
            Some(returning) if self.holds_place(room, returning.participant) => {
                self.resume(connection, room, &returning)
            }
            returning => self.enter(now, connection, room, returning),
        });
        outputs
    }

    /// A connection has sealed bytes for others in its room.
    ///
    /// Bytes for somebody who is not in the room (any more) are dropped and counted: the sender can't know yet. What
    /// would be too large a message for who gets it is refused.
    pub fn relay(
        &mut self,
        now: Timestamp,
        connection: ConnectionId,
        to: Recipient,
        payload: SealedBytes,
    ) -> Vec<Output> {
        let seat = self.seats.get(&connection).copied();
        let Some((from, room)) = seat.and_then(|seat| Some((seat.participant, self.rooms.get_mut(&seat.room)?))) else {
            return self.refuse(now, connection, SignallingError::HelloExpected);
        };
        // The sender's name makes a message longer: one that the server could read may be too large for the others.
        let size = relayed_bytes(&payload);
        if size > self.config.message_bytes {
            return self.refuse(now, connection, SignallingError::TooLarge);
        }
        let message = ServerMessage::Relayed { from, payload };
        let mut connected = Vec::new();
        let mut found = 0_usize;
        for place in room.places_mut().filter(|place| place.participant != from) {
            if matches!(to, Recipient::Participant(wanted) if wanted != place.participant) {
                continue;
            }
            found += 1;
            match &mut place.presence {
                Presence::Connected(connection) => connected.push(*connection),
                Presence::Away { backlog, .. } => {
                    backlog.keep(from, message.clone(), size, self.config.kept_bytes_per_place, &mut self.kept);
                }
            }
        }
        if found == 0 && matches!(to, Recipient::Participant(_)) {
            self.unknown_recipients += 1;
        }
        Output::to_all(connected, message)
    }

    /// A connection gives its place up at once.
    pub fn leave(&mut self, now: Timestamp, connection: ConnectionId) -> Vec<Output> {
        let Some(seat) = self.seats.remove(&connection) else {
            return self.refuse(now, connection, SignallingError::HelloExpected);
        };
        let mut outputs = vec![Output::Close { connection, closure: Closure::Goodbye }];
        outputs.extend(self.vacate(seat.room, seat.participant, LeaveReason::Left));
        outputs
    }

    /// A connection is gone, or is to be treated so; its place is kept for a while. Nothing for a connection that never
    /// entered a room, or no longer holds its place.
    pub fn disconnected(&mut self, now: Timestamp, connection: ConnectionId) {
        let Some(seat) = self.seats.remove(&connection) else {
            return;
        };
        let Some(place) = self.rooms.get_mut(&seat.room).and_then(|room| room.place_mut(seat.participant)) else {
            return;
        };
        let lapses = now + self.config.resume_window;
        place.presence = Presence::Away { lapses, backlog: Backlog::default() };
        self.lapses.insert((lapses, seat.room, seat.participant));
    }

    /// Ends the places whose time is up. To be called when [`Registry::next_deadline`] is reached.
    pub fn expire(&mut self, now: Timestamp) -> Vec<Output> {
        let mut outputs = Vec::new();
        while let Some(&(at, room, participant)) = self.lapses.first().filter(|(at, ..)| *at <= now) {
            self.lapses.remove(&(at, room, participant));
            outputs.extend(self.vacate(room, participant, LeaveReason::TimedOut));
        }
        outputs
    }

    /// When [`Registry::expire`] is to be called next; `None` while every place has its connection.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.lapses.first().map(|(at, ..)| *at)
    }

    /// Whether the connection holds a place.
    #[must_use]
    pub fn is_seated(&self, connection: ConnectionId) -> bool {
        self.seats.contains_key(&connection)
    }

    /// What there is now, and what was dropped so far.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        Statistics {
            rooms: self.rooms.len(),
            participants: self.participants,
            away: self.lapses.len(),
            kept_bytes: self.kept.bytes(),
            kept_dropped: self.kept.dropped(),
            unknown_recipients: self.unknown_recipients,
        }
    }
}

/// The size of a [`ServerMessage::Relayed`] as JSON, in bytes.
fn relayed_bytes(payload: &SealedBytes) -> usize {
    const ENVELOPE: usize = r#"{"type":"relayed","from":"0123456789012345678901","payload":""}"#.len();
    ENVELOPE + (payload.0.len() * 4).div_ceil(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_relayed_message_is_known_without_writing_it() {
        for length in 0..20 {
            let payload = SealedBytes(vec![0xFF; length]);
            let size = relayed_bytes(&payload);
            let message = ServerMessage::Relayed { from: ParticipantId([0xFF; 16]), payload };
            assert_eq!(size, message.to_json().len(), "{length} bytes");
        }
    }
}
