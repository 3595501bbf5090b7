//! Orders without cryptography: a key speaks for the hash that it begins with, and signs by being repeated.

use conclave_protocol::bytes::BoundedBytes;
use conclave_protocol::ids::{DevicePublicKey, DeviceSignature, HostKeyHash, ParticipantId, RoomAddress};
use conclave_protocol::signalling::{Credentials, OrderNumber, RoomCommand, RoomOrder, SignedOrder};
use conclave_server::registry::{OrderError, OrderVerifier};

/// Whose orders [`order`] makes.
pub(crate) const HOST: HostKeyHash = HostKeyHash([0xA0; 16]);
const HOST_KEY: [u8; 32] = [0xA0; 32];

pub(crate) struct FakeVerifier;

impl OrderVerifier for FakeVerifier {
    fn verify(&self, host: HostKeyHash, order: &SignedOrder) -> Result<RoomOrder, OrderError> {
        if order.key.0[..16] != host.0 {
            return Err(OrderError::NotTheHost);
        }
        if order.signature != signature_of(order.key) {
            return Err(OrderError::Forged);
        }
        serde_json::from_slice(order.body.as_slice()).map_err(|_| OrderError::Malformed)
    }
}

fn signature_of(key: DevicePublicKey) -> DeviceSignature {
    DeviceSignature(std::array::from_fn(|i| key.0[i % 32]))
}

pub(crate) fn order(
    address: RoomAddress,
    participant: ParticipantId,
    number: u64,
    command: RoomCommand,
) -> SignedOrder {
    let number = OrderNumber::try_from(number).unwrap();
    let order = RoomOrder { room: address.room, host: address.host, participant, number, command };
    let key = DevicePublicKey(HOST_KEY);
    SignedOrder {
        key,
        body: BoundedBytes::new(order.to_json()).unwrap(),
        signature: signature_of(key),
        credentials: Credentials::default(),
    }
}
