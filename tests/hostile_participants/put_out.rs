//! Somebody who was put out comes back, and the server has forgotten it.

use std::time::Duration;

use conclave_protocol::notice::SecurityProblem;
use conclave_protocol::snapshot::EndReason;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::hostile_participant::description;

use crate::scene::{SOON, Scene, assert_nobody_but, id_of, signed};

#[test]
fn one_who_was_put_out_gets_nowhere_with_the_old_link() -> Result<()> {
    let mut scene = Scene::made_with(&[])?;
    let eve = scene.participant("Eve").start()?;
    eve.wait_until_connected_to("Ada", SOON)?;
    eve.wait_until_connected_to("Bob", SOON)?;
    scene.ada.wait_until_connected_to("Eve", SOON)?;
    scene.ada.command_about("kick", id_of(&eve)?)?;
    let reason = eve.find("the end of the call", SOON, |event| match event {
        Event::Ended { reason } => Some(reason),
        _ => None,
    })?;
    assert_eq!(reason, EndReason::Removed, "its own program was told, by the host and not by the server");
    drop(eve);
    // With its device and what the host may have signed for it before.
    let device = scene.key_of("Eve");
    let old = signed(scene.admission_of(&device), &scene.key_of("Ada"));
    let mut returned = scene.mallory(device)?;
    for participant in [&scene.ada, &scene.bob] {
        let peer = id_of(participant)?;
        assert!(!returned.is_answered_by(peer, Duration::from_millis(500))?);
        participant.wait_for("the notice", SOON, |event| event.is_security(SecurityProblem::Removed))?;
    }
    // With another device, and the old admission.
    let device = scene.key_of("Eve in disguise");
    let mut disguised = scene.mallory(device)?;
    let host = id_of(&scene.ada)?;
    disguised.greet(host)?;
    disguised.show(host, &[old])?;
    disguised.offer(host, &description()?)?;
    assert!(!disguised.is_answered_by(id_of(&scene.bob)?, Duration::from_millis(500))?, "Bob greets in the new epoch");
    // With her own program once more.
    let eve = scene.participant("Eve").identity(&scene.device_file("Eve in disguise")).start()?;
    eve.wait_until_joined()?;
    scene.ada.wait_for_knock_of("Eve")?;
    let report = eve.leave()?;
    assert_nobody_but(&report, "nobody");
    scene.assert_the_two_are_undisturbed_by(Some("Eve"))
}

#[test]
fn everything_of_an_epoch_that_is_over_said_again_changes_nothing() -> Result<()> {
    let mut scene = Scene::made_with(&[])?;
    let eve = scene.participant("Eve").start()?;
    eve.wait_until_connected_to("Ada", SOON)?;
    eve.wait_until_connected_to("Bob", SOON)?;
    scene.ada.wait_until_connected_to("Eve", SOON)?;
    let id = id_of(&eve)?;
    scene.ada.command_about("kick", id)?;
    scene.bob.wait_for("Eve's going", SOON, |event| matches!(event, Event::Left { peer } if *peer == id))?;
    scene.say_all_again();
    let cleo = scene.participant("Cleo").start()?;
    let knocking = scene.ada.wait_for_knock_of("Cleo")?;
    scene.ada.command_about("admit", knocking)?;
    cleo.wait_until_connected_to("Ada", SOON)?;
    // A link that was begun in the former epoch is begun anew.
    cleo.wait_until_connected_to("Bob", 3 * SOON)?;
    scene.bob.wait_for("the notice", SOON, |event| {
        event.is_security(SecurityProblem::Removed) || event.is_security(SecurityProblem::Replayed)
    })?;
    cleo.leave()?;
    scene.assert_the_two_are_undisturbed_by(Some("Eve"))
}
