//! One participant's place in a room.

use std::hint::black_box;

use conclave_protocol::ids::{JoinOrder, ParticipantId, ResumeToken};
use conclave_protocol::signalling::Member;

use super::backlog::Backlog;
use super::output::ConnectionId;
use super::time::Timestamp;

/// A place, with or without a connection.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) participant: ParticipantId,
    pub(super) order: JoinOrder,
    pub(super) token: ResumeToken,
    pub(super) presence: Presence,
}

/// Whether the participant is connected.
#[derive(Debug)]
pub(super) enum Presence {
    Connected(ConnectionId),
    Away { lapses: Timestamp, backlog: Backlog },
}

impl Place {
    pub(super) fn member(&self) -> Member {
        Member { participant: self.participant, order: self.order }
    }

    pub(super) fn connection(&self) -> Option<ConnectionId> {
        match self.presence {
            Presence::Connected(connection) => Some(connection),
            Presence::Away { .. } => None,
        }
    }

    /// Takes as long for a nearly right token as for a wrong one.
    pub(super) fn accepts(&self, token: &ResumeToken) -> bool {
        let differing = self.token.0.iter().zip(&token.0).fold(0_u8, |bits, (a, b)| black_box(bits | (a ^ b)));
        differing == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_accepted_only_when_every_bit_is_right() {
        let token = ResumeToken([0xA5; 16]);
        let place = Place {
            participant: ParticipantId([1; 16]),
            order: JoinOrder(0),
            token,
            presence: Presence::Connected(ConnectionId(1)),
        };
        assert!(place.accepts(&token));
        for bit in 0..128 {
            let mut wrong = token;
            wrong.0[bit / 8] ^= 1 << (bit % 8);
            assert!(!place.accepts(&wrong), "bit {bit}");
        }
    }
}
