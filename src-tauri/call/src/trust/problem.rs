//! What is wrong when something of another participant's is not believed, in the terms that a person is told.

use conclave_keys::hello::HelloError;
use conclave_keys::note::NoteError;
use conclave_keys::session::RestartError;
use conclave_keys::session::envelope::OpenError;
use conclave_keys::session::proof::ProofError;
use conclave_peer::TransportError;
use conclave_protocol::notice::SecurityProblem;
use thiserror::Error;

/// Why something that came through the server was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum Distrust {
    #[error(transparent)]
    Hello(#[from] HelloError),
    #[error(transparent)]
    Envelope(#[from] OpenError),
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error(transparent)]
    Proof(#[from] ProofError),
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error(transparent)]
    Restart(#[from] RestartError),
    #[error("not a message that participants send each other")]
    UnknownKind,
    #[error("not for where the handshake stands")]
    OutOfTurn,
}

impl Distrust {
    /// What to tell the person; `None` for what an honest network does too, by delay or by a rebuilt link.
    pub(super) fn problem(self) -> Option<SecurityProblem> {
        match self {
            Self::Hello(error) => of_hello(error),
            Self::Envelope(error) => of_envelope(error),
            Self::Proof(error) => Some(of_proof(error)),
            Self::Transport(_) | Self::Restart(RestartError::OtherFingerprint) => Some(SecurityProblem::Fingerprint),
            Self::Note(_) | Self::UnknownKind => Some(SecurityProblem::Forged),
            Self::Restart(RestartError::TooEarly) | Self::OutOfTurn => None,
        }
    }
}

fn of_hello(error: HelloError) -> Option<SecurityProblem> {
    match error {
        HelloError::NotGenuine
        | HelloError::Malformed
        | HelloError::OtherRoom
        | HelloError::OtherParticipant
        | HelloError::WrongRole
        | HelloError::Reflected
        | HelloError::WeakAgreementKey => Some(SecurityProblem::Forged),
        HelloError::Repeated => Some(SecurityProblem::Replayed),
        HelloError::UnknownVersion(_) => Some(SecurityProblem::OtherVersion),
        HelloError::OtherDevice => Some(SecurityProblem::OtherDevice),
        HelloError::Removed => Some(SecurityProblem::Removed),
        // An answer to a Hello that was given up meanwhile; an epoch that one of the two has yet to hear of.
        HelloError::NotMyHello | HelloError::NewerEpoch(_) | HelloError::OlderEpoch(_) | HelloError::Random(_) => None,
    }
}

fn of_envelope(error: OpenError) -> Option<SecurityProblem> {
    match error {
        OpenError::Malformed | OpenError::NotGenuine | OpenError::NotVerified => Some(SecurityProblem::Forged),
        OpenError::Replayed | OpenError::TooOld => Some(SecurityProblem::Replayed),
        // Of a session that was replaced while it was on its way.
        OpenError::OtherKey | OpenError::NoSession => None,
    }
}

fn of_proof(error: ProofError) -> SecurityProblem {
    match error {
        ProofError::WrongKey => SecurityProblem::Intercepted,
        ProofError::WrongSignature | ProofError::OtherIdentity => SecurityProblem::OtherDevice,
        ProofError::Malformed
        | ProofError::TooEarly
        | ProofError::Twice
        | ProofError::WrongRole
        | ProofError::WrongCommitment
        | ProofError::Refused => SecurityProblem::Forged,
    }
}
