//! One call on loopback: a sender with the moving pattern, and receivers that only watch and listen.

use std::path::Path;
use std::time::Duration;

use super::figures::{CallRun, EncodedLayer, Received};
use super::report::{self, Peer, Report};
use crate::failure::Failure;
use crate::participant::{Participant, Reach, Seat, create_room};
use crate::programs::Programs;
use crate::room_server::RoomServer;

const SENDER: &str = "Sender";
/// [`CAMERA_FPS`](super::figures::CAMERA_FPS) pictures a second.
const CAMERA: &str = "pattern:1280x720@30";
/// How much longer than the receivers the sender stays, so that all of them are served to their end.
const SENDER_STAYS_ON: Duration = Duration::from_secs(1);
/// How much longer than planned a call may take before it counts as hung.
const GRACE: Duration = Duration::from_secs(30);

/// Holds the call and gives what its participants reported.
pub(super) fn hold(programs: &Programs, folder: &Path, receivers: u8, duration: Duration) -> Result<CallRun, Failure> {
    let server = RoomServer::start(programs)?;
    let link = create_room(programs, server.url())?;
    let seat = |name: String, camera, microphone, stay| {
        let report = report::path_for(folder, &name)?;
        let seat = Seat {
            name,
            camera,
            microphone,
            speaker: "null",
            reach: Reach::ThisComputer,
            stay: Some(stay),
            report: Some(report.clone()),
        };
        Ok::<_, Failure>((seat, report))
    };

    let sender_stays = duration + SENDER_STAYS_ON;
    let (seat_of_sender, sender_report) = seat(SENDER.to_owned(), CAMERA, "tone", sender_stays)?;
    let sender = Participant::join_first(programs, &link, &seat_of_sender)?;
    let watching = (1..=receivers)
        .map(|number| {
            let (seat, report) = seat(format!("Receiver {number}"), "off", "off", duration)?;
            Ok((Participant::join(programs, &link, &seat, |_| ())?, report))
        })
        .collect::<Result<Vec<_>, Failure>>()?;

    let received = watching
        .into_iter()
        .map(|(participant, report)| {
            participant.wait(duration + GRACE)?;
            received(&report::read(&report)?)
        })
        .collect::<Result<Vec<_>, _>>()?;
    sender.wait(GRACE)?;
    let report: Report = report::read(&sender_report)?;
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
