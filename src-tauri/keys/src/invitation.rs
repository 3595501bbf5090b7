//! Making and checking invite links: R must be derived from S, or the link was put together by somebody else.

use conclave_protocol::ids::RoomId;
use conclave_protocol::invite::{InviteLink, InviteLinkError, InviteSecret, ServerAddress};
use hkdf::Hkdf;
use sha2::Sha256;
use thiserror::Error;

use crate::identity::DeviceIdentity;

/// Why an invitation can't be made or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvitationError {
    /// The text is not of a link's form.
    #[error(transparent)]
    Link(#[from] InviteLinkError),
    /// R is not the room of S.
    #[error("the link's room and key don't belong together: copy the whole link again")]
    RoomMismatch,
    /// The system gave no random bytes.
    #[error("the system's random source failed")]
    Random,
}

/// R = HKDF-SHA-256(S, "conclave room id"), 16 bytes (RFC 5869, without salt).
#[must_use]
pub fn room_id(secret: &InviteSecret) -> RoomId {
    let mut id = [0; 16];
    derive(secret, b"conclave room id", &mut id);
    RoomId(id)
}

/// HKDF-SHA-256 of the secret for one purpose.
pub(crate) fn derive(secret: &InviteSecret, purpose: &[u8], output: &mut [u8]) {
    let expanded = Hkdf::<Sha256>::new(None, &secret.0).expand(purpose, output);
    debug_assert!(expanded.is_ok(), "HKDF gives up to 8,160 bytes, far more than any key");
}

/// A new room's link, with a fresh secret and the creator's key.
///
/// # Errors
/// [`InvitationError::Random`].
pub fn create(server: ServerAddress, creator: &DeviceIdentity) -> Result<InviteLink, InvitationError> {
    let mut secret = [0; 16];
    getrandom::fill(&mut secret).map_err(|_| InvitationError::Random)?;
    let secret = InviteSecret(secret);
    Ok(InviteLink { server, room: room_id(&secret), secret, host: creator.key_hash() })
}

/// Reads a link and checks that its room belongs to its secret.
///
/// # Errors
/// [`InvitationError::Link`] or [`InvitationError::RoomMismatch`].
pub fn parse(text: &str) -> Result<InviteLink, InvitationError> {
    let link = InviteLink::parse(text)?;
    if room_id(&link.secret) == link.room { Ok(link) } else { Err(InvitationError::RoomMismatch) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_link() -> InviteLink {
        let server = ServerAddress::parse("http://127.0.0.1:7000").unwrap();
        create(server, &DeviceIdentity::generate().unwrap()).unwrap()
    }

    #[test]
    fn a_created_link_reads_back_as_itself() {
        let link = new_link();
        assert_eq!(parse(&link.to_text()), Ok(link));
    }

    #[test]
    fn a_room_that_is_not_the_secrets_is_refused() {
        let swapped = InviteLink { room: new_link().room, ..new_link() };
        assert_eq!(parse(&swapped.to_text()), Err(InvitationError::RoomMismatch));
    }

    /// Computed apart, with Python's `hmac`: extract with a zero salt, expand with the purpose and the byte 1.
    #[test]
    fn the_room_id_is_hkdf_sha_256_of_the_secret() {
        let id = room_id(&InviteSecret(std::array::from_fn(|i| i as u8)));
        assert_eq!(id.to_text(), "mdP7JiWs6-BoAA952tIvWA");
    }
}
