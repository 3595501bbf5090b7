//! Somebody is let in.

use conclave_protocol::ids::RoomId;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::authority::{HostAuthority, Rank};
use super::{MAX_NUMBER, Signed, Statement, StatementError};
use crate::epoch::Epoch;
use crate::identity::DeviceKey;

/// As what somebody is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AdmittedRole {
    /// As host.
    Host,
    /// As one who may act for the host.
    CoHost,
    /// As a participant.
    Participant,
}

/// Lets one device into one epoch of one room for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Admission {
    /// R.
    pub room: RoomId,
    /// The epoch.
    pub epoch: Epoch,
    /// The device that is let in.
    pub device_key: DeviceKey,
    /// As what.
    pub role: AdmittedRole,
    /// Until when, in milliseconds since 1970 began in UTC.
    pub expires_at_ms: u64,
}

impl Statement for Admission {
    const KIND: u8 = 2;
    const DOMAIN: &'static str = "conclave v1 admission";

    fn is_bounded(&self) -> bool {
        self.expires_at_ms <= MAX_NUMBER && self.epoch.0 <= MAX_NUMBER
    }
}

/// Why an admission lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AdmissionError {
    /// Not of an admission's form.
    #[error("the admission is malformed")]
    Malformed,
    /// The signature is wrong.
    #[error("the admission is forged")]
    Forged,
    /// Its time is over.
    #[error("the admission has expired")]
    Expired,
    /// For another room.
    #[error("the admission is for another room")]
    OtherRoom,
    /// For another epoch.
    #[error("the admission is for another epoch")]
    OtherEpoch,
    /// For another device.
    #[error("the admission is for another device")]
    OtherDevice,
    /// Signed by somebody who may not admit, or not as this.
    #[error("the admission is not the host's")]
    NotHost,
}

/// What an admission has to fit.
#[derive(Debug, Clone, Copy)]
pub struct AdmissionCheck<'a> {
    /// Now, in milliseconds since 1970 began in UTC.
    pub now_ms: u64,
    /// The epoch that I am in.
    pub epoch: Epoch,
    /// The device that shows the admission, proven by its session.
    pub device_key: DeviceKey,
    /// The devices that are present: those of verified sessions, and mine.
    pub present: &'a [DeviceKey],
}

/// Reads an admission and checks all of it: that it is genuine, the host's or the acting host's, and for this device
/// here and now. An acting host admits participants only.
///
/// # Errors
/// [`AdmissionError`].
pub fn check(
    bytes: &[u8],
    authority: &HostAuthority,
    check: AdmissionCheck<'_>,
) -> Result<Signed<Admission>, AdmissionError> {
    let signed = Signed::<Admission>::parse(bytes).map_err(|error| match error {
        StatementError::Forged => AdmissionError::Forged,
        StatementError::Malformed | StatementError::Unsayable => AdmissionError::Malformed,
    })?;
    let admission = signed.statement();
    if admission.room != authority.room() {
        return Err(AdmissionError::OtherRoom);
    }
    if admission.epoch != check.epoch {
        return Err(AdmissionError::OtherEpoch);
    }
    match (authority.rank(&signed.signer(), check.present), admission.role) {
        (Some(Rank::Host), _) | (Some(Rank::Acting), AdmittedRole::Participant) => {}
        (Some(Rank::Acting), AdmittedRole::Host | AdmittedRole::CoHost) | (None, _) => {
            return Err(AdmissionError::NotHost);
        }
    }
    if admission.device_key != check.device_key {
        return Err(AdmissionError::OtherDevice);
    }
    if admission.expires_at_ms <= check.now_ms {
        return Err(AdmissionError::Expired);
    }
    Ok(signed)
}
