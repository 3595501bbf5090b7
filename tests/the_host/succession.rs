//! The host goes, and comes back.

use conclave_protocol::signalling::{Access, Lock};
use conclave_protocol::snapshot::Office;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::participant::Participant;
use conclave_tests::rigs::process::{Mark, Signal};
use serde_json::json;

use crate::scene::{SOON, Scene};

fn wait_for_office(participant: &Participant, since: Mark, expected: Office) -> Result<()> {
    let is_in_office =
        |event: &Event| matches!(event, Event::Governance { governance } if governance.office == expected);
    // Who is killed is missed after some seconds.
    participant.wait_for_after(since, "its office", 4 * SOON, is_in_office)?;
    Ok(())
}

#[test]
fn a_host_that_starts_its_program_anew_has_its_room_as_it_was() -> Result<()> {
    let scene = Scene::made_with(&["--lobby"])?;
    let mut ada = scene.host()?;
    let bob = scene.let_in(&mut ada, "Bob")?;
    ada.command(&json!({ "command": "lock" }))?;
    bob.wait_for(
        "the lock",
        SOON,
        |event| matches!(event, Event::Governance { governance } if governance.lock == Lock::Locked),
    )?;
    ada.signal(Signal::Kill)?;
    drop(ada);
    let mark = bob.mark();
    let ada = scene.host()?;
    ada.wait_until_connected_to("Bob", 4 * SOON)?;
    ada.wait_for("its own rules", SOON, |event| {
        matches!(event, Event::Governance { governance }
            if governance.access == Access::Lobby && governance.lock == Lock::Locked)
    })?;
    bob.wait_for_after(
        mark,
        "a link to Ada",
        SOON,
        |event| matches!(event, Event::Connected { name: Some(name), .. } if name == "Ada"),
    )?;
    Ok(())
}

#[test]
fn a_co_host_lets_people_in_while_the_host_is_gone() -> Result<()> {
    let scene = Scene::made_with(&["--lobby"])?;
    let mut ada = scene.host()?;
    let mut bob = scene.let_in(&mut ada, "Bob")?;
    ada.command(&json!({ "command": "co_hosts", "participants": [bob.id()?] }))?;
    wait_for_office(&bob, Mark::default(), Office::CoHost)?;
    ada.leave()?;
    wait_for_office(&bob, Mark::default(), Office::ActingHost)?;
    let cleo = scene.participant("Cleo").start()?;
    let id = bob.wait_for_knock_of("Cleo")?;
    bob.command_about("admit", id)?;
    cleo.wait_until_connected_to("Bob", SOON)?;
    let mark = bob.mark();
    let ada = scene.host()?;
    ada.wait_until_connected_to("Bob", SOON)?;
    ada.wait_until_connected_to("Cleo", SOON)?;
    wait_for_office(&bob, mark, Office::CoHost)?;
    Ok(())
}

#[test]
fn the_role_is_handed_over_for_good() -> Result<()> {
    let scene = Scene::made_with(&["--lobby"])?;
    let mut ada = scene.host()?;
    let mut bob = scene.let_in(&mut ada, "Bob")?;
    let mark = ada.mark();
    ada.command_about("hand_over", bob.id()?)?;
    wait_for_office(&bob, Mark::default(), Office::Host)?;
    wait_for_office(&ada, mark, Office::Guest)?;
    let cleo = scene.participant("Cleo").start()?;
    let id = bob.wait_for_knock_of("Cleo")?;
    bob.command_about("admit", id)?;
    cleo.wait_until_connected_to("Ada", SOON)?;
    cleo.wait_until_connected_to("Bob", SOON)?;
    Ok(())
}
