//! Tells a host's orders from others', for the registry: `conclave-keys` knows who speaks for a host.

use conclave_keys::room_order::{self, RoomOrderError};
use conclave_protocol::ids::HostKeyHash;
use conclave_protocol::signalling::{RoomOrder, SignedOrder};

use crate::registry::{OrderError, OrderVerifier};

/// Verifies by the key of the link, the handovers from it and the policy that names a co-host.
#[derive(Debug, Clone, Copy, Default)]
pub struct HostKeyVerifier;

impl OrderVerifier for HostKeyVerifier {
    fn verify(&self, host: HostKeyHash, order: &SignedOrder) -> Result<RoomOrder, OrderError> {
        room_order::verify(host, order).map_err(|error| match error {
            RoomOrderError::NotTheHost => OrderError::NotTheHost,
            RoomOrderError::Forged => OrderError::Forged,
            RoomOrderError::Malformed | RoomOrderError::Unsayable => OrderError::Malformed,
        })
    }
}
