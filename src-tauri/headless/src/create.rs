//! `create`: a new room's invite link. The room comes to be when the first participant joins.

use conclave_call::keys::hosted_rooms::HostedRoom;
use conclave_call::keys::identity::{DeviceIdentity, RandomSourceFailed};
use conclave_call::keys::invitation::{self, InvitationError};
use conclave_call::keys::password::PasswordError;
use conclave_call::keys::room_key::RoomKey;
use conclave_call::keys::statement::policy::Access;
use thiserror::Error;

use crate::arguments::CreateArguments;
use crate::console;
use crate::device::{Device, DeviceError};
use crate::standard_input::{self, InputError};

/// Why there is no link.
#[derive(Debug, Error)]
pub(crate) enum CreateFailure {
    #[error(transparent)]
    Invitation(#[from] InvitationError),
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error(transparent)]
    Random(#[from] RandomSourceFailed),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Input(#[from] InputError),
}

pub(crate) fn run(arguments: &CreateArguments) -> Result<(), CreateFailure> {
    let password = standard_input::password(arguments.password.as_deref())??;
    let access = if arguments.lobby { Access::Lobby } else { Access::Open };
    let place = match (&arguments.identity, access) {
        (Some(file), _) => Some(file.clone()),
        // Somebody has to let people in.
        (None, Access::Lobby) => Some(Device::usual_place()?),
        (None, Access::Open) => None,
    };
    let Some(place) = place else {
        let link = invitation::create(arguments.server.clone(), &DeviceIdentity::generate()?)?;
        console::say(&link.to_text());
        return Ok(());
    };
    let (mut device, identity) = Device::load_or_create(&place)?;
    let link = invitation::create(arguments.server.clone(), &identity)?;
    let check = match &password {
        Some(password) => Some(RoomKey::new(&link.secret, link.host, Some(password))?.password_check()),
        None => None,
    };
    device.keep_hosted(link.room, HostedRoom { access, password: check })?;
    if arguments.identity.is_none() {
        let file = device.identity_file().display();
        console::complain(&format!("the host is the device of {file}: join with --identity {file} to let people in"));
    }
    console::say(&link.to_text());
    Ok(())
}
