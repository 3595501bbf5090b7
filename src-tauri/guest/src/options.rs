//! What a guest starts with.

use conclave_conference::ConferenceConfig;
use conclave_keys::identity::DeviceIdentity;
use conclave_keys::invitation;
use conclave_keys::known_devices::KnownDevices;
use conclave_keys::password::{Password, PasswordError};
use conclave_keys::room_key::RoomKey;
use conclave_protocol::bytes::decode_exact;
use conclave_protocol::intent::DeviceChoice;
use conclave_protocol::line::TileSize;
use conclave_protocol::peer::{ClientKind, DisplayName};
use conclave_protocol::sound::SoundProcessing;
use conclave_room::RoomConfig;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;
use zeroize::Zeroizing;

/// What a guest starts with.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GuestOptions {
    /// The whole invite link.
    link: String,
    /// What the others call this participant.
    name: DisplayName,
    /// Which browser they meet.
    client: ClientKind,
    /// The room's password, if the person gave one.
    #[ts(type = "string | null")]
    password: Option<Zeroizing<String>>,
    /// What [`crate::Guest::identity`] gave before; `None` makes a new device.
    #[ts(type = "string | null")]
    identity: Option<Zeroizing<String>>,
    /// What [`crate::Guest::known_devices`] gave before.
    known: Option<String>,
    /// The camera to start with.
    camera: Option<DeviceChoice>,
    /// The microphone to start with.
    microphone: Option<DeviceChoice>,
    /// The speaker to start with.
    speaker: Option<DeviceChoice>,
    /// Whether the microphone starts silent.
    muted: bool,
    /// What is done to the microphone's sound.
    sound_processing: SoundProcessing,
}

/// Why a guest could not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum StartError {
    /// The link is none, or was put together by somebody else.
    #[error("that is no invite link")]
    DamagedLink,
    /// The password is empty or too long.
    #[error("that is no password")]
    InvalidPassword,
    /// What was kept as this device's identity is none.
    #[error("this device's identity is damaged")]
    Identity,
    /// The browser has no memory or no random bytes to give, or the page asks wrongly.
    #[error("the call can't be started")]
    Failed,
}

impl From<PasswordError> for StartError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Empty | PasswordError::TooLong => Self::InvalidPassword,
            PasswordError::Unstretchable => Self::Failed,
        }
    }
}

/// What a conference needs, and what is to be kept of it.
pub(crate) struct Start {
    pub(crate) config: ConferenceConfig,
    pub(crate) signalling_url: String,
    pub(crate) seed: Zeroizing<[u8; 32]>,
}

impl GuestOptions {
    /// Stretches the password, if there is one, which takes some tenths of a second and 64 MiB.
    pub(crate) fn start(self) -> Result<Start, StartError> {
        let link = invitation::parse(&self.link).map_err(|_| StartError::DamagedLink)?;
        let password = self.password.as_deref().map(|text| Password::new(text)).transpose()?;
        let key = RoomKey::new(&link.secret, link.host, password.as_ref())?;
        let identity = identity(self.identity.as_deref().map(String::as_str))?;
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).map_err(|_| StartError::Failed)?;
        let room = RoomConfig {
            room: link.room,
            host: link.host,
            name: self.name,
            client: self.client,
            camera: self.camera,
            microphone: self.microphone,
            speaker: self.speaker,
            microphone_muted: self.muted,
            sound_processing: self.sound_processing,
            // Nothing is sent before there is a tile for it.
            view: TileSize::HIDDEN,
            seed: u64::from_le_bytes(seed),
        };
        Ok(Start {
            seed: identity.seed(),
            config: ConferenceConfig { room, key, identity, hosted: None, known: known(self.known.as_deref()) },
            signalling_url: link.server.signalling_url(),
        })
    }
}

fn identity(kept: Option<&str>) -> Result<DeviceIdentity, StartError> {
    match kept {
        Some(text) => {
            let seed: Zeroizing<[u8; 32]> = Zeroizing::new(decode_exact(text).map_err(|_| StartError::Identity)?);
            Ok(DeviceIdentity::from_seed(&seed))
        }
        None => DeviceIdentity::generate().map_err(|_| StartError::Failed),
    }
}

/// Devices that can't be read are strangers again: nothing is believed that was not.
fn known(kept: Option<&str>) -> KnownDevices {
    kept.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
