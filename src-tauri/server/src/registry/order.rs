//! Whose orders a participant may give, and that each is followed once.

use std::collections::BTreeMap;

use conclave_protocol::ids::{DevicePublicKey, HostKeyHash};
use conclave_protocol::signalling::limits::MAX_ORDER_KEYS;
use conclave_protocol::signalling::{OrderNumber, RoomOrder, SignedOrder};
use thiserror::Error;

/// Tells the host's orders from others. The registry has no cryptography of its own.
pub trait OrderVerifier: Send {
    /// What is ordered, if the order's key speaks for the host and signed it.
    ///
    /// # Errors
    /// [`OrderError::NotTheHost`], [`OrderError::Forged`], [`OrderError::Malformed`].
    fn verify(&self, host: HostKeyHash, order: &SignedOrder) -> Result<RoomOrder, OrderError>;
}

/// Why an order is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OrderError {
    /// Its key doesn't speak for the room's host.
    #[error("the key is not the host's")]
    NotTheHost,
    /// Its signature is not the key's, or not over this.
    #[error("the signature is wrong")]
    Forged,
    /// Signed, but no order.
    #[error("the order is malformed")]
    Malformed,
    /// For another room.
    #[error("the order is for another room")]
    OtherRoom,
    /// To be given by another participant.
    #[error("the order is another participant's")]
    OtherParticipant,
    /// Not greater in number than the last one of this key and this participant.
    #[error("the order was given before")]
    Repeated {
        /// The number of the last one.
        last: OrderNumber,
    },
    /// By one key more than [`MAX_ORDER_KEYS`].
    #[error("too many keys give orders")]
    TooManyKeys,
}

/// The last order of each key that a participant gave orders by.
#[derive(Debug, Default)]
pub(super) struct OrderLog {
    last: BTreeMap<DevicePublicKey, OrderNumber>,
}

impl OrderLog {
    /// Takes the number of a valid order.
    pub(super) fn take(&mut self, key: DevicePublicKey, number: OrderNumber) -> Result<(), OrderError> {
        match self.last.get(&key) {
            Some(&last) if number <= last => return Err(OrderError::Repeated { last }),
            None if self.last.len() >= MAX_ORDER_KEYS => return Err(OrderError::TooManyKeys),
            Some(_) | None => {}
        }
        self.last.insert(key, number);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_counts_for_itself_and_only_so_many_do() {
        let number = |number: u64| OrderNumber::try_from(number).unwrap();
        let mut log = OrderLog::default();
        for key in 0..MAX_ORDER_KEYS as u8 {
            assert_eq!(log.take(DevicePublicKey([key; 32]), number(7)), Ok(()));
            let repeated = Err(OrderError::Repeated { last: number(7) });
            assert_eq!(log.take(DevicePublicKey([key; 32]), number(7)), repeated);
        }
        assert_eq!(log.take(DevicePublicKey([0xFF; 32]), number(9)), Err(OrderError::TooManyKeys));
        assert_eq!(log.take(DevicePublicKey([0; 32]), number(8)), Ok(()));
    }
}
