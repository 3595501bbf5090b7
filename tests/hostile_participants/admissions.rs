//! Somebody wants to be where only those are whom the host has let in.

use std::time::Duration;

use conclave_keys::epoch::Epoch;
use conclave_keys::identity::DeviceIdentity;
use conclave_keys::session::envelope::EnvelopeType;
use conclave_keys::statement::admission::Admission;
use conclave_protocol::ids::RoomId;
use conclave_protocol::notice::SecurityProblem;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::hostile_participant::description;

use crate::scene::{SOON, Scene, id_of, signed, unix_ms};

/// Shows the host and its guest an admission, and offers them links: neither answers, and both say what is wrong.
fn assert_kept_out(make: impl Fn(&Scene, &DeviceIdentity) -> Vec<u8>, problem: SecurityProblem) -> Result<()> {
    let scene = Scene::made_with(&["--lobby"])?;
    let device = DeviceIdentity::generate().expect("a device");
    let shown = make(&scene, &device);
    let mut mallory = scene.mallory(device)?;
    for participant in [&scene.ada, &scene.bob] {
        let peer = id_of(participant)?;
        mallory.greet(peer)?;
        mallory.show(peer, std::slice::from_ref(&shown))?;
        mallory.offer(peer, &description()?)?;
        participant.wait_for("the notice", SOON, |event| event.is_security(problem))?;
        let heard = mallory.heard_from(peer, Duration::from_millis(500))?;
        let said = [EnvelopeType::Answer, EnvelopeType::Signal, EnvelopeType::EpochSecret];
        assert!(heard.iter().all(|kind| !said.contains(kind)), "{heard:?}");
    }
    scene.assert_the_two_are_undisturbed()
}

#[test]
fn a_forged_admission_lets_nobody_in() -> Result<()> {
    assert_kept_out(
        |scene, device| {
            let mut forged = signed(scene.admission_of(device), &scene.key_of("Ada"));
            let last = forged.len() - 1;
            forged[last] ^= 1;
            forged
        },
        SecurityProblem::ForgedAdmission,
    )
}

#[test]
fn nobody_admits_themselves() -> Result<()> {
    assert_kept_out(|scene, device| signed(scene.admission_of(device), device), SecurityProblem::ForgedAdmission)
}

#[test]
fn a_guest_admits_nobody() -> Result<()> {
    assert_kept_out(
        |scene, device| signed(scene.admission_of(device), &scene.key_of("Bob")),
        SecurityProblem::ForgedAdmission,
    )
}

#[test]
fn an_expired_admission_lets_nobody_in() -> Result<()> {
    assert_kept_out(
        |scene, device| {
            let expired = Admission { expires_at_ms: unix_ms() - 1_000, ..scene.admission_of(device) };
            signed(expired, &scene.key_of("Ada"))
        },
        SecurityProblem::ExpiredAdmission,
    )
}

#[test]
fn an_admission_to_another_room_of_the_host_lets_nobody_in() -> Result<()> {
    assert_kept_out(
        |scene, device| {
            let elsewhere = Admission { room: RoomId([7; 16]), ..scene.admission_of(device) };
            signed(elsewhere, &scene.key_of("Ada"))
        },
        SecurityProblem::OtherRoomsAdmission,
    )
}

#[test]
fn somebody_else_s_admission_lets_nobody_in() -> Result<()> {
    assert_kept_out(
        |scene, _| signed(scene.admission_of(&scene.key_of("Bob")), &scene.key_of("Ada")),
        SecurityProblem::NotAdmitted,
    )
}

/// What all of the above would not show if nobody were let in at all.
#[test]
fn an_admission_by_the_host_lets_in() -> Result<()> {
    let scene = Scene::made_with(&["--lobby"])?;
    let device = DeviceIdentity::generate().expect("a device");
    let shown = signed(Admission { epoch: Epoch::FIRST, ..scene.admission_of(&device) }, &scene.key_of("Ada"));
    let mut guest = scene.mallory(device)?;
    let peer = id_of(&scene.bob)?;
    guest.greet(peer)?;
    guest.show(peer, &[shown])?;
    guest.offer(peer, &description()?)?;
    let heard = guest.heard_from(peer, Duration::from_secs(2))?;
    assert!(heard.contains(&EnvelopeType::Answer), "{heard:?} {}", scene.bob.process().story());
    Ok(())
}
