//! Newcomers wait until the host lets them in.

use conclave_protocol::signalling::{Access, Lock, SignallingError};
use conclave_protocol::snapshot::{EndReason, Office, Recognition};
use conclave_tests::rigs::Result;
use conclave_tests::rigs::event::Event;
use serde_json::json;

use crate::scene::{SOON, Scene, wait_for_end, was_connected};

#[test]
fn whoever_the_host_lets_in_is_seen_and_heard_by_all() -> Result<()> {
    let scene = Scene::made_with(&["--lobby"])?;
    let mut ada = scene.host()?;
    ada.wait_for("being the host of a lobby", SOON, |event| {
        matches!(event, Event::Governance { governance }
            if governance.office == Office::Host && governance.access == Access::Lobby)
    })?;
    let bob = scene.let_in(&mut ada, "Bob")?;
    let cleo = scene.participant("Cleo").start()?;
    cleo.wait_for("waiting", SOON, |event| matches!(event, Event::Waiting))?;
    let id = ada.wait_for_knock_of("Cleo")?;
    assert!(!was_connected(&cleo));
    ada.command_about("admit", id)?;
    cleo.wait_until_connected_to("Ada", SOON)?;
    cleo.wait_until_connected_to("Bob", SOON)?;
    bob.wait_until_connected_to("Cleo", SOON)?;
    // Long enough to be seen and heard.
    std::thread::sleep(std::time::Duration::from_secs(2));
    let report = cleo.leave()?;
    for name in ["Ada", "Bob"] {
        let peer = report.peer(name)?;
        assert!(peer.verified && peer.video.frames > 0 && peer.audio.packets > 0, "{peer:?}");
    }
    assert!(ada.events().iter().all(
        |timed| !matches!(timed.event, Event::Notice { .. } if format!("{:?}", timed.event).contains("Security"))
    ));
    Ok(())
}

#[test]
fn whoever_the_host_refuses_is_told_so_and_sees_nobody() -> Result<()> {
    let scene = Scene::made_with(&["--lobby"])?;
    let mut ada = scene.host()?;
    let mallory = scene.participant("Mallory").start()?;
    let id = ada.wait_for_knock_of("Mallory")?;
    ada.command_about("refuse", id)?;
    assert!(!was_connected(&mallory));
    let (reason, log) = wait_for_end(mallory)?;
    let refused = EndReason::Refused { error: SignallingError::NotAdmitted };
    assert!(reason == EndReason::NotAdmitted || reason == refused, "{reason:?}");
    assert!(log.contains("let"), "{log}");
    assert!(ada.leave()?.peers.is_empty());
    Ok(())
}

#[test]
fn a_locked_room_lets_nobody_in_but_those_who_were_there() -> Result<()> {
    let scene = Scene::made_with(&[])?;
    let mut ada = scene.host()?;
    let bob = scene.participant("Bob").start()?;
    bob.wait_until_connected_to("Ada", SOON)?;
    ada.command(&json!({ "command": "lock" }))?;
    bob.wait_for(
        "the lock",
        SOON,
        |event| matches!(event, Event::Governance { governance } if governance.lock == Lock::Locked),
    )?;
    let stranger = scene.participant("Stranger").start()?;
    assert_eq!(wait_for_end(stranger)?.0, EndReason::Refused { error: SignallingError::Locked });
    bob.leave()?;
    // Its program was started anew.
    let bob = scene.participant("Bob").start()?;
    bob.wait_until_connected_to("Ada", SOON)?;
    ada.command(&json!({ "command": "unlock" }))?;
    let guest = scene.participant("Guest").start()?;
    guest.wait_until_connected_to("Bob", SOON)?;
    guest.wait_until_connected_to("Ada", SOON)?;
    Ok(())
}

#[test]
fn a_guest_can_command_nothing() -> Result<()> {
    let scene = Scene::made_with(&["--lobby"])?;
    let mut ada = scene.host()?;
    let mut bob = scene.let_in(&mut ada, "Bob")?;
    bob.command_about("kick", ada.id()?)?;
    bob.wait_for("the refusal", SOON, |event| {
        let text = format!("{event:?}");
        text.contains("CommandRefused") && text.contains("NotHost")
    })?;
    bob.command(&json!({ "command": "no such thing" }))?;
    bob.command(&json!({ "command": "leave" }))?;
    assert_eq!(wait_for_end(bob)?.0, EndReason::Left);
    ada.leave()?;
    Ok(())
}

#[test]
fn a_device_whose_signs_were_compared_is_known_the_next_time_and_another_under_its_name_is_told() -> Result<()> {
    let scene = Scene::made_with(&[])?;
    let mut ada = scene.host()?;
    let bob = scene.participant("Bob").start()?;
    bob.wait_until_connected_to("Ada", SOON)?;
    let recognised = |as_what: Recognition| move |event: &Event| matches!(event, Event::Recognised { recognition, .. } if *recognition == as_what);
    ada.wait_for("a new device", SOON, recognised(Recognition::New))?;
    ada.command_about("confirm", bob.id()?)?;
    ada.wait_for("the confirmation", SOON, recognised(Recognition::Confirmed))?;
    bob.leave()?;
    ada.leave()?;
    let ada = scene.host()?;
    let bob = scene.participant("Bob").start()?;
    ada.wait_for("a device that is known", SOON, recognised(Recognition::Confirmed))?;
    bob.leave()?;
    let pretender = scene.participant("Bob").identity(&scene.device("Mallory")).start()?;
    ada.wait_for("another device under the name", SOON, recognised(Recognition::NameWithOtherKey))?;
    ada.wait_for("the notice", SOON, |event| {
        event.is_security(conclave_protocol::notice::SecurityProblem::NameWithOtherDevice)
    })?;
    drop(pretender);
    Ok(())
}
