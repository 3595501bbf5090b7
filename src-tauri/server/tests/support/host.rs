//! A host with a real key.

use conclave_protocol::bytes::BoundedBytes;
use conclave_protocol::ids::{DevicePublicKey, DeviceSignature, HostKeyHash, ParticipantId, RoomAddress, RoomId};
use conclave_protocol::signalling::{
    ClientMessage, Credentials, ORDER_DOMAIN, OrderNumber, RoomCommand, RoomOrder, SignedOrder,
};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};

pub(crate) struct Host {
    key: SigningKey,
    orders: u64,
}

impl Host {
    pub(crate) fn new(seed: u8) -> Self {
        Self { key: SigningKey::from_bytes(&[seed; 32]), orders: 0 }
    }

    /// A room of this host.
    pub(crate) fn room(&self) -> RoomAddress {
        let digest: [u8; 32] = Sha256::digest(self.key.verifying_key().as_bytes()).into();
        RoomAddress { room: RoomId([7; 16]), host: HostKeyHash(std::array::from_fn(|i| digest[i])) }
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
        let (key, body) = (self.key.verifying_key().to_bytes(), order.to_json());
        let mut signed = Vec::new();
        for field in [ORDER_DOMAIN.as_bytes(), &key, &body] {
            signed.extend_from_slice(&(field.len() as u32).to_be_bytes());
            signed.extend_from_slice(field);
        }
        ClientMessage::Govern {
            order: SignedOrder {
                key: DevicePublicKey(key),
                body: BoundedBytes::new(body).unwrap(),
                signature: DeviceSignature(self.key.sign(&signed).to_bytes()),
                credentials: Credentials::default(),
            },
        }
    }
}
