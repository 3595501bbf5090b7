//! A device's identity: an Ed25519 key pair (RFC 8032).

use conclave_protocol::bytes::{decode_exact, encode};
use conclave_protocol::ids::HostKeyHash;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

pub use crate::random::RandomSourceFailed;
use crate::secret::Secret;

/// The length of a signature in bytes.
pub const SIGNATURE_LENGTH: usize = 64;

/// This device's key pair.
pub struct DeviceIdentity {
    signing: SigningKey,
    public: DeviceKey,
}

impl DeviceIdentity {
    /// A fresh key pair.
    ///
    /// # Errors
    /// [`RandomSourceFailed`].
    pub fn generate() -> Result<Self, RandomSourceFailed> {
        Ok(Self::from_seed(Secret::draw()?.expose()))
    }

    /// The key pair of a seed (RFC 8032, section 5.1.5).
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let signing = SigningKey::from_bytes(seed);
        let public = DeviceKey(signing.verifying_key().to_bytes());
        Self { signing, public }
    }

    /// One that says it is another device, and can't sign as that: what a program of one's own can always do.
    #[cfg(any(test, feature = "impostor"))]
    #[must_use]
    pub fn impostor(seed: &[u8; 32], public: DeviceKey) -> Self {
        Self { public, ..Self::from_seed(seed) }
    }

    /// The seed, for storing it.
    #[must_use]
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.signing.to_bytes())
    }

    /// The public key.
    #[must_use]
    pub fn public_key(&self) -> DeviceKey {
        self.public
    }

    /// Signs bytes. What is signed begins with a domain of its own: no signature serves two purposes.
    pub(crate) fn sign(&self, bytes: &[u8]) -> [u8; SIGNATURE_LENGTH] {
        self.signing.sign(bytes).to_bytes()
    }

    /// The first 16 bytes of SHA-256 of the public key: H of the links this device makes.
    #[must_use]
    pub fn key_hash(&self) -> HostKeyHash {
        self.public_key().key_hash()
    }
}

impl std::fmt::Debug for DeviceIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeviceIdentity({:?})", self.key_hash())
    }
}

/// Bytes that are no device's public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a public key of a device")]
pub struct InvalidDeviceKey;

/// A device's public key: a point of the curve, encoded the one right way, and not one of the few under which
/// signatures fit more than one message. Travels as base64url text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceKey([u8; 32]);

impl DeviceKey {
    /// The key that the bytes are.
    ///
    /// # Errors
    /// [`InvalidDeviceKey`].
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, InvalidDeviceKey> {
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| InvalidDeviceKey)?;
        if key.is_weak() || !is_reduced(&bytes) { Err(InvalidDeviceKey) } else { Ok(Self(bytes)) }
    }

    /// The key's 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first 16 bytes of SHA-256 of the key: H of the links that its device makes.
    #[must_use]
    pub fn key_hash(&self) -> HostKeyHash {
        key_hash(&self.0)
    }

    /// Whether the key's device signed these bytes; in the strict sense, which leaves no two forms of one signature.
    pub(crate) fn has_signed(&self, bytes: &[u8], signature: &[u8; SIGNATURE_LENGTH]) -> bool {
        VerifyingKey::from_bytes(&self.0)
            .is_ok_and(|key| key.verify_strict(bytes, &Signature::from_bytes(signature)).is_ok())
    }
}

/// The first 16 bytes of SHA-256 of a public key.
pub(crate) fn key_hash(key: &[u8; 32]) -> HostKeyHash {
    let digest: [u8; 32] = Sha256::digest(key).into();
    HostKeyHash(std::array::from_fn(|i| digest[i]))
}

/// Whether y is below p = 2^255 - 19, as RFC 8032 section 5.1.3 demands and not every decoder checks: one key must not
/// have two texts.
fn is_reduced(bytes: &[u8; 32]) -> bool {
    let above = bytes[0] >= 0xed && bytes[1..31].iter().all(|byte| *byte == 0xff) && bytes[31] & 0x7f == 0x7f;
    !above
}

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeviceKey({})", &encode(&self.0)[..8])
    }
}

impl std::fmt::Display for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&encode(&self.0))
    }
}

impl Serialize for DeviceKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for DeviceKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let bytes = decode_exact(&text).map_err(serde::de::Error::custom)?;
        Self::from_bytes(bytes).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_reads_back_from_its_seed() {
        let identity = DeviceIdentity::generate().unwrap();
        assert_eq!(DeviceIdentity::from_seed(&identity.seed()).public_key(), identity.public_key());
    }

    #[test]
    fn only_the_signed_bytes_and_the_signer_s_key_fit_a_signature() {
        let (one, other) = (DeviceIdentity::generate().unwrap(), DeviceIdentity::generate().unwrap());
        let signature = one.sign(b"words");
        assert!(one.public_key().has_signed(b"words", &signature));
        assert!(!one.public_key().has_signed(b"other words", &signature));
        assert!(!other.public_key().has_signed(b"words", &signature));
        for at in 0..SIGNATURE_LENGTH {
            let mut altered = signature;
            altered[at] ^= 1;
            assert!(!one.public_key().has_signed(b"words", &altered));
        }
    }

    #[test]
    fn weak_points_no_points_and_second_encodings_are_no_keys() {
        let mut identity_point = [0; 32];
        identity_point[0] = 1;
        let mut above_p = [0xff; 32];
        above_p[31] = 0x7f;
        // y = p + 3 stands for y = 3, which is a point of full order.
        let mut second_form_of_three = above_p;
        second_form_of_three[0] = 0xf0;
        for bytes in [[0; 32], identity_point, above_p, second_form_of_three, [2; 32]] {
            assert_eq!(DeviceKey::from_bytes(bytes), Err(InvalidDeviceKey), "{bytes:?}");
        }
    }

    #[test]
    fn a_key_is_base64url_text_in_json() {
        let key = DeviceIdentity::from_seed(&[9; 32]).public_key();
        let json = serde_json::to_string(&key).unwrap();
        assert_eq!(json.len(), 45);
        assert_eq!(serde_json::from_str::<DeviceKey>(&json).unwrap(), key);
        assert!(serde_json::from_str::<DeviceKey>("\"AAAA\"").is_err());
    }
}
