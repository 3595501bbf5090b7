//! A host with a real key.

use conclave_keys::identity::DeviceIdentity;
use conclave_keys::room_order;
use conclave_protocol::ids::{ParticipantId, RoomAddress, RoomId};
use conclave_protocol::signalling::{ClientMessage, OrderNumber, RoomCommand, RoomOrder};

pub(crate) struct Host {
    device: DeviceIdentity,
    orders: u64,
}

impl Host {
    pub(crate) fn new(seed: u8) -> Self {
        Self { device: DeviceIdentity::from_seed(&[seed; 32]), orders: 0 }
    }

    /// A room of this host.
    pub(crate) fn room(&self) -> RoomAddress {
        RoomAddress { room: RoomId([7; 16]), host: self.device.key_hash() }
    }

    /// The next order in [`Host::room`].
    pub(crate) fn order(&mut self, participant: ParticipantId, command: RoomCommand) -> ClientMessage {
        self.order_in(self.room(), participant, command)
    }

    pub(crate) fn order_in(
        &mut self,
        address: RoomAddress,
        participant: ParticipantId,
        command: RoomCommand,
    ) -> ClientMessage {
        self.orders += 1;
        let number = OrderNumber::try_from(self.orders).unwrap();
        let order = RoomOrder { room: address.room, host: address.host, participant, number, command };
        ClientMessage::Govern { order: room_order::sign(&order, &self.device, &[], None).unwrap() }
    }
}
