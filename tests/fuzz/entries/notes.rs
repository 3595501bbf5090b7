//! What whoever has the link can say to anybody without a session.

use conclave_keys::note::Note;
use conclave_keys::pair::{Pair, Role};
use conclave_keys::room_key::RoomKey;
use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{HostKeyHash, LinkGeneration, ParticipantId};
use conclave_protocol::invite::InviteSecret;

use super::keys::altered;

/// Any bytes as a sealed note, as what is inside of one, and as changes to a genuine one: it opens as what it was sealed
/// as, by whom it is for, and not at all once anything of it is another.
pub fn note(data: &[u8]) {
    if let Some(note) = Note::parse(data) {
        assert_eq!(note.to_bytes(), data, "two forms of one note");
    }
    let Ok(room) = RoomKey::new(&InviteSecret([7; 16]), HostKeyHash([3; 16]), None) else { return };
    let keys = room.first_epoch();
    let (one, other) = (ParticipantId([1; 16]), ParticipantId([2; 16]));
    let from = Pair { me: one, peer: other, role: Role::Answerer };
    let to = Pair { me: other, peer: one, role: Role::Offerer };
    assert!(Note::open(&keys, to, &SealedBytes(data.to_vec())).is_err(), "a note that nobody sealed");
    let number = data.iter().fold(0_u32, |sum, byte| sum.rotate_left(5) ^ u32::from(*byte));
    let genuine = Note::Rebuild(LinkGeneration(number));
    let Ok(sealed) = genuine.seal(&keys, from) else { return };
    assert_eq!(Note::open(&keys, to, &sealed), Ok(genuine));
    assert!(Note::open(&keys, from, &sealed).is_err(), "a note opened where it was sealed");
    let altered = altered(&sealed, data);
    assert!(altered == sealed || Note::open(&keys, to, &altered).is_err(), "an altered note");
}
