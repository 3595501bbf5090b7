//! Several people of one process are as many participants to the others, and their camera is encoded once.

use std::time::Duration;

use conclave_tests::rigs::crowd::Crowd;
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::{Result, RigError};

const PEOPLE: usize = 3;
const LOOK: Duration = Duration::from_millis(50);

#[test]
fn a_crowd_shows_one_camera() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let crowd = Crowd::start(&link, PEOPLE, "pattern:320x180@15")?;
    let ada = ParticipantBuilder::new(&link, "Ada").view(320, 180).stay(Duration::from_secs(5)).start()?;
    let (ada, encoders) = std::thread::scope(|scope| {
        let ada = scope.spawn(|| ada.finish());
        let mut most = 0;
        while !ada.is_finished() {
            most = most.max(crowd.encoders()?);
            std::thread::sleep(LOOK);
        }
        Ok::<_, RigError>((ada.join().expect("nothing in it panics")?, most))
    })?;
    for number in 1..=PEOPLE {
        let peer = ada.peer(&format!("Person {number}"))?;
        assert!(peer.video.fps >= 13.0, "{peer:?}");
    }
    assert_eq!(encoders, 1, "encoders at the same time");
    Ok(())
}
