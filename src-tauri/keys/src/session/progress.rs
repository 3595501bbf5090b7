//! How far a session's verification has come. Steps can neither be left out, repeated nor taken out of turn:
//! the offerer binds, verifies, proves; the answerer binds, proves, verifies.

use super::proof::ProofError;
use crate::pair::Role;
use crate::safety::emoji::SafetyEmoji;
use crate::transcript::DtlsFingerprint;

/// What is fixed once both ends' transport is known.
#[derive(Clone, Copy)]
pub(crate) struct Bound {
    transcript: [u8; 32],
    remote_fingerprint: DtlsFingerprint,
}

#[derive(Clone, Copy)]
pub(crate) enum Progress {
    /// Only the Hellos are there.
    Open,
    /// Nobody has proven anything.
    Bound(Bound),
    /// I have proven, as the answerer does first.
    Proven(Bound),
    /// The other has proven, and I, the offerer, have not yet.
    PeerProven(Bound, SafetyEmoji),
    /// Both have proven.
    Done(Bound, SafetyEmoji),
    /// The other's proof was wrong.
    Refused,
}

impl Progress {
    pub(crate) fn bind(&mut self, transcript: [u8; 32], remote_fingerprint: DtlsFingerprint) -> Result<(), ProofError> {
        match self {
            Self::Open => *self = Self::Bound(Bound { transcript, remote_fingerprint }),
            Self::Refused => return Err(ProofError::Refused),
            Self::Bound(_) | Self::Proven(_) | Self::PeerProven(..) | Self::Done(..) => return Err(ProofError::Twice),
        }
        Ok(())
    }

    /// Takes the step to my proof, over the transcript that is given back.
    pub(crate) fn prove(&mut self, role: Role) -> Result<[u8; 32], ProofError> {
        let bound = match (role, *self) {
            (Role::Answerer, Self::Bound(bound)) => {
                *self = Self::Proven(bound);
                bound
            }
            (Role::Offerer, Self::PeerProven(bound, emoji)) => {
                *self = Self::Done(bound, emoji);
                bound
            }
            (_, Self::Open) | (Role::Offerer, Self::Bound(_)) => return Err(ProofError::TooEarly),
            (_, Self::Refused) => return Err(ProofError::Refused),
            (_, Self::Proven(_) | Self::PeerProven(..) | Self::Done(..)) => return Err(ProofError::Twice),
        };
        Ok(bound.transcript)
    }

    /// The transcript that the other's proof has to be over, if it is its turn.
    pub(crate) fn may_verify(&self, role: Role) -> Result<[u8; 32], ProofError> {
        match (role, *self) {
            (Role::Offerer, Self::Bound(bound)) | (Role::Answerer, Self::Proven(bound)) => Ok(bound.transcript),
            (_, Self::Open | Self::Bound(_)) => Err(ProofError::TooEarly),
            (_, Self::Refused) => Err(ProofError::Refused),
            (_, Self::Proven(_) | Self::PeerProven(..) | Self::Done(..)) => Err(ProofError::Twice),
        }
    }

    /// Takes the step that [`Self::may_verify`] allowed.
    pub(crate) fn verified(&mut self, role: Role, emoji: SafetyEmoji) {
        *self = match (role, *self) {
            (Role::Offerer, Self::Bound(bound)) => Self::PeerProven(bound, emoji),
            (Role::Answerer, Self::Proven(bound)) => Self::Done(bound, emoji),
            (_, other) => other,
        };
    }

    pub(crate) fn emoji(&self) -> Option<SafetyEmoji> {
        match self {
            Self::PeerProven(_, emoji) | Self::Done(_, emoji) => Some(*emoji),
            Self::Open | Self::Bound(_) | Self::Proven(_) | Self::Refused => None,
        }
    }

    pub(crate) fn remote_fingerprint(&self) -> Option<DtlsFingerprint> {
        match self {
            Self::Bound(bound) | Self::Proven(bound) | Self::PeerProven(bound, _) | Self::Done(bound, _) => {
                Some(bound.remote_fingerprint)
            }
            Self::Open | Self::Refused => None,
        }
    }

    #[cfg(test)]
    pub(crate) fn transcript(&self) -> Option<[u8; 32]> {
        match self {
            Self::Bound(bound) | Self::Proven(bound) | Self::PeerProven(bound, _) | Self::Done(bound, _) => {
                Some(bound.transcript)
            }
            Self::Open | Self::Refused => None,
        }
    }
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Bound(_) => "bound",
            Self::Proven(_) => "proven",
            Self::PeerProven(..) => "peer proven",
            Self::Done(..) => "done",
            Self::Refused => "refused",
        })
    }
}
