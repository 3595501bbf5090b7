//! What a link's transport tells of itself.

use conclave_protocol::ids::OfferRound;
use conclave_protocol::signal::IceCandidate;

/// Something about a link's transport, or on its control channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportEvent {
    /// An offer or an answer of this end, to be sent. Which one follows from the link's role.
    LocalDescription {
        /// The number of the offer that this is, or answers.
        round: OfferRound,
        /// RFC 8866 text.
        sdp: String,
    },
    /// A candidate of this end, to be sent.
    LocalCandidate(IceCandidate),
    /// The transport is up, or up again. Nothing goes over it before the other end has proven who it is.
    Connected,
    /// Nothing arrives for a while; it may come back by itself.
    Interrupted,
    /// The transport is beyond repair.
    Failed,
    /// A sealed message came on the control channel.
    Control(Vec<u8>),
}
