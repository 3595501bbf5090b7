//! Byte strings in JSON: base64url without padding (RFC 4648 section 5).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// Text that is not the base64url form of the expected number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not base64url of the expected length")]
pub struct InvalidBase64Url;

/// base64url without padding.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Exactly `N` bytes from base64url without padding; other alphabets, padding and trailing bits are refused.
///
/// # Errors
/// [`InvalidBase64Url`] when the text is anything else.
pub fn decode_exact<const N: usize>(text: &str) -> Result<[u8; N], InvalidBase64Url> {
    // An engine may decode into a larger buffer than asked; the length is checked on the text first.
    if text.len() != (N * 4).div_ceil(3) {
        return Err(InvalidBase64Url);
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidBase64Url)?;
    bytes.try_into().map_err(|_| InvalidBase64Url)
}

/// At most `MAX` bytes of any kind.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BoundedBytes<const MAX: usize>(Vec<u8>);

/// More bytes than allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("more than {max} bytes")]
pub struct TooManyBytes {
    /// How many are allowed.
    pub max: usize,
}

impl<const MAX: usize> BoundedBytes<MAX> {
    /// These bytes.
    ///
    /// # Errors
    /// [`TooManyBytes`].
    pub fn new(bytes: Vec<u8>) -> Result<Self, TooManyBytes> {
        if bytes.len() <= MAX { Ok(Self(bytes)) } else { Err(TooManyBytes { max: MAX }) }
    }

    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

impl<const MAX: usize> std::fmt::Debug for BoundedBytes<MAX> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BoundedBytes({} B)", self.0.len())
    }
}

impl<const MAX: usize> Serialize for BoundedBytes<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode(&self.0))
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for BoundedBytes<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The text is as long as a message at most, which is bounded before it is read.
        let SealedBytes(bytes) = SealedBytes::deserialize(deserializer)?;
        Self::new(bytes).map_err(serde::de::Error::custom)
    }
}

/// Bytes that only participants can read; the server relays them unopened. Bounded by the size of a message.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SealedBytes(pub Vec<u8>);

impl std::fmt::Debug for SealedBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedBytes({} B)", self.0.len())
    }
}

impl Serialize for SealedBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for SealedBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        URL_SAFE_NO_PAD.decode(text.as_bytes()).map(Self).map_err(|_| serde::de::Error::custom(InvalidBase64Url))
    }
}
