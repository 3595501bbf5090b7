//! Waiting to be let in, by a lobby or a lock, and coming inside.

use conclave_protocol::ids::{ParticipantId, RoomAddress};
use conclave_protocol::signalling::{ServerMessage, SignallingError, Standing};

use super::Registry;
use super::output::Output;
use super::place::Place;
use super::time::Timestamp;

impl Registry {
    /// In a room that nobody governs, whoever has waited longest makes space for a newcomer: strangers who fill all
    /// places must not keep the host out, who can't be told from them before its first order.
    pub(super) fn make_space_to_wait(&mut self, now: Timestamp, address: RoomAddress) -> Vec<Output> {
        let Some(room) = self.rooms.get(&address) else {
            return Vec::new();
        };
        if room.count(Standing::Waiting) < self.config.waiting_per_room {
            return Vec::new();
        }
        let longest = room.waiting().next().map(|place| place.participant);
        match longest {
            Some(longest) => self.put_out(now, address, longest, SignallingError::RoomFull),
            None => Vec::new(),
        }
    }

    /// From waiting to inside, as the one who joined last. `None` when it doesn't wait, or the room is full.
    pub(super) fn admit(&mut self, address: RoomAddress, participant: ParticipantId) -> Option<Vec<Output>> {
        let room = self.rooms.get_mut(&address)?;
        if room.count(Standing::Inside) >= self.config.participants_per_room || !room.place(participant)?.is_waiting() {
            return None;
        }
        let mut place = room.remove(participant)?;
        if let Some(at) = place.waits_until.take() {
            self.waits.remove(&(at, address, participant));
        }
        place.standing = Standing::Inside;
        place.order = room.next_order();
        self.waiting -= 1;
        self.participants += 1;
        let (member, connection) = (place.member(), place.connection());
        room.add(place);
        let others = room.places().filter(|other| other.participant != participant);
        let members = others.filter(|other| !other.is_waiting()).map(Place::member).collect();
        let audience = room.audience(participant);
        let mut outputs = Vec::new();
        // One whose connection is down finds out by its next welcome.
        if let Some(connection) = connection {
            outputs.push(Output::send(connection, ServerMessage::Admitted { order: member.order, members }));
        }
        outputs.extend(Output::to_all(audience, ServerMessage::Joined { member }));
        Some(outputs)
    }

    /// Where nobody has to wait, nobody does: who finds the room full is turned away like any newcomer.
    pub(super) fn let_in_who_needs_not_wait(&mut self, now: Timestamp, address: RoomAddress) -> Vec<Output> {
        let Some(room) = self.rooms.get(&address).filter(|room| room.door() == Standing::Inside) else {
            return Vec::new();
        };
        let waiting: Vec<_> = room.waiting().map(|place| place.participant).collect();
        let mut outputs = Vec::new();
        for participant in waiting {
            outputs.extend(match self.admit(address, participant) {
                Some(admitted) => admitted,
                None => self.put_out(now, address, participant, SignallingError::RoomFull),
            });
        }
        outputs
    }

    /// Those who wait where nobody governs wait only so long, from now on unless they do already.
    pub(super) fn start_patience(&mut self, now: Timestamp, address: RoomAddress) {
        let Some(room) = self.rooms.get_mut(&address).filter(|room| !room.is_governed()) else {
            return;
        };
        let until = now + self.config.waiting_patience;
        for place in room.places_mut().filter(|place| place.is_waiting() && place.waits_until.is_none()) {
            place.waits_until = Some(until);
            self.waits.insert((until, address, place.participant));
        }
    }

    /// Those who wait where somebody governs wait for as long as it takes.
    pub(super) fn end_patience(&mut self, address: RoomAddress) {
        let Some(room) = self.rooms.get_mut(&address) else {
            return;
        };
        for place in room.places_mut() {
            if let Some(at) = place.waits_until.take() {
                self.waits.remove(&(at, address, place.participant));
            }
        }
    }
}
