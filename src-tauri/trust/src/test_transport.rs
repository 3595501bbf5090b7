//! Session descriptions as links read them.

use conclave_keys::transcript::{DtlsFingerprint, InvalidTransportParameter, Setup, TransportParameters};
use conclave_peer::DtlsSetup;

use crate::TransportError;

pub(crate) fn read_transport(sdp: &str) -> Result<TransportParameters, TransportError> {
    let read = conclave_peer::TransportParameters::read(sdp).map_err(of_peer)?;
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

fn of_peer(error: conclave_peer::TransportError) -> TransportError {
    match error {
        conclave_peer::TransportError::Malformed => TransportError::Malformed,
        conclave_peer::TransportError::NoFingerprint => TransportError::NoFingerprint,
        conclave_peer::TransportError::WeakFingerprint => TransportError::WeakFingerprint,
        conclave_peer::TransportError::SeveralFingerprints => TransportError::SeveralFingerprints,
        conclave_peer::TransportError::SeveralTransports => TransportError::SeveralTransports,
    }
}
