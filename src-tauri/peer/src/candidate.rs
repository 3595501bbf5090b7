//! ICE candidates as they travel in signalling.

use rtc::peer_connection::transport::RTCIceCandidateInit;

/// The longest candidate that is read, in bytes.
pub const MAX_CANDIDATE_LENGTH: usize = 1024;

/// One candidate, the fields of W3C `RTCIceCandidateInit`. An empty `candidate` says that no more follow.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IceCandidate {
    /// The candidate-attribute (RFC 8839 section 5.1).
    pub candidate: String,
    /// The mid of the m-line it belongs to.
    pub sdp_mid: Option<String>,
    /// The index of the m-line it belongs to.
    pub sdp_m_line_index: Option<u16>,
}

impl IceCandidate {
    pub(crate) fn into_init(self) -> RTCIceCandidateInit {
        RTCIceCandidateInit {
            candidate: self.candidate,
            sdp_mid: self.sdp_mid,
            sdp_mline_index: self.sdp_m_line_index,
            ..RTCIceCandidateInit::default()
        }
    }
}

impl From<RTCIceCandidateInit> for IceCandidate {
    fn from(init: RTCIceCandidateInit) -> Self {
        Self { candidate: init.candidate, sdp_mid: init.sdp_mid, sdp_m_line_index: init.sdp_mline_index }
    }
}

impl std::fmt::Debug for IceCandidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A candidate holds a person's network addresses: none of it belongs in a log.
        f.debug_struct("IceCandidate").finish_non_exhaustive()
    }
}
