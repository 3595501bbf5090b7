//! One call on loopback: a sender with the moving pattern, and receivers that only watch and listen.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use super::figures::{CallRun, EncodedLayer, Received};
use super::report::{Peer, Report};
use crate::failure::Failure;
use crate::participant::{Event, Participant, Reach, Seat, create_room};
use crate::room_server::RoomServer;
use crate::workspace::Workspace;

const SENDER: &str = "Sender";
/// [`CAMERA_FPS`](super::figures::CAMERA_FPS) pictures a second.
const CAMERA: &str = "pattern:1280x720@30";
/// How long the sender may take to get into the room.
const JOIN_WITHIN: Duration = Duration::from_secs(10);
/// How much longer than the receivers the sender stays, so that all of them are served to their end.
const SENDER_STAYS_ON: Duration = Duration::from_secs(1);
/// How much longer than planned a call may take before it counts as hung.
const GRACE: Duration = Duration::from_secs(30);

/// Holds the call and gives what its participants reported.
pub(super) fn hold(workspace: &Workspace, receivers: u8, duration: Duration) -> Result<CallRun, Failure> {
    let folder = workspace.target().join("bench");
    std::fs::create_dir_all(&folder).map_err(|source| Failure::File { path: folder.clone(), source })?;
    let server = RoomServer::start(workspace)?;
    let link = create_room(workspace, server.url())?;
    let join = |name: String, camera, microphone, stay, see: Box<dyn FnMut(Event) + Send>| {
        let report = report_path(&folder, &name)?;
        let seat = Seat {
            name,
            camera,
            microphone,
            speaker: "null",
            reach: Reach::ThisComputer,
            stay: Some(stay),
            report: Some(report.clone()),
        };
        Participant::join(workspace, &link, &seat, see).map(|participant| (participant, report))
    };

    let sender_stays = duration + SENDER_STAYS_ON;
    let (joined, is_joined) = mpsc::sync_channel(1);
    let see = move |event| {
        if event == Event::Joined {
            // Told once; nobody waits for a second one.
            let _ = joined.try_send(());
        }
    };
    let sender = join(SENDER.to_owned(), CAMERA, "tone", sender_stays, Box::new(see))?;
    is_joined
        .recv_timeout(JOIN_WITHIN)
        .map_err(|_| Failure::TooLong { what: "the sender's join".into(), seconds: JOIN_WITHIN.as_secs() })?;
    let watching = (1..=receivers)
        .map(|number| join(format!("Receiver {number}"), "off", "off", duration, Box::new(|_| ())))
        .collect::<Result<Vec<_>, _>>()?;

    let received = watching
        .into_iter()
        .map(|(participant, report)| {
            participant.wait(duration + GRACE)?;
            received(&read(&report)?)
        })
        .collect::<Result<Vec<_>, _>>()?;
    sender.0.wait(GRACE)?;
    let report = read(&sender.1)?;
    let encoded =
        report.encoders.iter().map(|encoder| EncodedLayer { layer: encoder.layer.clone(), frames: encoder.frames });
    Ok(CallRun {
        receivers,
        seconds: sender_stays.as_secs_f64(),
        sender_cpu_ms: report.cpu_ms,
        sender_memory_bytes: report.rss_peak_bytes,
        encoded: encoded.collect(),
        received,
    })
}

fn report_path(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let path = folder.join(format!("{}.json", name.to_lowercase().replace(' ', "-")));
    // A report left over from an earlier call must not pass for one of this call.
    match std::fs::remove_file(&path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Failure::File { path, source }),
        _ => Ok(path),
    }
}

fn read(path: &Path) -> Result<Report, Failure> {
    let text = std::fs::read(path).map_err(|source| Failure::File { path: path.to_owned(), source })?;
    serde_json::from_slice(&text).map_err(|error| Failure::UnexpectedOutput {
        from: "conclave-headless --report".into(),
        detail: error.to_string(),
    })
}

/// What a receiver had of the sender; nothing at all is a failed measurement, not a figure.
fn received(report: &Report) -> Result<Received, Failure> {
    let nothing = |detail: &str| Failure::UnexpectedOutput { from: "a receiver".into(), detail: detail.to_owned() };
    let sender = |peer: &&Peer| peer.name.as_deref() == Some(SENDER);
    let peer = report.peers.iter().find(sender).ok_or_else(|| nothing("it never met the sender"))?;
    let (Some(first_picture_ms), Some(latency_p50_ms), Some(latency_p95_ms)) =
        (peer.first_video_ms, peer.video.latency_ms.p50, peer.video.latency_ms.p95)
    else {
        return Err(nothing("it got no picture"));
    };
    Ok(Received {
        latency_p50_ms,
        latency_p95_ms,
        first_picture_ms,
        fps: peer.video.fps,
        width: peer.video.width,
        height: peer.video.height,
        freezes: peer.video.freezes,
        cpu_ms: report.cpu_ms,
        memory_bytes: report.rss_peak_bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(latency: &str) -> Report {
        let text = format!(
            r#"{{"name":"Receiver 1","joined_ms":20,"cpu_ms":900,"rss_peak_bytes":60000000,"encoders":[],
            "peers":[{{"id":"A","name":"Sender","connected_ms":90,"first_video_ms":210,"first_audio_ms":120,
            "video":{{"frames":400,"width":1280,"height":720,"fps":29.9,"freezes":0,"freeze_ms":0,"keyframes":1,
            "latency_ms":{latency}}},"audio":{{"packets":1}},"network":{{}}}}]}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_receiver_s_report_gives_its_figures() {
        let received = received(&report(r#"{"p50":12.5,"p95":20.0,"max":31.0}"#)).unwrap();
        assert_eq!(received.first_picture_ms, 210);
        assert!((received.latency_p95_ms - 20.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_receiver_without_pictures_is_a_failure_and_not_a_zero() {
        assert!(received(&report(r#"{"p50":null,"p95":null,"max":null}"#)).is_err());
    }
}
