//! Several people of one process are as many participants to the others.

use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::crowd::Crowd;
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::server::Server;

const PEOPLE: usize = 3;

#[test]
fn a_crowd_shows_one_camera() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let crowd = Crowd::start(&link, PEOPLE, "pattern:320x180@15")?;
    let ada = ParticipantBuilder::new(&link, "Ada").view(320, 180).stay(Duration::from_secs(5)).start()?.finish()?;
    drop(crowd);
    for number in 1..=PEOPLE {
        let peer = ada.peer(&format!("Person {number}"))?;
        assert!(peer.video.fps >= 13.0, "{peer:?}");
    }
    Ok(())
}
