//! Somebody is put out of the room, and stays out.

use std::time::{Duration, Instant};

use conclave_protocol::signalling::{Access, SignallingError};
use conclave_protocol::snapshot::EndReason;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::event::Event;

use crate::scene::{SOON, Scene, wait_for_end, was_connected};

#[test]
fn one_who_is_put_out_is_gone_within_a_second_and_the_others_call_goes_on() -> Result<()> {
    let scene = Scene::made_with(&[])?;
    let mut ada = scene.host()?;
    let [bob, mallory] = ["Bob", "Mallory"].map(|name| scene.participant(name).start());
    let (bob, mallory) = (bob?, mallory?);
    for (one, other) in [(&bob, "Ada"), (&mallory, "Ada"), (&bob, "Mallory"), (&mallory, "Bob"), (&ada, "Mallory")] {
        one.wait_until_connected_to(other, SOON)?;
    }
    let id = mallory.id()?;
    let kicked = Instant::now();
    ada.command_about("kick", id)?;
    for participant in [&ada, &bob] {
        let gone = participant.wait_for(
            "Mallory's going",
            SOON,
            |event| matches!(event, Event::Left { peer } if *peer == id),
        )?;
        assert!(gone.at.duration_since(kicked) < Duration::from_secs(1), "{:?}", gone.at.duration_since(kicked));
    }
    let (reason, log) = wait_for_end(mallory)?;
    let removed = EndReason::Refused { error: SignallingError::Removed };
    assert!(reason == EndReason::Removed || reason == removed, "{reason:?}");
    assert!(log.contains("removed"), "{log}");
    bob.wait_for(
        "that newcomers are asked",
        SOON,
        |event| matches!(event, Event::Governance { governance } if governance.access == Access::Lobby),
    )?;
    // Back with the old link and its device, and with another device.
    let mallory = scene.participant("Mallory").start()?;
    let disguised = scene.participant("Mallory in disguise").start()?;
    ada.wait_for_knock_of("Mallory in disguise")?;
    assert!(!was_connected(&mallory) && !was_connected(&disguised));
    // A guest who is welcome.
    let cleo = scene.let_in(&mut ada, "Cleo")?;
    cleo.wait_until_connected_to("Bob", SOON)?;
    let report = bob.leave()?;
    assert_eq!(report.peer("Ada")?.links_built, 1);
    for stranger in [mallory, disguised] {
        let report = stranger.leave();
        if let Ok(report) = report {
            assert!(report.peers.iter().all(|peer| !peer.verified && peer.audio.packets == 0), "{report:?}");
        }
    }
    Ok(())
}
