//! A description's transport in the terms of the key agreement.

use conclave_keys::transcript::{DtlsFingerprint, InvalidTransportParameter, Setup, TransportParameters};
use conclave_peer::{DtlsSetup, TransportError};

/// What the session description says of its end's transport.
pub(super) fn read(sdp: &str) -> Result<TransportParameters, TransportError> {
    let read = conclave_peer::TransportParameters::read(sdp)?;
    Ok(TransportParameters {
        fingerprint: DtlsFingerprint(read.fingerprint),
        ice_ufrag: read.ice_ufrag.parse().map_err(|_: InvalidTransportParameter| TransportError::Malformed)?,
        setup: match read.setup {
            DtlsSetup::ActPass => Setup::ActPass,
            DtlsSetup::Active => Setup::Active,
            DtlsSetup::Passive => Setup::Passive,
        },
    })
}
