//! `crowd`: a full room without as many computers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use conclave_call::keys::identity::{DeviceIdentity, RandomSourceFailed};
use conclave_call::keys::invitation::InvitationError;
use conclave_call::keys::known_devices::KnownDevices;
use conclave_call::keys::password::PasswordError;
use conclave_call::keys::room_key::RoomKey;
use conclave_call::protocol::ids::ParticipantId;
use conclave_call::protocol::intent::{DeviceChoice, Intent};
use conclave_call::protocol::invite::InviteLink;
use conclave_call::protocol::line::TileSize;
use conclave_call::protocol::peer::DisplayName;
use conclave_call::protocol::snapshot::{EndReason, RoomPhase, RoomSnapshot};
use conclave_call::protocol::sound::SoundProcessing;
use conclave_call::{Call, CallConfig, CallObserver, CameraSender, Devices, JoinError, SharedCamera};
use thiserror::Error;
use tokio::task::JoinSet;

use crate::arguments::CrowdArguments;
use crate::console::{Console, Event};
use crate::join;
use crate::standard_input::{self, InputError};

/// How long one may take to be in the room and show the camera.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why there is no crowd.
#[derive(Debug, Error)]
pub(crate) enum CrowdFailure {
    #[error(transparent)]
    Link(#[from] InvitationError),
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Random(#[from] RandomSourceFailed),
    #[error(transparent)]
    Start(#[from] JoinError),
    #[error("{0} did not come to show the camera in the room")]
    NotThere(String),
    #[error("the call of one of them ended: {0:?}")]
    Ended(EndReason),
    #[error("this system gave no threads to run the calls: {0}")]
    Runtime(std::io::Error),
}

/// They look at nobody.
struct Blind;

impl CallObserver for Blind {}

pub(crate) fn run(arguments: &CrowdArguments) -> Result<(), CrowdFailure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(CrowdFailure::Runtime)?;
    runtime.block_on(hold(arguments))
}

async fn hold(arguments: &CrowdArguments) -> Result<(), CrowdFailure> {
    let console = Console::new(Instant::now());
    let link = standard_input::link(&arguments.link)??;
    let camera = SharedCamera::new();
    let mut calls = Vec::new();
    for number in 1..=arguments.people {
        let name = format!("{} {number}", arguments.name);
        let (call, _) = Call::join(config(&link, &name, arguments, &camera)?)?;
        // One after the other, as whoever chooses the camera last has it for all.
        let shows = tokio::time::timeout(PATIENCE, shows_camera(&call)).await;
        let participant = shows.ok().flatten().ok_or(CrowdFailure::NotThere(name))?;
        console.tell(&Event::Joined { participant });
        calls.push(call);
    }
    let stay = async {
        match arguments.stay {
            Some(stay) => tokio::time::sleep(stay).await,
            None => std::future::pending().await,
        }
    };
    let mut over = JoinSet::new();
    for call in &calls {
        let mut snapshots = call.snapshots();
        over.spawn(async move { snapshots.wait_for(is_over).await.map(drop) });
    }
    tokio::select! {
        () = stay => {}
        () = join::stop_signal() => {}
        _ = over.join_next() => {}
    }
    for call in &calls {
        call.dispatch(Intent::Leave).await;
    }
    for call in calls {
        match call.ended().await {
            EndReason::Left => {}
            other => return Err(CrowdFailure::Ended(other)),
        }
    }
    Ok(())
}

fn config(
    link: &InviteLink,
    name: &str,
    arguments: &CrowdArguments,
    camera: &SharedCamera,
) -> Result<CallConfig, CrowdFailure> {
    Ok(CallConfig {
        link: link.clone(),
        key: RoomKey::new(&link.secret, link.host, None)?,
        identity: DeviceIdentity::generate()?,
        hosted: None,
        known: KnownDevices::default(),
        name: DisplayName::from_untrusted(name),
        devices: Devices { camera: Some(DeviceChoice(arguments.camera.to_string())), ..Devices::default() },
        camera: CameraSender::Shared(camera.clone()),
        sound_processing: SoundProcessing::default(),
        view: TileSize::HIDDEN,
        ice_servers: Vec::new(),
        reach: arguments.reach.reach(),
        observer: Arc::new(Blind),
    })
}

fn is_over(snapshot: &RoomSnapshot) -> bool {
    matches!(snapshot.phase, RoomPhase::Ended { .. })
}

/// Waits until it is in the room with its camera, and says as whom; `None` when the call ended.
async fn shows_camera(call: &Call) -> Option<ParticipantId> {
    let shows = |snapshot: &RoomSnapshot| {
        snapshot.phase == RoomPhase::Joined && snapshot.me.camera.active.is_some() || is_over(snapshot)
    };
    let mut snapshots = call.snapshots();
    let there = snapshots.wait_for(shows).await.ok()?;
    there.me.id.filter(|_| there.phase == RoomPhase::Joined)
}
