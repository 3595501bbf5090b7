//! Who leaves is gone at once for the others, and may come back as often as they like.

use std::time::{Duration, Instant};

use conclave_tests::rigs::Result;
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::server::Server;

const SOON: Duration = Duration::from_secs(5);
const AT_ONCE: Duration = Duration::from_secs(1);

#[test]
fn leaving_is_told_at_once_and_rejoining_works() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let participant = |name: &str| {
        ParticipantBuilder::new(&link, name).camera("pattern:640x360@30").microphone("tone").view(640, 360)
    };
    let ada = participant("Ada").start()?;
    ada.wait_until_joined()?;
    for visit in 1..=3 {
        let mark = ada.mark();
        let bob = participant("Bob").start()?;
        let connected = ada.wait_for_after(
            mark,
            "Bob's coming",
            SOON,
            |event| matches!(event, Event::Connected { name: Some(name), .. } if name == "Bob"),
        )?;
        let Event::Connected { peer, .. } = connected.event else { unreachable!() };
        bob.wait_until_connected_to("Ada", SOON)?;
        std::thread::sleep(Duration::from_secs(2));
        let leaving = Instant::now();
        let report = bob.leave()?;
        let left = ada.wait_for_after(mark, "Bob's leaving", SOON, |event| *event == Event::Left { peer })?;
        let told_after = left.at.saturating_duration_since(leaving);
        assert!(told_after <= AT_ONCE, "visit {visit}: told after {told_after:?}");
        let of_ada = report.peer("Ada")?;
        eprintln!("visit {visit}: left after {told_after:?}, {:?}", of_ada.video);
        assert!(of_ada.video.frames >= 28, "visit {visit}: {:?}", of_ada.video);
        assert!(of_ada.audio.packets >= 50, "visit {visit}: {:?}", of_ada.audio);
    }
    let ada = ada.leave()?;
    let visits: Vec<_> = ada.peers.iter().filter(|peer| peer.name.as_deref() == Some("Bob")).collect();
    assert_eq!(visits.len(), 3);
    for visit in visits {
        assert!(visit.video.frames >= 28, "{visit:?}");
    }
    Ok(())
}
