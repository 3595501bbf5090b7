//! Tells a host's orders from others', for the registry.
//!
//! Only the key that H of the room's address is the hash of speaks for the host so far: an order with credentials is
//! not taken. Once `conclave-keys` reads orders, [`HostKeyVerifier::verify`] asks it instead, handovers included, and
//! this crate imports no cryptography any more.

use conclave_protocol::ids::{DevicePublicKey, HostKeyHash};
use conclave_protocol::signalling::{ORDER_DOMAIN, RoomOrder, SignedOrder};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::registry::{OrderError, OrderVerifier};

/// Verifies Ed25519 signatures (RFC 8032) by the very key of the link.
#[derive(Debug, Clone, Copy, Default)]
pub struct HostKeyVerifier;

impl OrderVerifier for HostKeyVerifier {
    fn verify(&self, host: HostKeyHash, order: &SignedOrder) -> Result<RoomOrder, OrderError> {
        // The cheapest check comes first, as anybody may make the server do it.
        if key_hash(order.key) != host || !order.credentials.as_slice().is_empty() {
            return Err(OrderError::NotTheHost);
        }
        let key = VerifyingKey::from_bytes(&order.key.0).map_err(|_| OrderError::Forged)?;
        let signature = Signature::from_bytes(&order.signature.0);
        // Strict: no weak keys, and no second form of a signature.
        key.verify_strict(&signed_bytes(order), &signature).map_err(|_| OrderError::Forged)?;
        serde_json::from_slice(order.body.as_slice()).map_err(|_| OrderError::Malformed)
    }
}

/// H of the links that the key's device makes: the first 16 bytes of SHA-256.
fn key_hash(key: DevicePublicKey) -> HostKeyHash {
    let digest: [u8; 32] = Sha256::digest(key.0).into();
    HostKeyHash(std::array::from_fn(|i| digest[i]))
}

/// What is signed: see [`ORDER_DOMAIN`].
fn signed_bytes(order: &SignedOrder) -> Vec<u8> {
    let mut bytes = Vec::new();
    for field in [ORDER_DOMAIN.as_bytes(), &order.key.0, order.body.as_slice()] {
        // All three are far below 4 GiB.
        bytes.extend_from_slice(&u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(field);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use conclave_protocol::bytes::BoundedBytes;
    use conclave_protocol::ids::{DeviceSignature, ParticipantId, RoomId};
    use conclave_protocol::signalling::{Access, Credentials, OrderNumber, RoomCommand};
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    fn device() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn host() -> HostKeyHash {
        key_hash(DevicePublicKey(device().verifying_key().to_bytes()))
    }

    fn room_order() -> RoomOrder {
        RoomOrder {
            room: RoomId([1; 16]),
            host: host(),
            participant: ParticipantId([2; 16]),
            number: OrderNumber::try_from(1).unwrap(),
            command: RoomCommand::SetAccess { access: Access::Lobby },
        }
    }

    fn signed(device: &SigningKey, body: &[u8]) -> SignedOrder {
        let mut order = SignedOrder {
            key: DevicePublicKey(device.verifying_key().to_bytes()),
            body: BoundedBytes::new(body.to_vec()).unwrap(),
            signature: DeviceSignature([0; 64]),
            credentials: Credentials::default(),
        };
        order.signature = DeviceSignature(device.sign(&signed_bytes(&order)).to_bytes());
        order
    }

    #[test]
    fn what_the_host_s_device_signed_is_an_order() {
        let order = signed(&device(), &room_order().to_json());
        assert_eq!(HostKeyVerifier.verify(host(), &order), Ok(room_order()));
    }

    #[test]
    fn another_device_is_not_the_host_however_well_it_signs() {
        let order = signed(&SigningKey::from_bytes(&[8; 32]), &room_order().to_json());
        assert_eq!(HostKeyVerifier.verify(host(), &order), Err(OrderError::NotTheHost));
    }

    #[test]
    fn an_altered_byte_anywhere_is_noticed() {
        let order = signed(&device(), &room_order().to_json());
        for at in 0..64 {
            let mut altered = order.clone();
            altered.signature.0[at] ^= 1;
            assert_eq!(HostKeyVerifier.verify(host(), &altered), Err(OrderError::Forged), "byte {at} of the signature");
        }
        for at in 0..order.body.as_slice().len() {
            let mut body = order.body.as_slice().to_vec();
            body[at] ^= 1;
            let altered = SignedOrder { body: BoundedBytes::new(body).unwrap(), ..order.clone() };
            assert_eq!(HostKeyVerifier.verify(host(), &altered), Err(OrderError::Forged), "byte {at} of the body");
        }
        for at in 0..32 {
            let mut altered = order.clone();
            altered.key.0[at] ^= 1;
            assert_eq!(HostKeyVerifier.verify(host(), &altered), Err(OrderError::NotTheHost), "byte {at} of the key");
        }
    }

    #[test]
    fn a_signature_of_another_domain_is_none() {
        let mut order = signed(&device(), &room_order().to_json());
        order.signature = DeviceSignature(device().sign(order.body.as_slice()).to_bytes());
        assert_eq!(HostKeyVerifier.verify(host(), &order), Err(OrderError::Forged));
    }

    #[test]
    fn what_is_signed_and_no_order_is_malformed() {
        let json = String::from_utf8(room_order().to_json()).unwrap();
        let beyond = json.replace(r#""number":1"#, r#""number":9007199254740992"#);
        let more = json.replace('{', r#"{"more":1,"#);
        for body in ["", "{}", &beyond, &more, &json[1..]] {
            let order = signed(&device(), body.as_bytes());
            assert_eq!(HostKeyVerifier.verify(host(), &order), Err(OrderError::Malformed), "{body}");
        }
    }

    #[test]
    fn a_key_of_small_order_signs_nothing_even_for_the_room_that_is_named_after_it() {
        let mut identity = [0; 32];
        identity[0] = 1;
        let mut order = signed(&device(), &room_order().to_json());
        order.key = DevicePublicKey(identity);
        let mut signature = [0; 64];
        signature[0] = 1;
        order.signature = DeviceSignature(signature);
        assert_eq!(HostKeyVerifier.verify(key_hash(order.key), &order), Err(OrderError::Forged));
    }

    #[test]
    fn credentials_are_not_taken_yet() {
        let mut order = signed(&device(), &room_order().to_json());
        order.credentials = Credentials::try_from(vec![BoundedBytes::new(vec![4; 100]).unwrap()]).unwrap();
        assert_eq!(HostKeyVerifier.verify(host(), &order), Err(OrderError::NotTheHost));
    }
}
