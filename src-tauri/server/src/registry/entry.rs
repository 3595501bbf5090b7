//! Coming into a room and going out of it.

use std::mem;

use conclave_protocol::ids::{ParticipantId, ResumeToken, RoomAddress};
use conclave_protocol::signalling::{LeaveReason, Returning, ServerMessage, SignallingError, Standing};

use super::order::OrderLog;
use super::output::{ConnectionId, Output};
use super::place::{Office, Place, Presence};
use super::room::Room;
use super::time::Timestamp;
use super::{Registry, Seat};

impl Registry {
    pub(super) fn holds_place(&self, address: RoomAddress, participant: ParticipantId) -> bool {
        self.place(address, participant).is_some()
    }

    pub(super) fn place(&self, address: RoomAddress, participant: ParticipantId) -> Option<&Place> {
        self.rooms.get(&address)?.place(participant)
    }

    pub(super) fn place_mut(&mut self, address: RoomAddress, participant: ParticipantId) -> Option<&mut Place> {
        self.rooms.get_mut(&address)?.place_mut(participant)
    }

    /// Into a place of one's own that is still kept. The others never notice.
    pub(super) fn resume(
        &mut self,
        now: Timestamp,
        connection: ConnectionId,
        address: RoomAddress,
        returning: &Returning,
    ) -> Vec<Output> {
        let participant = returning.participant;
        let place = self.place(address, participant);
        let Some(place) = place.filter(|place| place.accepts(&returning.token)) else {
            return vec![Output::refuse(connection, SignallingError::WrongToken)];
        };
        let mut outputs = Vec::new();
        if let Some(older) = place.connection() {
            outputs.push(Output::refuse(older, SignallingError::Replaced));
            outputs.extend(self.disconnected(now, older));
        }
        let Some(place) = self.place_mut(address, participant) else {
            return outputs;
        };
        let before = mem::replace(&mut place.presence, Presence::Connected(connection, Office::None));
        self.seats.insert(connection, Seat { address, participant });
        outputs.extend(self.welcome(connection, address, participant));
        if let Presence::Away { lapses, backlog } = before {
            self.lapses.remove(&(lapses, address, participant));
            let kept = backlog.empty_into(&mut self.kept);
            outputs.extend(kept.into_iter().map(|message| Output::send(connection, message)));
        }
        outputs
    }

    /// Into a place that isn't there yet: a new one, or one that this registry doesn't know or no longer knows.
    pub(super) fn enter(
        &mut self,
        now: Timestamp,
        connection: ConnectionId,
        address: RoomAddress,
        returning: Option<Returning>,
    ) -> Vec<Output> {
        let standing = match self.standing_of(address, returning.as_ref()) {
            Ok(standing) => standing,
            Err(error) => return self.refuse(now, connection, error),
        };
        let mut outputs = Vec::new();
        if standing == Standing::Waiting {
            outputs.extend(self.make_space_to_wait(now, address));
        }
        let room = self.rooms.entry(address).or_default();
        let next_order = room.next_order();
        let returning = returning.unwrap_or_else(|| Returning {
            participant: ParticipantId(self.ids.draw()),
            token: ResumeToken(self.ids.draw()),
            order: next_order,
        });
        let Returning { participant, token, order } = returning;
        let order = match standing {
            Standing::Inside => order,
            Standing::Waiting => next_order,
        };
        let presence = Presence::Connected(connection, Office::None);
        let orders = OrderLog::default();
        let place =
            Place { participant, order, token, standing, presence, waits_until: None, found: room.lock, orders };
        let member = place.member();
        room.add(place);
        let audience = room.audience(participant);
        self.seats.insert(connection, Seat { address, participant });
        outputs.extend(self.welcome(connection, address, participant));
        let announcement = match standing {
            Standing::Inside => {
                self.participants += 1;
                ServerMessage::Joined { member }
            }
            Standing::Waiting => {
                self.waiting += 1;
                self.start_patience(now, address);
                ServerMessage::Waiting { member }
            }
        };
        outputs.extend(Output::to_all(audience, announcement));
        outputs
    }

    /// Whether a newcomer comes in, and how far.
    fn standing_of(&self, address: RoomAddress, returning: Option<&Returning>) -> Result<Standing, SignallingError> {
        let Some(room) = self.rooms.get(&address) else {
            let full = self.rooms.len() >= self.config.rooms;
            return if full { Err(SignallingError::TooManyConnections) } else { Ok(Standing::Inside) };
        };
        if returning.is_some_and(|returning| room.has_removed(returning.participant)) {
            return Err(SignallingError::Removed);
        }
        let standing = room.door();
        let full = match standing {
            Standing::Inside => room.count(standing) >= self.config.participants_per_room,
            Standing::Waiting => room.is_governed() && room.count(standing) >= self.config.waiting_per_room,
        };
        if full { Err(SignallingError::RoomFull) } else { Ok(standing) }
    }

    /// Out of the room, for the others too.
    pub(super) fn vacate(
        &mut self,
        now: Timestamp,
        address: RoomAddress,
        participant: ParticipantId,
        reason: LeaveReason,
    ) -> Vec<Output> {
        let mut outputs = self.resign(now, address, participant, reason);
        let Some(room) = self.rooms.get_mut(&address) else {
            return outputs;
        };
        let audience = room.audience(participant);
        let Some(place) = room.remove(participant) else {
            return outputs;
        };
        match place.standing {
            Standing::Inside => self.participants -= 1,
            Standing::Waiting => self.waiting -= 1,
        }
        if let Some(at) = place.waits_until {
            self.waits.remove(&(at, address, participant));
        }
        if let Presence::Away { lapses, backlog } = place.presence {
            self.lapses.remove(&(lapses, address, participant));
            drop(backlog.empty_into(&mut self.kept));
        }
        for place in room.places_mut() {
            if let Presence::Away { backlog, .. } = &mut place.presence {
                backlog.forget_sender(participant, &mut self.kept);
            }
        }
        if room.is_empty() {
            self.rooms.remove(&address);
        }
        outputs.extend(Output::to_all(audience, ServerMessage::Left { participant, reason }));
        outputs
    }

    /// Out of the room, with the connection.
    pub(super) fn put_out(
        &mut self,
        now: Timestamp,
        address: RoomAddress,
        participant: ParticipantId,
        error: SignallingError,
    ) -> Vec<Output> {
        let mut outputs = Vec::new();
        if let Some(connection) = self.place(address, participant).and_then(Place::connection) {
            self.seats.remove(&connection);
            outputs.push(Output::refuse(connection, error));
        }
        outputs.extend(self.vacate(now, address, participant, LeaveReason::Removed));
        outputs
    }

    /// Closes the connection; a place that it held is kept like any dropped one's.
    pub(super) fn refuse(&mut self, now: Timestamp, connection: ConnectionId, error: SignallingError) -> Vec<Output> {
        let mut outputs = vec![Output::refuse(connection, error)];
        outputs.extend(self.disconnected(now, connection));
        outputs
    }

    fn welcome(&self, connection: ConnectionId, address: RoomAddress, participant: ParticipantId) -> Option<Output> {
        let room: &Room = self.rooms.get(&address)?;
        let place = room.place(participant)?;
        let (standing, position) = (place.standing, place.position());
        let others = room.places().filter(|other| other.participant != participant);
        let message = ServerMessage::Welcome {
            participant,
            token: place.token,
            order: place.order,
            standing,
            members: others.filter(|other| other.position().meets(position)).map(Place::member).collect(),
            ice_servers: self.config.ice_servers.clone(),
        };
        Some(Output::send(connection, message))
    }
}
