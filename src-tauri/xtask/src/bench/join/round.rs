//! One round: somebody is in a room of a server of its own, and another joins.

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::report;
use crate::failure::Failure;
use crate::interrupt;
use crate::participant::{Participant, Reach, Seat, create_room};
use crate::programs::Programs;
use crate::room_server::RoomServer;

const HOST: &str = "Ada";
const NEWCOMER: &str = "Bob";
/// The smallest and slowest that is still a moving picture: what it costs to encode is not what is measured.
const CAMERA: &str = "pattern:320x180@15";
/// How long the newcomer stays: several times what the first picture takes on a computer of two cores.
const STAY: Duration = Duration::from_secs(2);
/// How much longer than planned a round may take before it counts as hung.
const GRACE: Duration = Duration::from_secs(30);

/// How long the newcomer waited for everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Arrival {
    /// From both being in the room to a link that is usable.
    pub(super) connected_ms: u64,
    /// From the call's start to the server's welcome, in whole milliseconds: what the program does before isn't in it.
    pub(super) joined_ms: u64,
    /// From both being in the room to the first picture.
    pub(super) first_video_ms: u64,
    /// From both being in the room to the first sound.
    pub(super) first_audio_ms: u64,
}

/// A participant's report, as far as every revision writes it.
#[derive(Debug, Deserialize)]
struct Report {
    joined_ms: Option<u64>,
    peers: Vec<Peer>,
}

#[derive(Debug, Deserialize)]
struct Peer {
    name: Option<String>,
    connected_ms: Option<u64>,
    first_video_ms: Option<u64>,
    first_audio_ms: Option<u64>,
}

/// Holds a round with these programs; reports go to `folder`.
pub(super) fn hold(programs: &Programs, folder: &Path) -> Result<Arrival, Failure> {
    let server = RoomServer::start(programs)?;
    let link = create_room(programs, server.url())?;
    let report = report::path_for(folder, NEWCOMER)?;
    // Ended when the round is over; by herself should this program be gone by then.
    let host = Seat { camera: CAMERA, microphone: "tone", ..seat(HOST, STAY + GRACE) };
    let _host = Participant::join_first(programs, &link, &host)?;
    let newcomer = Seat { report: Some(report.clone()), ..seat(NEWCOMER, STAY) };
    Participant::join(programs, &link, &newcomer, |_| ())?.wait(STAY + GRACE)?;
    if interrupt::requested() {
        // The newcomer was asked to leave too, perhaps before there was anything to report.
        return Err(Failure::Interrupted);
    }
    arrival(&report::read(&report)?)
}

/// Somebody who neither shows nor says anything.
fn seat(name: &str, stay: Duration) -> Seat {
    Seat {
        name: name.to_owned(),
        camera: "off",
        microphone: "off",
        speaker: "null",
        reach: Reach::ThisComputer,
        stay: Some(stay),
        report: None,
    }
}

/// What is missing is a failed measurement, not a figure.
fn arrival(report: &Report) -> Result<Arrival, Failure> {
    let missing = |what: &str| Failure::UnexpectedOutput {
        from: "the newcomer".into(),
        detail: format!("{what} within {} s", STAY.as_secs()),
    };
    let is_host = |peer: &&Peer| peer.name.as_deref() == Some(HOST);
    let peer = report.peers.iter().find(is_host).ok_or_else(|| missing("it did not meet the host"))?;
    Ok(Arrival {
        connected_ms: peer.connected_ms.ok_or_else(|| missing("it got no link"))?,
        joined_ms: report.joined_ms.ok_or_else(|| missing("the server did not welcome it"))?,
        first_video_ms: peer.first_video_ms.ok_or_else(|| missing("it got no picture"))?,
        first_audio_ms: peer.first_audio_ms.ok_or_else(|| missing("it got no sound"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(peers: &str) -> Report {
        let text = format!(r#"{{"name":"Bob","joined_ms":20,"cpu_ms":900,"encoders":[],"peers":[{peers}]}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn the_figures_are_those_of_the_host() {
        let other = r#"{"id":"A","name":"Eve","connected_ms":1,"first_video_ms":2,"first_audio_ms":3}"#;
        let host = r#"{"id":"B","name":"Ada","connected_ms":90,"first_video_ms":210,"first_audio_ms":120,
            "verified":true,"links_built":1,"video":{"frames":20}}"#;
        let arrival = arrival(&report(&format!("{other},{host}"))).unwrap();
        let expected = Arrival { connected_ms: 90, joined_ms: 20, first_video_ms: 210, first_audio_ms: 120 };
        assert_eq!(arrival, expected);
    }

    #[test]
    fn a_round_without_host_link_or_picture_is_a_failure_and_not_a_zero() {
        let failure = |peers| arrival(&report(peers)).unwrap_err().to_string();
        assert!(failure("").contains("did not meet the host"));
        let unconnected = r#"{"name":"Ada","connected_ms":null,"first_video_ms":null,"first_audio_ms":null}"#;
        assert!(failure(unconnected).contains("no link within 2 s"));
        let unseen = r#"{"name":"Ada","connected_ms":90,"first_video_ms":null,"first_audio_ms":120}"#;
        assert!(failure(unseen).contains("no picture"));
    }
}
