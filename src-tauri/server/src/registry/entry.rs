//! Coming into a room and going out of it.

use std::collections::VecDeque;
use std::mem;

use conclave_protocol::ids::{ParticipantId, ResumeToken, RoomId};
use conclave_protocol::signalling::{LeaveReason, Returning, ServerMessage, SignallingError};

use super::output::{ConnectionId, Output};
use super::place::{Place, Presence};
use super::room::Room;
use super::time::Timestamp;
use super::{Registry, Seat};

impl Registry {
    pub(super) fn holds_place(&self, room: RoomId, participant: ParticipantId) -> bool {
        self.rooms.get(&room).is_some_and(|room| room.place(participant).is_some())
    }

    /// Into a place of one's own that is still kept. The others never notice.
    pub(super) fn resume(&mut self, connection: ConnectionId, room_id: RoomId, returning: &Returning) -> Vec<Output> {
        let participant = returning.participant;
        let place = self.rooms.get_mut(&room_id).and_then(|room| room.place_mut(participant));
        let Some(place) = place.filter(|place| place.accepts(&returning.token)) else {
            return vec![Output::refuse(connection, SignallingError::WrongToken)];
        };
        let mut outputs = Vec::new();
        let mut kept = VecDeque::new();
        match mem::replace(&mut place.presence, Presence::Connected(connection)) {
            Presence::Connected(older) => {
                self.seats.remove(&older);
                outputs.push(Output::refuse(older, SignallingError::Replaced));
            }
            Presence::Away { lapses, backlog } => {
                self.lapses.remove(&(lapses, room_id, participant));
                kept = backlog.empty_into(&mut self.kept);
            }
        }
        self.seats.insert(connection, Seat { room: room_id, participant });
        outputs.extend(self.welcome(connection, room_id, participant));
        outputs.extend(kept.into_iter().map(|message| Output::send(connection, message)));
        outputs
    }

    /// Into a place that isn't there yet: a new one, or one that this registry doesn't know or no longer knows.
    pub(super) fn enter(
        &mut self,
        now: Timestamp,
        connection: ConnectionId,
        room_id: RoomId,
        returning: Option<Returning>,
    ) -> Vec<Output> {
        match self.rooms.get(&room_id) {
            Some(room) if room.len() >= self.config.participants_per_room => {
                return self.refuse(now, connection, SignallingError::RoomFull);
            }
            None if self.rooms.len() >= self.config.rooms => {
                return self.refuse(now, connection, SignallingError::TooManyConnections);
            }
            _ => {}
        }
        let room = self.rooms.entry(room_id).or_default();
        let returning = returning.unwrap_or_else(|| Returning {
            participant: ParticipantId(self.ids.draw()),
            token: ResumeToken(self.ids.draw()),
            order: room.next_order(),
        });
        let Returning { participant, token, order } = returning;
        let place = Place { participant, order, token, presence: Presence::Connected(connection) };
        let joined = ServerMessage::Joined { member: place.member() };
        room.add(place);
        let others = room.others(participant);
        self.participants += 1;
        self.seats.insert(connection, Seat { room: room_id, participant });
        let mut outputs: Vec<_> = self.welcome(connection, room_id, participant).into_iter().collect();
        outputs.extend(Output::to_all(others, joined));
        outputs
    }

    /// Out of the room, for the others too.
    pub(super) fn vacate(&mut self, room_id: RoomId, participant: ParticipantId, reason: LeaveReason) -> Vec<Output> {
        let Some(room) = self.rooms.get_mut(&room_id) else {
            return Vec::new();
        };
        let Some(place) = room.remove(participant) else {
            return Vec::new();
        };
        self.participants -= 1;
        if let Presence::Away { backlog, .. } = place.presence {
            drop(backlog.empty_into(&mut self.kept));
        }
        for place in room.places_mut() {
            if let Presence::Away { backlog, .. } = &mut place.presence {
                backlog.forget_sender(participant, &mut self.kept);
            }
        }
        let others = room.others(participant);
        if room.is_empty() {
            self.rooms.remove(&room_id);
        }
        Output::to_all(others, ServerMessage::Left { participant, reason })
    }

    /// Closes the connection; a place that it held is kept like any dropped one's.
    pub(super) fn refuse(&mut self, now: Timestamp, connection: ConnectionId, error: SignallingError) -> Vec<Output> {
        self.disconnected(now, connection);
        vec![Output::refuse(connection, error)]
    }

    fn welcome(&self, connection: ConnectionId, room_id: RoomId, participant: ParticipantId) -> Option<Output> {
        let room: &Room = self.rooms.get(&room_id)?;
        let place = room.place(participant)?;
        let members = room.places().filter(|other| other.participant != participant).map(Place::member).collect();
        let message = ServerMessage::Welcome {
            participant,
            token: place.token,
            order: place.order,
            members,
            ice_servers: self.config.ice_servers.clone(),
        };
        Some(Output::send(connection, message))
    }
}
