//! `join`: hold a call until the time is up, and report on it.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use conclave_call::keys::identity::{DeviceIdentity, RandomSourceFailed};
use conclave_call::keys::identity_store::{self, IdentityStoreError, StoreLocation};
use conclave_call::keys::invitation::{self, InvitationError};
use conclave_call::keys::password::PasswordError;
use conclave_call::keys::room_key::RoomKey;
use conclave_call::media::clock::MediaTime;
use conclave_call::media::video::DecodedPicture;
use conclave_call::protocol::ids::ParticipantId;
use conclave_call::protocol::intent::Intent;
use conclave_call::protocol::invite::{InviteLink, MAX_LINK_LENGTH};
use conclave_call::protocol::line::VideoLine;
use conclave_call::protocol::notice::Notice;
use conclave_call::protocol::peer::DisplayName;
use conclave_call::protocol::signalling::{IceServer, SignallingError};
use conclave_call::protocol::snapshot::{EndReason, LinkPhase, RoomPhase, RoomSnapshot, VerifiedIdentity};
use conclave_call::{Call, CallConfig, CallObserver, CallStatistics, Devices, JoinError, SoundTap};
use thiserror::Error;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::sleep_until;

use crate::arguments::{CameraSwitch, JoinArguments};
use crate::console::{Console, Event};
use crate::picture_meter::PictureMeters;
use crate::process_usage::ProcessUsage;
use crate::recording::{Recorder, RecordingError};
use crate::report::Report;

/// How often figures are taken, for a call that ends by itself.
const FIGURES_INTERVAL: Duration = Duration::from_secs(1);

