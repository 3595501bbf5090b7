//! People who aren't there: whoever tries the app finds three of them in a room, and sees a whole call.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

/// The people of a test call.
#[derive(Default)]
pub struct Company {
    last: Mutex<Option<TestRoom>>,
}

/// The room that was made last to try the app.
struct TestRoom {
    room: RoomId,
    /// Nobody, once they were sent home.
    present: Vec<Call>,
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
        *self.lock() = Some(TestRoom { room: link.room, present: calls });
        Ok(())
    }

    /// Has them leave.
    pub fn send_home(&self) {
        if let Some(last) = &mut *self.lock() {
            // Dropping a call leaves its room.
            last.present.clear();
        }
    }

    /// Whether it is the room that was made last to try the app.
    pub fn is_expected_in(&self, room: RoomId) -> bool {
        self.lock().as_ref().is_some_and(|last| last.room == room)
    }

    /// Whether they are there.
    pub fn is_present(&self) -> bool {
        self.lock().as_ref().is_some_and(|last| !last.present.is_empty())
    }

    fn lock(&self) -> MutexGuard<'_, Option<TestRoom>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
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
