//! `join`: hold a call until the time is up, and report on it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use conclave_call::keys::hosted_rooms::{HostedRoom, NotItsPassword, PasswordGiven};
use conclave_call::keys::identity::{DeviceIdentity, RandomSourceFailed};
use conclave_call::keys::invitation::InvitationError;
use conclave_call::keys::known_devices::KnownDevices;
use conclave_call::keys::password::PasswordError;
use conclave_call::keys::room_key::RoomKey;
use conclave_call::keys::statement::policy;
use conclave_call::media::clock::MediaTime;
use conclave_call::protocol::ids::RoomId;
use conclave_call::protocol::intent::Intent;
use conclave_call::protocol::line::{LineState, TileSize, VideoLine};
use conclave_call::protocol::notice::Notice;
use conclave_call::protocol::peer::DisplayName;
use conclave_call::protocol::signalling::{self, IceServer, SignallingError};
use conclave_call::protocol::snapshot::{EndReason, Governance, Office, RoomPhase, RoomSnapshot};
use conclave_call::{Call, CallConfig, CallStatistics, CameraSender, Devices, JoinError};
use thiserror::Error;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::sleep_until;

use crate::arguments::{CameraSwitch, JoinArguments};
use crate::commands::Command;
use crate::console::{self, Console, Event};
use crate::device::{Device, DeviceError};
use crate::observer::Observer;
use crate::process_usage::ProcessUsage;
use crate::recording::RecordingError;
use crate::report::Report;
use crate::standard_input::{self, InputError};
use crate::storyteller::Storyteller;

/// How often figures are taken, for a call that ends by itself.
const FIGURES_INTERVAL: Duration = Duration::from_secs(1);

