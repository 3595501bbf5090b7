//! What a page asks for to be in a call, and why it may not be.

use conclave_call::JoinError as StartError;
use conclave_call::keys::hosted_rooms::NotItsPassword;
use conclave_call::keys::password::PasswordError;
use conclave_call::protocol::intent::DeviceChoice;
use conclave_call::protocol::notice::DeviceKind;
use conclave_call::protocol::peer::DisplayName;
use conclave_call::protocol::sound::SoundProcessing;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

use crate::devices::{self, DeviceError};
use crate::identity::IdentityError;
use crate::links::LinkProblem;
use crate::rooms::PasswordText;

/// What a page asks for to be in a call.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JoinRequest {
    /// The invite link.
    pub link: String,
    /// What the others call this person.
    pub name: DisplayName,
    /// The room's password, if it has one.
    #[ts(type = "string | null")]
    pub password: Option<PasswordText>,
    /// The camera to begin with; `None` for none.
    pub camera: Option<DeviceChoice>,
    /// The microphone to begin with; `None` for none.
    pub microphone: Option<DeviceChoice>,
    /// The speaker; `None` for the system's default.
    pub speaker: Option<DeviceChoice>,
    /// Whether the microphone is silenced at first.
    pub muted: bool,
    /// What is done to the microphone's sound.
    #[ts(type = "SoundProcessing")]
    pub sound_processing: SoundProcessing,
}

impl JoinRequest {
    /// Whether a page may ask for these devices.
    pub(super) fn check_devices(&self) -> Result<(), DeviceError> {
        let asked = [
            (DeviceKind::Camera, &self.camera),
            (DeviceKind::Microphone, &self.microphone),
            (DeviceKind::Speaker, &self.speaker),
        ];
        asked
            .into_iter()
            .filter_map(|(kind, choice)| Some((kind, choice.as_ref()?)))
            .try_for_each(|(kind, choice)| devices::check(kind, choice))
    }
}

/// Why there is no call, as the window is told. What happens later is in the snapshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum JoinError {
    /// There is a call already.
    #[error("there is a call already")]
    AlreadyInCall,
    /// The link is none.
    #[error("that is no invite link")]
    Link {
        /// What is wrong with it.
        problem: LinkProblem,
    },
    /// The password is empty or too long.
    #[error("that is no password")]
    InvalidPassword,
    /// The room, which this device made, has a password.
    #[error("this room has a password")]
    PasswordMissing,
    /// It isn't the password that the room was made with on this device.
    #[error("this is not the room's password")]
    WrongPassword,
    /// This device can't say who it is.
    #[error(transparent)]
    Identity {
        /// Why.
        #[from]
        error: IdentityError,
    },
    /// What was asked for is no device.
    #[error(transparent)]
    Device {
        /// Why.
        #[from]
        error: DeviceError,
    },
    /// The system failed.
    #[error("the call can't be started")]
    Failed,
}

impl From<LinkProblem> for JoinError {
    fn from(problem: LinkProblem) -> Self {
        Self::Link { problem }
    }
}

impl From<PasswordError> for JoinError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Empty | PasswordError::TooLong => Self::InvalidPassword,
            PasswordError::Unstretchable => Self::Failed,
        }
    }
}

impl From<NotItsPassword> for JoinError {
    fn from(error: NotItsPassword) -> Self {
        match error {
            NotItsPassword::Missing => Self::PasswordMissing,
            NotItsPassword::Other => Self::WrongPassword,
        }
    }
}

impl From<StartError> for JoinError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Random => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_reads_as_a_page_writes_it_and_names_no_file() {
        let request = |camera: &str| -> JoinRequest {
            let json = serde_json::json!({
                "link": "http://x/j/y", "name": " Ada ", "password": null, "camera": camera,
                "microphone": null, "speaker": null, "muted": true,
                "soundProcessing": { "echoCancellation": "on", "noiseSuppression": "on", "automaticGain": "off" },
            });
            serde_json::from_value(json).unwrap()
        };
        assert_eq!(request("device:x").check_devices(), Ok(()));
        assert_eq!(request("device:x").name.as_str(), "Ada");
        assert_eq!(request("file:/x.y4m").check_devices(), Err(DeviceError::NotADevice));
    }

    #[test]
    fn errors_are_data() {
        let json = |error| serde_json::to_value::<JoinError>(error).unwrap();
        assert_eq!(json(JoinError::AlreadyInCall), serde_json::json!({ "kind": "alreadyInCall" }));
        assert_eq!(
            json(LinkProblem::MissingKey.into()),
            serde_json::json!({ "kind": "link", "problem": "missingKey" })
        );
        assert_eq!(
            json(IdentityError::Lost.into()),
            serde_json::json!({ "kind": "identity", "error": { "kind": "lost" } })
        );
    }
}
