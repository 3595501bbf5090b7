//! A participant that dies without a word is gone for the others in bounded time, and their own call goes on.

use std::time::{Duration, Instant};

use conclave_tests::rigs::Result;
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::process::Signal;
use conclave_tests::rigs::server::Server;

const SOON: Duration = Duration::from_secs(5);
/// Its silence is noticed after three seconds, and so shown.
const INTERRUPTED_WITHIN: Duration = Duration::from_secs(6);
/// Its place in the room is kept for thirty seconds in case it returns.
const GONE_WITHIN: Duration = Duration::from_secs(45);

#[test]
fn a_crashed_participant_disappears() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let participant = |name: &str| {
        ParticipantBuilder::new(&link, name)
            .camera("pattern:640x360@30")
            .microphone("tone")
            .view(640, 360)
            .stay(Duration::from_secs(120))
    };
    let (ada, bob, cleo) = (participant("Ada").start()?, participant("Bob").start()?, participant("Cleo").start()?);
    ada.wait_until_connected_to("Bob", SOON)?;
    bob.wait_until_connected_to("Ada", SOON)?;
    let Event::Joined { participant: gone } = cleo.wait_until_joined()?.event else { unreachable!() };
    for participant in [&ada, &bob] {
        participant.wait_until_connected_to("Cleo", SOON)?;
    }

    cleo.signal(Signal::Kill)?;
    let killed = Instant::now();
    for participant in [&ada, &bob] {
        participant.wait_for("Cleo's silence to be noticed", INTERRUPTED_WITHIN, |event| {
            *event == Event::Reconnecting { peer: gone }
        })?;
    }
    for participant in [&ada, &bob] {
        let left =
            participant.wait_for("Cleo's disappearance", GONE_WITHIN.saturating_sub(killed.elapsed()), |event| {
                *event == Event::Left { peer: gone }
            })?;
        eprintln!("gone for {} after {:?}", participant.process().name(), left.at - killed);
    }

    let (bob, ada) = (bob.leave()?, ada.leave()?);
    for (report, other) in [(&ada, "Bob"), (&bob, "Ada")] {
        let peer = report.peer(other)?;
        assert_eq!((peer.video.freezes, peer.links_built), (0, 1), "{}: {peer:?}", report.name);
    }
    Ok(())
}
