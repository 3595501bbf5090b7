//! The call: one at a time, begun and ended by the page, told to it as it goes on.

mod attendance;
mod events;
mod figures;
mod request;

use std::sync::Arc;
use std::time::Duration;

use conclave_call::keys::hosted_rooms::{HostedRoom, PasswordGiven};
use conclave_call::keys::identity::DeviceIdentity;
use conclave_call::keys::known_devices::KnownDevices;
use conclave_call::keys::password::Password;
use conclave_call::keys::room_key::RoomKey;
use conclave_call::media::VideoFrame;
use conclave_call::media::source::SpeakerSpec;
use conclave_call::media::video::DecodedPicture;
use conclave_call::protocol::ids::{ParticipantId, RoomId};
use conclave_call::protocol::intent::{DeviceChoice, Intent};
use conclave_call::protocol::invite::InviteLink;
use conclave_call::protocol::line::{TileSize, VideoLine};
use conclave_call::protocol::peer::DisplayName;
use conclave_call::protocol::signalling::IceServer;
use conclave_call::{Call, CallConfig, CallObserver, CameraSender, Devices, Reach};
use serde::Serialize;
use thiserror::Error;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use ts_rs::TS;

pub use self::events::{CallEvent, Level, meter};
pub use self::figures::{LinkFigures, LinkPath, LinkQuality};
pub use self::request::{JoinError, JoinRequest};
use crate::devices::{self, DeviceError};
use crate::frames::Frames;
use crate::frames::tiles::PictureSource;
use crate::links;
use crate::settings::{NetworkSettings, OwnServer, Route};

/// How many wishes of a page may wait for the call.
const INTENT_QUEUE: usize = 64;
/// How long leaving may take before the page is told that it has.
const LEAVE_WITHIN: Duration = Duration::from_secs(5);

/// What a session remembers beyond its end.
pub trait Memory: Send + Sync + 'static {
    /// How this room is run, if this device made it.
    fn hosted(&self, room: RoomId) -> Option<HostedRoom>;
    /// The devices that were seen before.
    fn known(&self) -> KnownDevices;
    /// The room is being joined.
    fn visit(&self, link: &InviteLink);
    /// The host has changed how its room is run.
    fn keep_hosted(&self, room: RoomId, hosted: HostedRoom);
    /// Devices were seen or confirmed.
    fn keep_known(&self, known: &KnownDevices);
    /// These people were in the room.
    fn met(&self, room: RoomId, people: Vec<DisplayName>);
}

/// Takes what happens, and must not block. Whoever listened may be gone: then it does nothing.
pub type Listener = Box<dyn Fn(CallEvent) + Send + Sync>;

/// Why something asked of the call was not passed on, as the window is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum DispatchError {
    /// There is no call.
    #[error("there is no call")]
    NoCall,
    /// What was asked for is no device.
    #[error(transparent)]
    Device {
        /// Why.
        #[from]
        error: DeviceError,
    },
}

/// The place for one call.
#[derive(Default)]
pub struct Sessions {
    running: Mutex<Option<Session>>,
}

struct Session {
    link: InviteLink,
    intents: mpsc::Sender<Intent>,
    task: JoinHandle<()>,
}

impl Session {
    fn is_over(&self) -> bool {
        self.task.is_finished()
    }
}

