//! `create`: a new room's invite link. The room comes to be when the first participant joins.

use conclave_call::keys::identity::DeviceIdentity;
use conclave_call::keys::invitation::{self, InvitationError};

use crate::arguments::CreateArguments;
use crate::console;

pub(crate) fn run(arguments: &CreateArguments) -> Result<(), InvitationError> {
    let identity = DeviceIdentity::generate().map_err(|_| InvitationError::Random)?;
    let link = invitation::create(arguments.server.clone(), &identity)?;
    console::say(&link.to_text());
    Ok(())
}
