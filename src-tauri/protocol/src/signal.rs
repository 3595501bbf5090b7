//! What two participants say to each other through the server, sealed: enough to build a link between them.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

use crate::ids::{LinkGeneration, OfferRound};
use crate::peer::DisplayName;

/// The longest session description that is read, in bytes. One of the five fixed lines is below 8 KiB.
pub const MAX_SDP_LENGTH: usize = 32 * 1024;
/// The longest ICE candidate that is read, in bytes.
pub const MAX_CANDIDATE_LENGTH: usize = 1024;

/// One message from participant to participant about the link between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Signal {
    /// Who I am, sent by both at first sight of the other, so that a tile has a name before there is a link.
    Hello {
        /// The sender's name.
        name: DisplayName,
    },
    /// An offer: the first of a generation opens the link, a further one of the same generation restarts ICE.
    Offer {
        /// The attempt it belongs to.
        generation: LinkGeneration,
        /// Which offer of the attempt.
        round: OfferRound,
        /// RFC 8866 text.
        sdp: String,
    },
    /// The answer to one offer of that generation.
    Answer {
        /// The attempt it belongs to.
        generation: LinkGeneration,
        /// The offer's.
        round: OfferRound,
        /// RFC 8866 text.
        sdp: String,
    },
    /// A trickled candidate (RFC 8838); an empty text ends them.
    Candidate {
        /// The attempt it belongs to.
        generation: LinkGeneration,
        /// The candidate.
        candidate: IceCandidate,
    },
    /// The answerer asks the offerer for an ICE restart: its network changed, or nothing arrives any more.
    RestartRequest {
        /// The attempt to be restarted.
        generation: LinkGeneration,
    },
    /// The answerer asks the offerer for a new link: this attempt did not connect, or broke beyond a restart.
    RebuildRequest {
        /// The attempt to be given up; anything later than it stands.
        generation: LinkGeneration,
    },
}

/// A trickled ICE candidate, as `RTCIceCandidateInit` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct IceCandidate {
    /// `candidate:…`, or empty for the end of candidates.
    pub candidate: String,
    /// The m-line's identification tag.
    pub sdp_mid: Option<String>,
    /// The m-line's index.
    pub sdp_m_line_index: Option<u16>,
}

/// Why a signal from another participant was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignalError {
    /// Not JSON of a known message.
    #[error("unreadable signal")]
    Malformed,
    /// A part is longer than its bound.
    #[error("a part of the signal is too long")]
    TooLong,
}

impl Signal {
    /// Reads a signal that a participant sent; hostile until proven otherwise.
    ///
    /// # Errors
    /// [`SignalError`] when it is unreadable or a part is over its bound.
    pub fn from_json(bytes: &[u8]) -> Result<Self, SignalError> {
        let signal: Self = serde_json::from_slice(bytes).map_err(|_| SignalError::Malformed)?;
        let bounded = match &signal {
            Self::Offer { sdp, .. } | Self::Answer { sdp, .. } => sdp.len() <= MAX_SDP_LENGTH,
            Self::Candidate { candidate, .. } => {
                candidate.candidate.len() <= MAX_CANDIDATE_LENGTH
                    && candidate.sdp_mid.as_ref().is_none_or(|mid| mid.len() <= 16)
            }
            Self::Hello { .. } | Self::RestartRequest { .. } | Self::RebuildRequest { .. } => true,
        };
        if bounded { Ok(signal) } else { Err(SignalError::TooLong) }
    }

    /// The JSON to seal and send.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Serialising strings and numbers into memory has no failure.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
