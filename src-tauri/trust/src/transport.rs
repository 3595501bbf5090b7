//! A description's transport in the terms of the key agreement.

use conclave_keys::transcript::TransportParameters;
use thiserror::Error;

/// Reads what a session description (RFC 8866) says of its end's transport. It comes from whoever applies descriptions:
/// what is proven has to be what is used, so both are read by one parser.
pub type ReadTransport = fn(&str) -> Result<TransportParameters, TransportError>;

/// Why a description's transport can't be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TransportError {
    /// Not a session description, or a part of it that matters here is malformed.
    #[error("unreadable description")]
    Malformed,
    /// A line without a fingerprint, unless it is turned down.
    #[error("a line of the description has no fingerprint")]
    NoFingerprint,
    /// A fingerprint by another hash than SHA-256, whether or not there is one by that too.
    #[error("the description has a fingerprint by another hash than SHA-256")]
    WeakFingerprint,
    /// More than one fingerprint at one place, or different ones at two.
    #[error("the description has several fingerprints")]
    SeveralFingerprints,
    /// Lines that don't share one transport: other ICE credentials or DTLS roles.
    #[error("the lines of the description don't share one transport")]
    SeveralTransports,
}
