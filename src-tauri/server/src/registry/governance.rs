//! What the host orders.

use conclave_protocol::ids::{ParticipantId, RoomAddress};
use conclave_protocol::signalling::{LeaveReason, RoomCommand, ServerMessage, SignallingError, SignedOrder};

use super::order::OrderError;
use super::output::{ConnectionId, Output};
use super::place::{Office, Place, Presence};
use super::time::Timestamp;
use super::{Registry, Seat};

/// What became of all orders so far.
#[derive(Debug, Default)]
pub(super) struct OrderCounts {
    pub(super) obeyed: u64,
    pub(super) without_effect: u64,
    pub(super) refused: u64,
}

impl Registry {
    /// A connection gives an order: see [`ClientMessage::Govern`](conclave_protocol::signalling::ClientMessage).
    pub fn govern(&mut self, now: Timestamp, connection: ConnectionId, order: &SignedOrder) -> Vec<Output> {
        let Some(seat) = self.seats.get(&connection).copied() else {
            return self.refuse(now, connection, SignallingError::HelloExpected);
        };
        let command = match self.accept(seat, order) {
            Ok(command) => command,
            Err(error) => return self.decline(now, connection, error),
        };
        let Seat { address, participant } = seat;
        let mut outputs = Vec::new();
        // Who speaks for the host needs nobody to let it in, but it needs space.
        if self.place(address, participant).is_some_and(Place::is_waiting) {
            match self.admit(address, participant) {
                Some(admitted) => outputs.extend(admitted),
                None => return self.refuse(now, connection, SignallingError::RoomFull),
            }
        }
        outputs.extend(self.take_office(address, participant));
        match self.obey(now, seat, command) {
            Some(done) => {
                self.orders.obeyed += 1;
                outputs.extend(done);
            }
            None => self.orders.without_effect += 1,
        }
        outputs
    }

    /// One that was given before may be honest; any other ends the connection.
    fn decline(&mut self, now: Timestamp, connection: ConnectionId, error: OrderError) -> Vec<Output> {
        self.orders.refused += 1;
        match error {
            OrderError::Repeated { last } => vec![Output::send(connection, ServerMessage::OrderRepeated { last })],
            OrderError::NotTheHost
            | OrderError::Forged
            | OrderError::Malformed
            | OrderError::OtherRoom
            | OrderError::OtherParticipant
            | OrderError::TooManyKeys => self.refuse(now, connection, SignallingError::NotTheHost),
        }
    }

    /// Whether the order is the host's, given here, by this participant, and for the first time.
    fn accept(&mut self, seat: Seat, signed: &SignedOrder) -> Result<RoomCommand, OrderError> {
        let order = self.verifier.verify(seat.address.host, signed)?;
        if order.address() != seat.address {
            return Err(OrderError::OtherRoom);
        }
        if order.participant != seat.participant {
            return Err(OrderError::OtherParticipant);
        }
        let place = self.place_mut(seat.address, seat.participant).ok_or(OrderError::OtherParticipant)?;
        place.orders.take(signed.key, order.number)?;
        Ok(order.command)
    }

    /// The first valid order of a connection: its giver and those who wait meet.
    fn take_office(&mut self, address: RoomAddress, participant: ParticipantId) -> Vec<Output> {
        let Some(room) = self.rooms.get_mut(&address) else {
            return Vec::new();
        };
        let Some(place) = room.place_mut(participant) else {
            return Vec::new();
        };
        let member = place.member();
        let Presence::Connected(connection, office @ Office::None) = &mut place.presence else {
            return Vec::new();
        };
        *office = Office::Governor;
        let connection = *connection;
        let mut outputs: Vec<_> = room
            .waiting()
            .map(|place| Output::send(connection, ServerMessage::Waiting { member: place.member() }))
            .collect();
        let waiting = room.waiting().filter_map(Place::connection).collect();
        outputs.extend(Output::to_all(waiting, ServerMessage::Joined { member }));
        self.end_patience(address);
        outputs
    }

    /// The connection that gave orders is gone: its giver and those who wait meet no more.
    pub(super) fn resign(
        &mut self,
        now: Timestamp,
        address: RoomAddress,
        participant: ParticipantId,
        reason: LeaveReason,
    ) -> Vec<Output> {
        let Some(room) = self.rooms.get_mut(&address) else {
            return Vec::new();
        };
        let Some(Presence::Connected(_, office @ Office::Governor)) =
            room.place_mut(participant).map(|place| &mut place.presence)
        else {
            return Vec::new();
        };
        *office = Office::None;
        let waiting = room.waiting().filter_map(Place::connection).collect();
        for place in room.places_mut().filter(|place| place.is_waiting()) {
            if let Presence::Away { backlog, .. } = &mut place.presence {
                backlog.forget_sender(participant, &mut self.kept);
            }
        }
        self.start_patience(now, address);
        Output::to_all(waiting, ServerMessage::Left { participant, reason })
    }

    /// Does it; `None` when there is nothing to do it to.
    fn obey(&mut self, now: Timestamp, by: Seat, command: RoomCommand) -> Option<Vec<Output>> {
        let address = by.address;
        match command {
            RoomCommand::SetAccess { access } => {
                self.rooms.get_mut(&address)?.access = access;
                Some(self.let_in_who_needs_not_wait(now, address))
            }
            RoomCommand::SetLock { lock } => {
                self.rooms.get_mut(&address)?.lock = lock;
                Some(self.let_in_who_needs_not_wait(now, address))
            }
            RoomCommand::Admit { participant } => self.admit(address, participant),
            RoomCommand::Refuse { participant } => {
                let room = self.rooms.get(&address)?;
                let refusal = room.place(participant).filter(|place| place.is_waiting())?.refusal(room.lock);
                Some(self.put_out(now, address, participant, refusal))
            }
            RoomCommand::Remove { participant } if participant == by.participant => None,
            RoomCommand::Remove { participant } => {
                // Also one whose place has just lapsed, and who would come back as who it was.
                self.rooms.get_mut(&address)?.remember_removed(participant);
                Some(self.put_out(now, address, participant, SignallingError::Removed))
            }
        }
    }
}