/// Why the call did not go as asked.
#[derive(Debug, Error)]
pub(crate) enum JoinFailure {
    #[error(transparent)]
    Link(#[from] InvitationError),
    #[error("the link could not be read from standard input: {0}")]
    Input(std::io::Error),
    #[error("{0} is not a list of STUN and TURN servers: {1}")]
    IceServers(String, String),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Identity(#[from] IdentityStoreError),
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

/// Where pictures and sound go: to the meters, and to files when asked.
struct Observer {
    meters: PictureMeters,
    recorder: Option<Recorder>,
}

impl Observer {
    /// The participant is gone.
    fn left(&self, participant: ParticipantId) {
        self.meters.left(participant, MediaTime::now());
        if let Some(recorder) = &self.recorder {
            recorder.left(participant);
        }
    }
}

impl CallObserver for Observer {
    fn picture(&self, from: ParticipantId, line: VideoLine, picture: &DecodedPicture) {
        if line == VideoLine::Camera {
            self.meters.picture(from, picture);
            if let Some(recorder) = &self.recorder {
                recorder.picture(from, picture);
            }
        }
    }

    fn sound_tap(&self, from: ParticipantId) -> Option<SoundTap> {
        self.recorder.as_ref().and_then(|recorder| recorder.sound_tap(from))
    }
}

pub(crate) fn run(arguments: JoinArguments) -> Result<(), JoinFailure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(JoinFailure::Runtime)?;
    runtime.block_on(hold(arguments))
}

async fn hold(arguments: JoinArguments) -> Result<(), JoinFailure> {
    let started = Instant::now();
    let link = read_link(&arguments.link)?;
    let ice_servers = arguments.ice_servers.as_deref().map_or_else(|| Ok(Vec::new()), read_ice_servers)?;
    let recorder = Recorder::start(arguments.save_video.as_deref(), arguments.save_audio.as_deref())?;
    let observer = Arc::new(Observer { meters: PictureMeters::default(), recorder });
    let key = RoomKey::new(&link.secret, link.host, None)?;
    let identity = match &arguments.identity {
        Some(path) => identity_store::load_or_create(&StoreLocation::File(path.clone()))?.0,
        None => DeviceIdentity::generate()?,
    };
    let (call, notices) = Call::join(CallConfig {
        link,
        key,
        identity,
        name: DisplayName::from_untrusted(&arguments.name),
        devices: Devices {
            camera: arguments.camera.device(),
            microphone: arguments.microphone.device(),
            speaker: arguments.speaker.device(),
        },
        view: arguments.view,
        ice_servers,
        reach: arguments.reach.reach(),
        observer: observer.clone(),
    })?;
    let attendance = attend(&call, notices, &arguments, &observer, &Console::new(started)).await;
    let reason = call.ended().await;
    if let (Some(path), Some((statistics, taken))) = (&arguments.report, &attendance.statistics) {
        let report =
            Report::new(&arguments.name, ProcessUsage::now(), statistics, |id| observer.meters.figures(id, *taken));
        write_report(path, &report).map_err(JoinFailure::Report)?;
    }
    if let Some(recorder) = &observer.recorder {
        recorder.finish()?;
    }
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
) -> Attendance {
    let mut snapshots = call.snapshots();
    let mut storyteller = Storyteller::default();
    let mut attendance = Attendance::default();
    let mut figures_due = tokio::time::interval(FIGURES_INTERVAL);
    let mut switches: Vec<&CameraSwitch> = arguments.switch_camera.iter().collect();
    switches.sort_by_key(|switch| std::cmp::Reverse(switch.after));
    let mut is_leaving = false;
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

/// Ctrl-C, or the polite request to stop.
async fn stop_signal() {
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

/// Tells what changed from one snapshot to the next.
#[derive(Default)]
struct Storyteller {
    joined: bool,
    links: HashMap<ParticipantId, (LinkPhase, Option<DisplayName>)>,
    verified: HashMap<ParticipantId, VerifiedIdentity>,
    room_code: Option<String>,
}

impl Storyteller {
    fn tell(&mut self, snapshot: &RoomSnapshot, observer: &Observer, console: &Console) {
        if let (false, RoomPhase::Joined, Some(participant)) = (self.joined, snapshot.phase, snapshot.me.id) {
            self.joined = true;
            console.tell(&Event::Joined { participant });
        }
        for other in &snapshot.others {
            if let Some(identity) = &other.verified
                && self.verified.get(&other.id) != Some(identity)
            {
                self.verified.insert(other.id, identity.clone());
                let (name, identity) = (other.name.clone(), identity.clone());
                console.tell(&Event::Verified { peer: other.id, name, identity });
            }
            let before = self.links.insert(other.id, (other.link, other.name.clone()));
            match other.link {
                now if before.is_some_and(|(before, _)| before == now) => {}
                LinkPhase::Connected => console.tell(&Event::Connected { peer: other.id, name: other.name.clone() }),
                LinkPhase::Reconnecting => console.tell(&Event::Reconnecting { peer: other.id }),
                LinkPhase::Connecting => {}
            }
        }
        if let Some(code) = snapshot.room_code.as_ref().filter(|code| self.room_code.as_ref() != Some(code)) {
            self.room_code = Some(code.clone());
            console.tell(&Event::RoomCode { code: code.clone() });
        }
        let present = |id: &ParticipantId| snapshot.others.iter().any(|other| other.id == *id);
        let gone: Vec<_> = self.links.keys().copied().filter(|id| !present(id)).collect();
        for peer in gone {
            self.verified.remove(&peer);
            let name = self.links.remove(&peer).and_then(|(_, name)| name);
            observer.left(peer);
            console.tell(&Event::Left { peer, name });
        }
        if let RoomPhase::Ended { reason } = snapshot.phase {
            console.tell(&Event::Ended { reason });
        }
    }
}

fn read_link(argument: &str) -> Result<InviteLink, JoinFailure> {
    if argument != "-" {
        return Ok(invitation::parse(argument)?);
    }
    let mut text = String::new();
    // One byte past the bound is enough to know that it is no link.
    let bound = MAX_LINK_LENGTH as u64 + 3;
    std::io::stdin().take(bound).read_to_string(&mut text).map_err(JoinFailure::Input)?;
    Ok(invitation::parse(&text)?)
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
