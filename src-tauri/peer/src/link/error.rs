//! What can go wrong with a link's commands.

use thiserror::Error;

use crate::negotiation::DescriptionError;

/// Why a link could not be opened, or did not do what it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LinkError {
    /// The system has no randomness or no socket for it, or an ICE server's URL or credentials are unusable.
    #[error("the link could not be opened")]
    Open,
    /// The description is not one this end can take.
    #[error(transparent)]
    Description(#[from] DescriptionError),
    /// The candidate is not one this end can take.
    #[error("unreadable candidate")]
    Candidate,
    /// More candidates than any real end sends.
    #[error("too many candidates")]
    TooManyCandidates,
    /// Not now: an offer for the offerer, an answer for the answerer or to no offer, a restart by the answerer or
    /// before the first answer.
    #[error("not in this state of the negotiation")]
    WrongState,
    /// The connection refused.
    #[error("the connection refused {0}")]
    Refused(Step),
    /// The link is closed.
    #[error("the link is closed")]
    Closed,
}

/// A step of a negotiation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Step {
    /// The other end's description.
    #[error("the remote description")]
    RemoteDescription,
    /// Making or applying this end's description.
    #[error("its own description")]
    LocalDescription,
    /// A media line or a data channel.
    #[error("a line")]
    Line,
}
