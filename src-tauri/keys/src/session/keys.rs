//! A session's keys.

use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::envelope::KEY_CHECK_LENGTH;
use crate::canonical::Canonical;
use crate::hello::Hello;
use crate::room_key::EpochKey;
use crate::secret::Secret;

/// All keys that follow from the two Hellos, the epoch's key and the agreed secret.
pub(crate) struct SessionKeys {
    pub(crate) offerer_to_answerer: Secret<32>,
    pub(crate) answerer_to_offerer: Secret<32>,
    pub(crate) key_check: Secret<KEY_CHECK_LENGTH>,
    pub(crate) proof: Secret<32>,
    pub(crate) channels: Secret<32>,
}

impl SessionKeys {
    pub(crate) fn derive(keys: &EpochKey, agreed: &Secret<32>, offerer: &Hello, answerer: &Hello) -> Self {
        let salt =
            Canonical::new("conclave v1 session").bytes(&offerer.to_bytes()).bytes(&answerer.to_bytes()).sha_256();
        let mut key = Zeroizing::new([0; 64]);
        key[..32].copy_from_slice(keys.key());
        key[32..].copy_from_slice(agreed.expose());
        let root = Hkdf::<Sha256>::new(Some(&salt), key.as_slice());
        Self {
            offerer_to_answerer: Secret::expand(&root, b"conclave v1 envelope offerer to answerer"),
            answerer_to_offerer: Secret::expand(&root, b"conclave v1 envelope answerer to offerer"),
            key_check: Secret::expand(&root, b"conclave v1 key check"),
            proof: Secret::expand(&root, b"conclave v1 proof"),
            channels: Secret::expand(&root, b"conclave v1 channels"),
        }
    }
}

/// X25519 (RFC 7748): the public key of a secret.
pub(crate) fn agreement_key(secret: &Secret<32>) -> [u8; 32] {
    x25519_dalek::x25519(*secret.expose(), x25519_dalek::X25519_BASEPOINT_BYTES)
}

/// X25519: what the two ends share. `None` when it is zero, which only a public key made for it gives (RFC 7748,
/// section 6.1).
pub(crate) fn agree(secret: &Secret<32>, public: &[u8; 32]) -> Option<Secret<32>> {
    let agreed = Secret::new(x25519_dalek::x25519(*secret.expose(), *public));
    (agreed != Secret::new([0; 32])).then_some(agreed)
}

/// What the offerer's Hello carries of its share.
pub(crate) fn commitment(share: &Secret<32>) -> [u8; 32] {
    Canonical::new("conclave v1 commitment").bytes(share.expose()).sha_256()
}

/// What the answerer's Hello carries of the one it answers.
pub(crate) fn hello_hash(hello: &Hello) -> [u8; 32] {
    Sha256::digest(hello.to_bytes()).into()
}
