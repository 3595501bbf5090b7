//! What is wrong when something of another participant's is not believed, in the terms that a person is told.

use conclave_keys::hello::HelloError;
use conclave_keys::note::NoteError;
use conclave_keys::session::RestartError;
use conclave_keys::session::envelope::OpenError;
use conclave_keys::session::proof::ProofError;
use conclave_keys::statement::StatementError;
use conclave_keys::statement::admission::AdmissionError;
use conclave_keys::statement::authority::PolicyError;
use conclave_keys::statement::handover::HandoverError;
use conclave_keys::statement::removal::RemovalError;
use conclave_protocol::notice::SecurityProblem;
use thiserror::Error;

use super::transport::TransportError;

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
    #[error(transparent)]
    Statement(#[from] StatementError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error(transparent)]
    Handover(#[from] HandoverError),
    #[error(transparent)]
    Removal(#[from] RemovalError),
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    #[error("not the word of who governs now, but perhaps of who did")]
    Overruled,
    #[error("not let into the room")]
    NotAdmitted,
    #[error("the room is locked")]
    Locked,
    #[error("nobody new is answered for a while")]
    ClosedToGuesses,
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
            Self::Note(_) | Self::UnknownKind | Self::Statement(_) => Some(SecurityProblem::Forged),
            Self::Policy(error) => of_policy(error),
            Self::Handover(error) => of_handover(error),
            Self::Removal(error) => of_removal(error),
            Self::Admission(error) => Some(of_admission(error)),
            Self::NotAdmitted => Some(SecurityProblem::NotAdmitted),
            Self::Locked => Some(SecurityProblem::RoomLocked),
            Self::Restart(RestartError::TooEarly) | Self::OutOfTurn | Self::Overruled | Self::ClosedToGuesses => None,
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
        HelloError::OtherDevice | HelloError::WrongSignature => Some(SecurityProblem::OtherDevice),
        HelloError::Removed => Some(SecurityProblem::Removed),
        // An answer to a Hello that was given up meanwhile; an epoch that one of the two has yet to hear of.
        HelloError::NotMyHello | HelloError::NewerEpoch(_) | HelloError::OlderEpoch(_) => None,
        HelloError::Random(_) | HelloError::Seal(_) => None,
    }
}

fn of_envelope(error: OpenError) -> Option<SecurityProblem> {
    match error {
        OpenError::Malformed | OpenError::NotGenuine | OpenError::NotVerified | OpenError::DeviceProvenBefore => {
            Some(SecurityProblem::Forged)
        }
        OpenError::WrongDevice => Some(SecurityProblem::OtherDevice),
        OpenError::Replayed | OpenError::TooOld => Some(SecurityProblem::Replayed),
        // Of a session that was replaced while it was on its way; what came before it was lost.
        OpenError::OtherKey | OpenError::NoSession | OpenError::DeviceNotProven => None,
    }
}

fn of_policy(error: PolicyError) -> Option<SecurityProblem> {
    match error {
        PolicyError::OtherRoom => Some(SecurityProblem::Forged),
        PolicyError::NotHost | PolicyError::Conflict => Some(SecurityProblem::TwoHosts),
        // Who says it has yet to hear of the newer one.
        PolicyError::OtherEpoch | PolicyError::Outdated => None,
    }
}

fn of_handover(error: HandoverError) -> Option<SecurityProblem> {
    match error {
        HandoverError::OtherRoom => Some(SecurityProblem::Forged),
        HandoverError::NotHost | HandoverError::Conflict => Some(SecurityProblem::TwoHosts),
        HandoverError::Gap | HandoverError::TooMany => None,
    }
}

fn of_removal(error: RemovalError) -> Option<SecurityProblem> {
    match error {
        RemovalError::OtherRoom => Some(SecurityProblem::Forged),
        RemovalError::NotHost => Some(SecurityProblem::TwoHosts),
        // Of somebody who was handed the role since.
        RemovalError::HostItself | RemovalError::TooMany => None,
    }
}

fn of_admission(error: AdmissionError) -> SecurityProblem {
    match error {
        AdmissionError::Malformed | AdmissionError::Forged | AdmissionError::NotHost => {
            SecurityProblem::ForgedAdmission
        }
        AdmissionError::Expired => SecurityProblem::ExpiredAdmission,
        AdmissionError::OtherRoom => SecurityProblem::OtherRoomsAdmission,
        AdmissionError::OtherEpoch | AdmissionError::OtherDevice => SecurityProblem::NotAdmitted,
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
