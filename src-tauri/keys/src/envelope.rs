//! Sealed envelopes: what participants say through the server, AES-256-GCM (NIST SP 800-38D) under a key from S.
//!
//! Nonce, 12 random bytes, then ciphertext and tag. Additional data binds room, sender and recipient, so the server
//! can neither read an envelope nor hand it to or in the name of somebody else.

use aes_gcm::aead::{Aead, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{ParticipantId, RoomId};
use conclave_protocol::invite::InviteLink;
use thiserror::Error;

use crate::invitation::derive;

const NONCE_LENGTH: usize = 12;

/// Why an envelope could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EnvelopeError {
    /// Altered, for somebody else, from somebody else, or sealed with another room's key.
    #[error("the envelope is not genuine")]
    NotGenuine,
    /// The system gave no random bytes, or the text is longer than the cipher takes.
    #[error("the envelope could not be sealed")]
    Unsealable,
}

/// Seals and opens the envelopes of one room.
pub struct EnvelopeKey {
    cipher: Aes256Gcm,
    room: RoomId,
}

impl std::fmt::Debug for EnvelopeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnvelopeKey(…)")
    }
}

impl EnvelopeKey {
    /// The key of the link's room.
    #[must_use]
    pub fn of(link: &InviteLink) -> Self {
        let mut key = [0; 32];
        derive(&link.secret, b"conclave signal envelope", &mut key);
        Self { cipher: Aes256Gcm::new(&key.into()), room: link.room }
    }

    /// Seals `plain`, said by `from` to `to`.
    ///
    /// # Errors
    /// [`EnvelopeError::Unsealable`].
    pub fn seal(&self, from: ParticipantId, to: ParticipantId, plain: &[u8]) -> Result<SealedBytes, EnvelopeError> {
        let mut nonce = [0; NONCE_LENGTH];
        getrandom::fill(&mut nonce).map_err(|_| EnvelopeError::Unsealable)?;
        let data = self.additional_data(from, to);
        let sealed = self
            .cipher
            .encrypt(Nonce::from_slice(&nonce), Payload { msg: plain, aad: &data })
            .map_err(|_| EnvelopeError::Unsealable)?;
        Ok(SealedBytes([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens an envelope that the server says is from `from`, for `to`.
    ///
    /// # Errors
    /// [`EnvelopeError::NotGenuine`].
    pub fn open(&self, from: ParticipantId, to: ParticipantId, sealed: &SealedBytes) -> Result<Vec<u8>, EnvelopeError> {
        let (nonce, text) = sealed.0.split_at_checked(NONCE_LENGTH).ok_or(EnvelopeError::NotGenuine)?;
        let data = self.additional_data(from, to);
        self.cipher
            .decrypt(Nonce::from_slice(nonce), Payload { msg: text, aad: &data })
            .map_err(|_| EnvelopeError::NotGenuine)
    }

    fn additional_data(&self, from: ParticipantId, to: ParticipantId) -> [u8; 48] {
        let mut data = [0; 48];
        for (part, id) in data.chunks_exact_mut(16).zip([self.room.0, from.0, to.0]) {
            part.copy_from_slice(&id);
        }
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::DeviceIdentity;
    use crate::invitation;
    use conclave_protocol::invite::ServerAddress;

    const ANNE: ParticipantId = ParticipantId([1; 16]);
    const BERT: ParticipantId = ParticipantId([2; 16]);
    const CLEO: ParticipantId = ParticipantId([3; 16]);

    fn key() -> EnvelopeKey {
        let server = ServerAddress::parse("https://rooms.example").unwrap();
        EnvelopeKey::of(&invitation::create(server, &DeviceIdentity::generate().unwrap()).unwrap())
    }

    #[test]
    fn an_envelope_opens_for_its_recipient() {
        let key = key();
        let sealed = key.seal(ANNE, BERT, b"hello").unwrap();
        assert_eq!(key.open(ANNE, BERT, &sealed), Ok(b"hello".to_vec()));
    }

    #[test]
    fn an_envelope_in_anothers_name_or_for_another_does_not_open() {
        let key = key();
        let sealed = key.seal(ANNE, BERT, b"hello").unwrap();
        for (from, to) in [(CLEO, BERT), (ANNE, CLEO), (BERT, ANNE)] {
            assert_eq!(key.open(from, to, &sealed), Err(EnvelopeError::NotGenuine));
        }
    }

    #[test]
    fn every_altered_byte_is_noticed() {
        let key = key();
        let sealed = key.seal(ANNE, BERT, b"hello").unwrap();
        for at in 0..sealed.0.len() {
            let mut altered = sealed.clone();
            altered.0[at] ^= 1;
            assert_eq!(key.open(ANNE, BERT, &altered), Err(EnvelopeError::NotGenuine));
            assert_eq!(key.open(ANNE, BERT, &SealedBytes(sealed.0[..at].to_vec())), Err(EnvelopeError::NotGenuine));
        }
    }

    #[test]
    fn another_rooms_envelope_does_not_open() {
        let sealed = key().seal(ANNE, BERT, b"hello").unwrap();
        assert_eq!(key().open(ANNE, BERT, &sealed), Err(EnvelopeError::NotGenuine));
    }
}