/// Why the call did not go as asked.
#[derive(Debug, Error)]
pub(crate) enum JoinFailure {
    #[error(transparent)]
    Link(#[from] InvitationError),
    #[error(transparent)]
    Input(#[from] InputError),
    #[error("{0} is not a list of STUN and TURN servers: {1}")]
    IceServers(String, String),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    NotItsPassword(#[from] NotItsPassword),
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error(transparent)]
    Random(#[from] RandomSourceFailed),
    #[error(transparent)]
    Start(#[from] JoinError),
    #[error(transparent)]
    Recording(#[from] RecordingError),
    #[error("the room server can't be reached")]
    ServerUnreachable,
    #[error("stopped before it was in the room")]
    NeverJoined,
    #[error("the call broke down by a fault of this program")]
    Crashed,
    #[error("the room server did not let this participant in: {0}")]
    Refused(SignallingError),
    #[error("the report could not be written: {0}")]
    Report(std::io::Error),
    #[error("this system gave no threads to run the call: {0}")]
    Runtime(std::io::Error),
}

pub(crate) fn run(arguments: JoinArguments) -> Result<(), JoinFailure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(JoinFailure::Runtime)?;
    runtime.block_on(hold(arguments))
}

async fn hold(arguments: JoinArguments) -> Result<(), JoinFailure> {
    let started = Instant::now();
    let link = standard_input::link(&arguments.link)??;
    let ice_servers = arguments.ice_servers.as_deref().map_or_else(|| Ok(Vec::new()), read_ice_servers)?;
    let observer = Arc::new(Observer::new(&arguments)?);
    let password = standard_input::password(arguments.password.as_deref())??;
    let key = RoomKey::new(&link.secret, link.host, password.as_ref())?;
    let (mut device, identity) = read_device(&arguments)?;
    let hosted = device.as_ref().and_then(|device| device.hosted(&link.room));
    if let Some(hosted) = hosted {
        hosted.check(&key, if password.is_some() { PasswordGiven::Yes } else { PasswordGiven::No })?;
    }
    let known = device.as_ref().map(|device| device.known().clone()).unwrap_or_default();
    let room = link.room;
    let (call, notices) = Call::join(CallConfig {
        link,
        key,
        identity,
        hosted,
        known,
        name: DisplayName::from_untrusted(&arguments.name),
        devices: Devices {
            camera: arguments.camera.device(),
            microphone: arguments.microphone.device(),
            speaker: arguments.speaker.device(),
        },
        camera: CameraSender::Own,
        sound_processing: arguments.sound_processing.sound_processing(),
        view: arguments.view,
        ice_servers,
        reach: arguments.reach.reach(),
        observer: observer.clone(),
    })?;
    let console = Console::new(started);
    let attendance =
        attend(&call, notices, &arguments, &observer, &console, Memory { device: device.as_mut(), room }).await;
    let reason = call.ended().await;
    if let (Some(path), Some((statistics, taken))) = (&arguments.report, &attendance.statistics) {
        let pictures = |id, line| observer.figures(id, line, *taken);
        let report = Report::new(&arguments.name, ProcessUsage::now(), statistics, pictures);
        write_report(path, &report).map_err(JoinFailure::Report)?;
    }
    observer.finish()?;
    match reason {
        EndReason::Left if attendance.joined.is_some() => Ok(()),
        EndReason::Left => Err(JoinFailure::NeverJoined),
        EndReason::Crashed => Err(JoinFailure::Crashed),
        EndReason::ServerUnreachable => Err(JoinFailure::ServerUnreachable),
        EndReason::Refused { error } => Err(JoinFailure::Refused(error)),
        EndReason::NotAdmitted => Err(JoinFailure::Refused(SignallingError::NotAdmitted)),
        EndReason::Removed => Err(JoinFailure::Refused(SignallingError::Removed)),
    }
}

/// How it went.
#[derive(Default)]
struct Attendance {
    joined: Option<Instant>,
    /// The figures from just before leaving, and when that was; of a call that ended by itself, the last there are.
    statistics: Option<(CallStatistics, MediaTime)>,
}

impl Attendance {
    async fn take_statistics(&mut self, call: &Call) {
        if let Some(statistics) = call.statistics().await {
            self.statistics = Some((statistics, MediaTime::now()));
        }
    }
}

/// Is there until the time is up, the person stops the program, or the call ends by itself.
async fn attend(
    call: &Call,
    mut notices: broadcast::Receiver<Notice>,
    arguments: &JoinArguments,
    observer: &Observer,
    console: &Console,
    mut memory: Memory<'_>,
) -> Attendance {
    let mut snapshots = call.snapshots();
    let mut known_devices = call.known_devices();
    let mut lines = standard_input::lines();
    let mut storyteller = Storyteller::default();
    let mut attendance = Attendance::default();
    let mut figures_due = tokio::time::interval(FIGURES_INTERVAL);
    let mut switches: Vec<&CameraSwitch> = arguments.switch_camera.iter().collect();
    switches.sort_by_key(|switch| std::cmp::Reverse(switch.after));
    let mut is_leaving = false;
    if let Some(screen) = arguments.screen.screen() {
        call.dispatch(Intent::ShareScreen { screen }).await;
    }
    let mut stop = std::pin::pin!(stop_signal());
    loop {
        let due = |after: Option<Duration>| {
            let at = attendance.joined.zip(after).map(|(joined, after): (Instant, Duration)| joined + after);
            async move {
                match at {
                    Some(at) => sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            }
        };
        tokio::select! {
            changed = snapshots.changed() => {
                let snapshot = snapshots.borrow_and_update().clone();
                if snapshot.phase == RoomPhase::Joined {
                    attendance.joined.get_or_insert_with(Instant::now);
                }
                storyteller.tell(&snapshot, observer, console);
                memory.keep_rules(snapshot.governance);
                view_screens(call, &snapshot, arguments.view_screens).await;
                if changed.is_err() || matches!(snapshot.phase, RoomPhase::Ended { .. }) {
                    return attendance;
                }
            }
            notice = notices.recv() => match notice {
                Ok(notice) => console.tell(&Event::Notice { notice }),
                Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "notices came faster than they were printed"),
                // The call is over: the snapshots say why.
                Err(RecvError::Closed) => return attendance,
            },
            Some(line) = lines.recv() => {
                if let Some(intent) = asked_for(line) {
                    call.dispatch(intent).await;
                }
            }
            Ok(()) = known_devices.changed() => memory.keep_known(&known_devices.borrow_and_update()),
            _ = figures_due.tick(), if !is_leaving => attendance.take_statistics(call).await,
            () = due(switches.last().map(|switch| switch.after)), if !switches.is_empty() => {
                if let Some(switch) = switches.pop() {
                    call.dispatch(Intent::SelectCamera { camera: switch.camera.device() }).await;
                }
            }
            () = due(arguments.stay), if !is_leaving => {
                is_leaving = true;
                attendance.take_statistics(call).await;
                call.dispatch(Intent::Leave).await;
            }
            () = &mut stop, if !is_leaving => {
                is_leaving = true;
                attendance.take_statistics(call).await;
                call.dispatch(Intent::Leave).await;
            }
        }
    }
}

/// Has all screens that are shared shown in this size; asking again for what is shown changes nothing.
async fn view_screens(call: &Call, snapshot: &RoomSnapshot, size: TileSize) {
    for other in snapshot.others.iter().filter(|_| !size.is_hidden()) {
        let size = if other.media.screen == LineState::Live { size } else { TileSize::HIDDEN };
        call.dispatch(Intent::ViewVideo { participant: other.id, line: VideoLine::Screen, size }).await;
    }
}

/// What a line of standard input asks for. One that is no command is complained of, and the call goes on.
fn asked_for(line: Result<String, InputError>) -> Option<Intent> {
    let command = match line {
        Ok(line) if line.trim().is_empty() => return None,
        Ok(line) => Command::parse(&line).map_err(|error| format!("not a command: {error}")),
        Err(error) => Err(error.to_string()),
    };
    command.map(Command::intent).map_err(|problem| console::complain(&problem)).ok()
}

/// What is remembered of the call, if the participant's device is the same in every call.
struct Memory<'a> {
    device: Option<&'a mut Device>,
    room: RoomId,
}

impl Memory<'_> {
    fn keep_known(&mut self, known: &KnownDevices) {
        if let Some(device) = &mut self.device
            && let Err(error) = device.keep_known(known.clone())
        {
            console::complain(&error.to_string());
        }
    }

    /// A host that comes again has its room as it left it.
    fn keep_rules(&mut self, governance: Governance) {
        let Some(device) = &mut self.device else { return };
        let access = match governance.access {
            signalling::Access::Open => policy::Access::Open,
            signalling::Access::Lobby => policy::Access::Lobby,
        };
        let Some(hosted) = device.hosted(&self.room).filter(|hosted| hosted.access != access) else { return };
        if governance.office == Office::Host
            && let Err(error) = device.keep_hosted(self.room, HostedRoom { access, ..hosted })
        {
            console::complain(&error.to_string());
        }
    }
}

/// Ctrl-C, or the polite request to stop.
pub(crate) async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// The device that joins, and what is kept of it.
fn read_device(arguments: &JoinArguments) -> Result<(Option<Device>, DeviceIdentity), JoinFailure> {
    Ok(match &arguments.identity {
        Some(file) => {
            let (device, identity) = Device::load_or_create(file)?;
            (Some(device), identity)
        }
        None => (None, DeviceIdentity::generate()?),
    })
}

fn read_ice_servers(path: &Path) -> Result<Vec<IceServer>, JoinFailure> {
    let failure =
        |error: &dyn std::fmt::Display| JoinFailure::IceServers(path.display().to_string(), error.to_string());
    let text = std::fs::read(path).map_err(|error| failure(&error))?;
    serde_json::from_slice(&text).map_err(|error| failure(&error))
}

/// Whole or not at all, as somebody may be waiting for the file.
fn write_report(path: &Path, report: &Report) -> std::io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    std::fs::write(&unfinished, serde_json::to_vec_pretty(report)?)?;
    std::fs::rename(unfinished, path)
}
