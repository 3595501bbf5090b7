//! Two participants and who of them offers.

use conclave_protocol::ids::ParticipantId;

/// Who of a pair said the first Hello. Whoever came later offers, so the role is fixed for as long as both are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Says the first Hello and offers.
    Offerer,
    /// Answers.
    Answerer,
}

impl Role {
    /// The other's role.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Offerer => Self::Answerer,
            Self::Answerer => Self::Offerer,
        }
    }

    pub(crate) fn number(self) -> u64 {
        match self {
            Self::Offerer => 1,
            Self::Answerer => 2,
        }
    }

    pub(crate) fn from_number(number: u64) -> Option<Self> {
        [Self::Offerer, Self::Answerer].into_iter().find(|role| role.number() == number)
    }
}

/// Me and one other participant, as the server names us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pair {
    /// My id.
    pub me: ParticipantId,
    /// The other's id.
    pub peer: ParticipantId,
    /// My role.
    pub role: Role,
}
