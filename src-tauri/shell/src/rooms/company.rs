//! People who aren't there: whoever tries the app finds three of them in a room, and sees a whole call.

use std::sync::{Arc, Mutex, PoisonError};

use conclave_call::keys::identity::DeviceIdentity;
use conclave_call::keys::known_devices::KnownDevices;
use conclave_call::keys::room_key::RoomKey;
use conclave_call::protocol::ids::RoomId;
use conclave_call::protocol::intent::DeviceChoice;
use conclave_call::protocol::invite::InviteLink;
use conclave_call::protocol::line::TileSize;
use conclave_call::protocol::peer::DisplayName;
use conclave_call::protocol::sound::SoundProcessing;
use conclave_call::{Call, CallConfig, CallObserver, CameraSender, Devices, Reach};

use super::RoomError;

/// Their names, and what their cameras see. They say nothing: a test tone is no company.
const PEOPLE: [(&str, Option<&str>); 3] = [("Ada", Some("portrait:0")), ("Alan", Some("portrait:1")), ("Grace", None)];

/// How large they draw whoever tries the app.
const VIEW: TileSize = TileSize { width: 320, height: 180 };

/// The people of a test call, if there is one.
#[derive(Default)]
pub struct Company {
    present: Mutex<Option<(RoomId, Vec<Call>)>>,
}

/// They see nothing.
struct Nobody;

impl CallObserver for Nobody {}

impl Company {
    /// Has them join a room, and leave the one where they were. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// [`RoomError::Failed`].
    pub fn invite(&self, link: &InviteLink) -> Result<(), RoomError> {
        let calls = PEOPLE.into_iter().map(|(name, camera)| join(link, name, camera)).collect::<Result<_, _>>()?;
        *self.present.lock().unwrap_or_else(PoisonError::into_inner) = Some((link.room, calls));
        Ok(())
    }

    /// Has them leave.
    pub fn send_home(&self) {
        // Dropping a call leaves its room.
        *self.present.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether they are in this room.
    pub fn is_in(&self, room: RoomId) -> bool {
        let present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        present.as_ref().is_some_and(|(their_room, _)| *their_room == room)
    }
}

fn join(link: &InviteLink, name: &str, camera: Option<&str>) -> Result<Call, RoomError> {
    let key = RoomKey::new(&link.secret, link.host, None)?;
    let identity = DeviceIdentity::generate().map_err(|_| RoomError::Failed)?;
    let (call, _) = Call::join(CallConfig {
        link: link.clone(),
        key,
        identity,
        hosted: None,
        known: KnownDevices::default(),
        name: DisplayName::from_untrusted(name),
        devices: Devices { camera: camera.map(|camera| DeviceChoice(camera.into())), ..Devices::default() },
        camera: CameraSender::Own,
        sound_processing: SoundProcessing::default(),
        view: VIEW,
        ice_servers: Vec::new(),
        reach: Reach::ThisComputer,
        observer: Arc::new(Nobody),
    })
    .map_err(|_| RoomError::Failed)?;
    Ok(call)
}