impl Sessions {
    /// Begins a call. From here on `listener` is told of it, until [`CallEvent::Ended`].
    ///
    /// # Errors
    /// [`JoinError`].
    pub async fn join(
        &self,
        request: JoinRequest,
        identity: DeviceIdentity,
        memory: Arc<dyn Memory>,
        network: &NetworkSettings,
        frames: Frames,
        listener: Listener,
    ) -> Result<(), JoinError> {
        let mut running = self.running.lock().await;
        if running.as_ref().is_some_and(|session| !session.is_over()) {
            return Err(JoinError::AlreadyInCall);
        }
        request.check_devices()?;
        let link = links::read(&request.link)?;
        let password = request.password.as_ref().map(|password| Password::new(&password.0)).transpose()?;
        let given = if password.is_some() { PasswordGiven::Yes } else { PasswordGiven::No };
        let (secret, host) = (link.secret.clone(), link.host);
        // Stretching a password takes a tenth of a second of one core.
        let key = tokio::task::spawn_blocking(move || RoomKey::new(&secret, host, password.as_ref()))
            .await
            .map_err(|_| JoinError::Failed)??;
        let hosted = memory.hosted(link.room);
        if let Some(hosted) = hosted {
            hosted.check(&key, given)?;
        }
        memory.visit(&link);
        let (room, own_link) = (link.room, link.clone());
        let speaker = request.speaker.unwrap_or_else(|| DeviceChoice(SpeakerSpec::Device(None).to_string()));
        let (call, notices) = Call::join(CallConfig {
            link,
            key,
            identity,
            hosted,
            known: memory.known(),
            name: request.name,
            devices: Devices { camera: request.camera, microphone: request.microphone, speaker: Some(speaker) },
            camera: CameraSender::Own,
            // Nothing is sent before there is a tile for it.
            view: TileSize::HIDDEN,
            sound_processing: request.sound_processing,
            ice_servers: network.servers.iter().map(ice_server).collect(),
            reach: reach(network.route),
            observer: Arc::new(Observer(frames)),
        })?;
        if request.muted {
            call.dispatch(Intent::MuteMicrophone { muted: true }).await;
        }
        let (intents, inbox) = mpsc::channel(INTENT_QUEUE);
        let attendance = attendance::Attendance::new(room, memory, listener);
        let task = tokio::spawn(attendance.attend(call, notices, inbox));
        *running = Some(Session { link: own_link, intents, task });
        Ok(())
    }

    /// Asks something of the call.
    ///
    /// # Errors
    /// [`DispatchError`].
    pub async fn dispatch(&self, intent: Intent) -> Result<(), DispatchError> {
        devices::check_intent(&intent)?;
        let intents = self.running.lock().await.as_ref().map(|session| session.intents.clone());
        let intents = intents.ok_or(DispatchError::NoCall)?;
        intents.send(intent).await.map_err(|_| DispatchError::NoCall)
    }

    /// The link of the call that goes on.
    pub async fn link(&self) -> Option<InviteLink> {
        let running = self.running.lock().await;
        running.as_ref().filter(|session| !session.is_over()).map(|session| session.link.clone())
    }

    /// Tells the call how large lines are drawn from now on.
    pub async fn view(&self, views: Vec<(ParticipantId, VideoLine, TileSize)>) {
        for (participant, line, size) in views {
            // Without a call nothing is drawn.
            let _ = self.dispatch(Intent::ViewVideo { participant, line, size }).await;
        }
    }

    /// Ends the call, if there is one, and waits until its devices are free.
    pub async fn leave(&self) {
        let Some(Session { intents, mut task, .. }) = self.running.lock().await.take() else { return };
        // A call that is over has nobody to ask.
        let _ = intents.send(Intent::Leave).await;
        if timeout(LEAVE_WITHIN, &mut task).await.is_err() {
            tracing::error!("leaving took too long: the call was dropped");
            task.abort();
        }
    }
}

fn reach(route: Route) -> Reach {
    match route {
        Route::Any => Reach::Network,
        Route::RelayOnly => Reach::RelayOnly,
    }
}

fn ice_server(server: &OwnServer) -> IceServer {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    IceServer { urls: vec![server.url.clone()], username: some(&server.username), credential: some(&server.password) }
}

/// Where pictures go.
struct Observer(Frames);

impl CallObserver for Observer {
    fn picture(&self, from: ParticipantId, line: VideoLine, picture: &DecodedPicture) {
        self.0.put(PictureSource::of_line(from, line), &picture.frame);
    }

    fn own_picture(&self, picture: &VideoFrame) {
        self.0.put(PictureSource::Own, picture);
    }
}
