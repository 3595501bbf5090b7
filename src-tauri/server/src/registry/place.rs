//! One participant's place in a room, or before it.

use std::hint::black_box;

use conclave_protocol::ids::{JoinOrder, ParticipantId, ResumeToken};
use conclave_protocol::signalling::{Lock, Member, SignallingError, Standing};

use super::backlog::Backlog;
use super::order::OrderLog;
use super::output::ConnectionId;
use super::time::Timestamp;

/// A place, with or without a connection.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) participant: ParticipantId,
    pub(super) order: JoinOrder,
    pub(super) token: ResumeToken,
    pub(super) standing: Standing,
    pub(super) presence: Presence,
    /// When one who waits is sent away, as long as nobody governs.
    pub(super) waits_until: Option<Timestamp>,
    /// How the participant found the door when it came.
    pub(super) found: Lock,
    /// The orders that the participant gave.
    pub(super) orders: OrderLog,
}

/// Whether the participant is connected.
#[derive(Debug)]
pub(super) enum Presence {
    Connected(ConnectionId, Office),
    Away { lapses: Timestamp, backlog: Backlog },
}

/// Whether a valid order came on the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Office {
    None,
    Governor,
}

/// What decides whom a participant meets: is told of, and exchanges messages with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) standing: Standing,
    pub(super) office: Office,
}

impl Position {
    /// Those inside meet each other, and those who govern meet those who wait.
    pub(super) fn meets(self, other: Self) -> bool {
        match (self.standing, other.standing) {
            (Standing::Inside, Standing::Inside) => true,
            (Standing::Inside, Standing::Waiting) => self.office == Office::Governor,
            (Standing::Waiting, Standing::Inside) => other.office == Office::Governor,
            (Standing::Waiting, Standing::Waiting) => false,
        }
    }
}

impl Place {
    pub(super) fn member(&self) -> Member {
        Member { participant: self.participant, order: self.order }
    }

    pub(super) fn connection(&self) -> Option<ConnectionId> {
        match self.presence {
            Presence::Connected(connection, _) => Some(connection),
            Presence::Away { .. } => None,
        }
    }

    pub(super) fn position(&self) -> Position {
        let office = match self.presence {
            Presence::Connected(_, office) => office,
            Presence::Away { .. } => Office::None,
        };
        Position { standing: self.standing, office }
    }

    pub(super) fn is_governor(&self) -> bool {
        self.position().office == Office::Governor
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.standing == Standing::Waiting
    }

    /// What one who waits is told when it is sent away, the door being so now.
    pub(super) fn refusal(&self, lock: Lock) -> SignallingError {
        match (self.found, lock) {
            (Lock::Locked, Lock::Locked) => SignallingError::Locked,
            (Lock::Unlocked, _) | (_, Lock::Unlocked) => SignallingError::NotAdmitted,
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
            standing: Standing::Inside,
            presence: Presence::Connected(ConnectionId(1), Office::None),
            waits_until: None,
            found: Lock::Unlocked,
            orders: OrderLog::default(),
        };
        assert!(place.accepts(&token));
        for bit in 0..128 {
            let mut wrong = token;
            wrong.0[bit / 8] ^= 1 << (bit % 8);
            assert!(!place.accepts(&wrong), "bit {bit}");
        }
    }

    #[test]
    fn whom_one_meets_meets_one_too() {
        let positions = [Standing::Inside, Standing::Waiting]
            .into_iter()
            .flat_map(|standing| [Office::None, Office::Governor].map(|office| Position { standing, office }));
        for (one, other) in positions.clone().flat_map(|one| positions.clone().map(move |other| (one, other))) {
            assert_eq!(one.meets(other), other.meets(one), "{one:?} {other:?}");
        }
    }
}
