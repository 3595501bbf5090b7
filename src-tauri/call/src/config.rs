//! What a call needs to know before it starts.

use std::sync::Arc;

use conclave_keys::hosted_rooms::HostedRoom;
use conclave_keys::identity::DeviceIdentity;
use conclave_keys::known_devices::KnownDevices;
use conclave_keys::room_key::RoomKey;
use conclave_media::video::VideoSender;
use conclave_protocol::intent::DeviceChoice;
use conclave_protocol::invite::InviteLink;
use conclave_protocol::line::TileSize;
use conclave_protocol::peer::DisplayName;
use conclave_protocol::signalling::IceServer;
use conclave_protocol::sound::SoundProcessing;

use crate::observer::CallObserver;

/// What a call needs to know before it starts.
pub struct CallConfig {
    /// The invitation, its room and secret checked by `conclave_keys::invitation::parse`.
    pub link: InviteLink,
    /// The room's key, of the link's secret and the password if there is one.
    pub key: RoomKey,
    /// Who this device proves to be.
    pub identity: DeviceIdentity,
    /// How this room is run, if this device made it; without effect on other devices.
    pub hosted: Option<HostedRoom>,
    /// The devices that were seen before; [`crate::Call::known_devices`] has them as the call goes on.
    pub known: KnownDevices,
    /// What the others call this participant.
    pub name: DisplayName,
    /// The devices to start with.
    pub devices: Devices,
    /// Whose camera and encoders this call sends with.
    pub camera: CameraSender,
    /// What is done to the microphone's sound until an intent says otherwise.
    pub sound_processing: SoundProcessing,
    /// How large the others' cameras are drawn until the UI says otherwise.
    pub view: TileSize,
    /// STUN and TURN servers besides those the room server names.
    pub ice_servers: Vec<IceServer>,
    /// Where the others may reach this participant.
    pub reach: Reach,
    /// Who gets the pictures and the sound.
    pub observer: Arc<dyn CallObserver>,
}

/// Whose camera and encoders a call sends with.
#[derive(Clone, Default)]
pub enum CameraSender {
    /// Its own.
    #[default]
    Own,
    /// Those of other calls of this process too.
    Shared(SharedCamera),
}

/// One camera for several calls of a process, encoded once for all of them: for load, where every participant would
/// otherwise encode the same pictures. The calls choose it one after the other, as the last choice holds for all; of its
/// troubles nobody is told, and it has no self view.
#[derive(Clone)]
pub struct SharedCamera(pub(crate) Arc<VideoSender>);

impl SharedCamera {
    /// No camera yet; each call chooses.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(VideoSender::new(|_| {})))
    }
}

impl Default for SharedCamera {
    fn default() -> Self {
        Self::new()
    }
}

/// Which of this computer's addresses the others are offered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// Those of all real interfaces, and the loopback address when the room's server has one: then others of the room
    /// may be on this computer, or in its network.
    #[default]
    Network,
    /// Only the loopback address: a call that does not leave this computer.
    ThisComputer,
    /// None: everything goes through the TURN server of the room's server or of this participant, and the others learn
    /// no address. Without such a server nobody is reached.
    RelayOnly,
}

/// The devices of a call; what is `None` is off.
#[derive(Debug, Clone, Default)]
pub struct Devices {
    /// The camera.
    pub camera: Option<DeviceChoice>,
    /// The microphone.
    pub microphone: Option<DeviceChoice>,
    /// The speaker; without one the others are decoded, but heard by nobody.
    pub speaker: Option<DeviceChoice>,
}
