//! Making rooms: a link, who may come in, a password, and where the room's server is.

mod company;
mod hosting;
mod nearby;

use conclave_call::keys::hosted_rooms::HostedRoom;
use conclave_call::keys::identity::DeviceIdentity;
use conclave_call::keys::invitation;
use conclave_call::keys::password::{Password, PasswordError};
use conclave_call::keys::room_key::RoomKey;
use conclave_call::keys::statement::policy;
use conclave_call::protocol::invite::{InviteLink, ServerAddress};
use conclave_call::protocol::signalling::Access;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

pub use self::company::Company;
pub use self::hosting::{Audience, Hosting};
pub use self::nearby::{Nearby, NearbyListener, NearbyRoom};
use crate::identity::IdentityError;
use crate::settings::{RoomPlace, SettingsError};

/// How a room is to be.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoomOptions {
    /// What the person calls it; may be empty. Nobody else learns of it.
    pub name: String,
    /// Where its server is.
    pub place: RoomPlace,
    /// The room server's address, for [`RoomPlace::Server`].
    pub server: String,
    /// Who may come in.
    #[ts(type = "Access")]
    pub access: Access,
    /// What has to be known beside the link.
    #[ts(type = "string | null")]
    pub password: Option<PasswordText>,
    /// Whether everyone on the network is told its link.
    pub nearby: Visibility,
}

/// Whether everyone on the network is told a room's link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Visibility {
    /// They are.
    Shown,
    /// Only whoever is given it knows it.
    Hidden,
}

/// A password as somebody typed it. It doesn't show in logs.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct PasswordText(pub String);

impl std::fmt::Debug for PasswordText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordText(…)")
    }
}

/// Why there is no room, as the window is told.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RoomError {
    /// This computer is in no network.
    #[error("this computer is in no network")]
    NoNetwork,
    /// This computer's own server can't be started.
    #[error("no room server can be started on this computer")]
    NotHosted,
    /// The address of the room server is none.
    #[error("that is no address of a room server")]
    ServerAddress,
    /// The password is empty, or has more than 128 characters.
    #[error("that is no password")]
    Password,
    /// This device can't say who it is.
    #[error(transparent)]
    Identity {
        /// Why.
        #[from]
        error: IdentityError,
    },
    /// The room can't be remembered, so nobody could govern it.
    #[error(transparent)]
    Settings {
        /// Why.
        #[from]
        error: SettingsError,
    },
    /// The system failed.
    #[error("the room can't be made")]
    Failed,
}

impl From<PasswordError> for RoomError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Empty | PasswordError::TooLong => Self::Password,
            PasswordError::Unstretchable => Self::Failed,
        }
    }
}

/// A room that was made.
pub struct NewRoom {
    /// Its link.
    pub link: InviteLink,
    /// How it is run.
    pub hosted: HostedRoom,
}

/// Where the room of these options is to be; starts the server if it is one of this program's.
///
/// # Errors
/// [`RoomError`].
pub async fn server_for(options: &RoomOptions, hosting: &Hosting) -> Result<ServerAddress, RoomError> {
    match options.place {
        RoomPlace::ThisComputer => hosting.server(Audience::ThisComputer).await,
        RoomPlace::LocalNetwork => hosting.server(Audience::LocalNetwork).await,
        RoomPlace::Server => ServerAddress::parse(&options.server).map_err(|_| RoomError::ServerAddress),
    }
}

/// Makes a room on a server. Nothing is sent: the room comes to be when somebody joins. Stretches the password, so not
/// on a thread that must not wait.
///
/// # Errors
/// [`RoomError`].
pub fn create(options: &RoomOptions, server: ServerAddress, identity: &DeviceIdentity) -> Result<NewRoom, RoomError> {
    let password = options.password.as_ref().map(|password| Password::new(&password.0)).transpose()?;
    let link = invitation::create(server, identity).map_err(|_| RoomError::Failed)?;
    let password = match &password {
        Some(password) => Some(RoomKey::new(&link.secret, link.host, Some(password))?.password_check()),
        None => None,
    };
    Ok(NewRoom { link, hosted: HostedRoom { access: policy_access(options.access), password } })
}

/// The same in the terms of what a host signs.
#[must_use]
pub fn policy_access(access: Access) -> policy::Access {
    match access {
        Access::Open => policy::Access::Open,
        Access::Lobby => policy::Access::Lobby,
    }
}

#[cfg(test)]
mod tests {
    use conclave_call::keys::hosted_rooms::PasswordGiven;

    use super::*;

    fn options(password: Option<&str>) -> RoomOptions {
        RoomOptions {
            name: String::new(),
            place: RoomPlace::Server,
            server: "https://rooms.example.org".into(),
            access: Access::Lobby,
            password: password.map(|text| PasswordText(text.into())),
            nearby: Visibility::Hidden,
        }
    }

    #[tokio::test]
    async fn a_room_is_its_maker_s_and_wants_its_password() {
        let identity = DeviceIdentity::generate().unwrap();
        let options = options(Some("lusab-babad"));
        assert!(!format!("{options:?}").contains("lusab"));
        let server = server_for(&options, &Hosting::default()).await.unwrap();
        let NewRoom { link, hosted } = create(&options, server, &identity).unwrap();
        assert_eq!((link.host, hosted.access), (identity.key_hash(), policy::Access::Lobby));
        let key = |text| RoomKey::new(&link.secret, link.host, Some(&Password::new(text).unwrap())).unwrap();
        assert!(hosted.check(&key("lusab-babad"), PasswordGiven::Yes).is_ok());
        assert!(hosted.check(&key("another"), PasswordGiven::Yes).is_err());
    }

    #[tokio::test]
    async fn what_can_t_be_is_refused() {
        let identity = DeviceIdentity::generate().unwrap();
        let server = ServerAddress::parse("http://127.0.0.1:7000").unwrap();
        let long = "x".repeat(1_000);
        for password in ["", long.as_str()] {
            let refused = create(&options(Some(password)), server.clone(), &identity);
            assert_eq!(refused.err(), Some(RoomError::Password));
        }
        let nowhere = RoomOptions { server: "rooms".into(), ..options(None) };
        assert_eq!(server_for(&nowhere, &Hosting::default()).await.err(), Some(RoomError::ServerAddress));
    }
}
