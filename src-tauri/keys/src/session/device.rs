//! What a device signs of a handshake before anything is said to it: the answerer's signature is in its Hello, the
//! offerer's in its first envelope. Both Hellos are in it, with rooms, epochs, participants, devices, roles and what was
//! drawn for this handshake alone; the domains keep the two signatures apart.

use super::keys::hello_hash;
use crate::canonical::Canonical;
use crate::hello::Hello;

/// What the answerer signs.
pub(crate) fn signed_by_answerer(offerer: &Hello, answerer: &Hello) -> Vec<u8> {
    Canonical::new("conclave v1 hello answer").bytes(&hello_hash(offerer)).bytes(&answerer.unsigned_bytes()).finish()
}

/// What the offerer signs.
pub(crate) fn signed_by_offerer(offerer: &Hello, answerer: &Hello) -> Vec<u8> {
    Canonical::new("conclave v1 device").bytes(&offerer.to_bytes()).bytes(&answerer.to_bytes()).finish()
}
