//! Notes: what has to be said before there is a session, or instead of one. Sealed like a Hello under a key from the
//! link's secret alone, so whoever has the link can make one and the server can repeat an old one: a note only ever
//! asks for what does no harm when it is asked for once too often.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{LinkGeneration, ParticipantId, RoomId};
use thiserror::Error;

use crate::canonical::{Canonical, CanonicalReader};
use crate::pair::Pair;
use crate::random::{RandomSourceFailed, draw};
use crate::room_key::EpochKey;
use crate::wire::MessageKind;

const DOMAIN: &str = "conclave v1 note";
const SEAL_DOMAIN: &str = "conclave v1 note seal";
const SEAL_NONCE_LENGTH: usize = 12;
/// More than any note of this version.
const MAX_SEALED_LENGTH: usize = 1024;

/// What one participant has to say to another without a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Note {
    /// The answerer asks the offerer to begin anew: nothing of this attempt, or of any, came up. Numbers of attempts
    /// only grow, so a repeated one asks for what was done.
    Rebuild(LinkGeneration),
    /// What the other sealed opens with no key of mine: our passwords differ, or only one of us has one.
    OtherKey,
    /// The other's Hello is of a later epoch than mine: I am new here, or was left behind.
    EarlierEpoch,
}

/// Why a note was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoteError {
    /// Altered, not from or for whom the server says, or made with another link.
    #[error("the note is not genuine")]
    NotGenuine,
    /// Not of a note's form, or one that this program doesn't know.
    #[error("the note is malformed")]
    Malformed,
}

impl Note {
    /// Seals the note from `pair.me` to `pair.peer`.
    ///
    /// # Errors
    /// [`RandomSourceFailed`].
    pub fn seal(self, keys: &EpochKey, pair: Pair) -> Result<SealedBytes, RandomSourceFailed> {
        let nonce: [u8; SEAL_NONCE_LENGTH] = draw()?;
        let data = additional_data(keys.room(), pair.me, pair.peer);
        let sealed = Aes256Gcm::new(keys.hello_key().into())
            .encrypt(Nonce::from_slice(&nonce), Payload { msg: &self.to_bytes(), aad: &data })
            // AES-GCM takes 64 GiB; a note has some 50 bytes.
            .unwrap_or_default();
        Ok(SealedBytes([&[MessageKind::Note.number()], nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what the server says is a note from `pair.peer`.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn open(keys: &EpochKey, pair: Pair, sealed: &SealedBytes) -> Result<Self, NoteError> {
        let (kind, rest) = sealed.0.split_first().ok_or(NoteError::Malformed)?;
        if *kind != MessageKind::Note.number() || sealed.0.len() > MAX_SEALED_LENGTH {
            return Err(NoteError::Malformed);
        }
        let (nonce, text) = rest.split_at_checked(SEAL_NONCE_LENGTH).ok_or(NoteError::Malformed)?;
        let data = additional_data(keys.room(), pair.peer, pair.me);
        let plain = Aes256Gcm::new(keys.hello_key().into())
            .decrypt(Nonce::from_slice(nonce), Payload { msg: text, aad: &data })
            .map_err(|_| NoteError::NotGenuine)?;
        Self::parse(&plain).ok_or(NoteError::Malformed)
    }

    /// What is sealed.
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        let (kind, number) = match self {
            Self::Rebuild(generation) => (1, generation.0.into()),
            Self::OtherKey => (2, 0),
            Self::EarlierEpoch => (3, 0),
        };
        Canonical::new(DOMAIN).number(kind).number(number).finish()
    }

    /// Reads what was sealed; `None` when it is no note that this program knows.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = CanonicalReader::new(DOMAIN, bytes).ok()?;
        let (kind, number) = (reader.number().ok()?, reader.number().ok()?);
        reader.finish().ok()?;
        match (kind, number) {
            (1, generation) => Some(Self::Rebuild(LinkGeneration(u32::try_from(generation).ok()?))),
            (2, 0) => Some(Self::OtherKey),
            (3, 0) => Some(Self::EarlierEpoch),
            _ => None,
        }
    }
}

fn additional_data(room: RoomId, from: ParticipantId, to: ParticipantId) -> Vec<u8> {
    Canonical::new(SEAL_DOMAIN).bytes(&room.0).bytes(&from.0).bytes(&to.0).finish()
}

#[cfg(test)]
mod tests {
    use conclave_protocol::ids::HostKeyHash;
    use conclave_protocol::invite::InviteSecret;

    use super::*;
    use crate::pair::Role;
    use crate::password::Password;
    use crate::room_key::RoomKey;

    const HOST: HostKeyHash = HostKeyHash([3; 16]);
    const ADA: ParticipantId = ParticipantId([1; 16]);
    const BOB: ParticipantId = ParticipantId([2; 16]);
    const CLEO: ParticipantId = ParticipantId([3; 16]);
    const NOTES: [Note; 3] = [Note::Rebuild(LinkGeneration(7)), Note::OtherKey, Note::EarlierEpoch];

    fn keys() -> EpochKey {
        RoomKey::new(&InviteSecret([7; 16]), HOST, None).unwrap().first_epoch()
    }

    fn pair(me: ParticipantId, peer: ParticipantId) -> Pair {
        Pair { me, peer, role: Role::Answerer }
    }

    #[test]
    fn a_note_opens_for_its_recipient_and_nobody_else() {
        for note in NOTES {
            let sealed = note.seal(&keys(), pair(ADA, BOB)).unwrap();
            assert_eq!(Note::open(&keys(), pair(BOB, ADA), &sealed), Ok(note));
            for other in [pair(ADA, BOB), pair(CLEO, ADA), pair(BOB, CLEO)] {
                assert_eq!(Note::open(&keys(), other, &sealed), Err(NoteError::NotGenuine));
            }
            let other_room = RoomKey::new(&InviteSecret([8; 16]), HOST, None).unwrap().first_epoch();
            assert_eq!(Note::open(&other_room, pair(BOB, ADA), &sealed), Err(NoteError::NotGenuine));
        }
    }

    #[test]
    fn a_note_opens_whatever_the_password_is() {
        let password = Password::new("another one").unwrap();
        let theirs = RoomKey::new(&InviteSecret([7; 16]), HOST, Some(&password)).unwrap().first_epoch();
        let sealed = Note::OtherKey.seal(&keys(), pair(ADA, BOB)).unwrap();
        assert_eq!(Note::open(&theirs, pair(BOB, ADA), &sealed), Ok(Note::OtherKey));
    }

    #[test]
    fn every_altered_byte_and_every_cut_is_noticed() {
        let sealed = Note::Rebuild(LinkGeneration(1)).seal(&keys(), pair(ADA, BOB)).unwrap();
        for at in 0..sealed.0.len() {
            let mut altered = sealed.clone();
            altered.0[at] ^= 1;
            assert!(Note::open(&keys(), pair(BOB, ADA), &altered).is_err(), "{at}");
            assert!(Note::open(&keys(), pair(BOB, ADA), &SealedBytes(sealed.0[..at].to_vec())).is_err(), "{at}");
        }
    }
}
