//! A room that a leaked link alone doesn't open.

use conclave_protocol::notice::SecurityProblem;
use conclave_tests::rigs::Result;

use crate::scene::{SOON, Scene, was_connected};

#[test]
fn the_password_is_needed_beside_the_link() -> Result<()> {
    let scene = Scene::made_with(&["--password", "lusab-babad"])?;
    let ada = scene.participant("Ada").password("lusab-babad").start()?;
    ada.wait_until_joined()?;
    let bob = scene.participant("Bob").password("lusab-babad").start()?;
    bob.wait_until_connected_to("Ada", SOON)?;
    for (name, password) in [("Mallory", Some("lusab-babab")), ("Eve", None)] {
        let intruder = scene.participant(name);
        let intruder = match password {
            Some(password) => intruder.password(password),
            None => intruder,
        };
        let intruder = intruder.start()?;
        intruder.wait_for("the notice", SOON, |event| event.is_security(SecurityProblem::OtherKey))?;
        ada.wait_for("the notice", SOON, |event| event.is_security(SecurityProblem::OtherKey))?;
        assert!(!was_connected(&intruder), "{name}");
        let report = intruder.leave()?;
        assert!(report.peers.iter().all(|peer| !peer.verified && peer.video.frames == 0 && peer.audio.packets == 0));
    }
    assert!(bob.leave()?.peer("Ada")?.verified);
    Ok(())
}

#[test]
fn a_host_that_mistypes_it_is_told_before_it_joins() -> Result<()> {
    let scene = Scene::made_with(&["--password", "lusab-babad"])?;
    for (password, complaint) in [(Some("lusab-babab"), "not the password"), (None, "has a password")] {
        let ada = scene.participant("Ada");
        let ada = match password {
            Some(password) => ada.password(password),
            None => ada,
        };
        let mut ada = ada.start()?;
        let finished = ada.wait_for_end(SOON)?;
        assert!(!finished.status.success() && finished.log.contains(complaint), "{}", finished.log);
    }
    let ada = scene.participant("Ada").password("lusab-babad").start()?;
    ada.wait_until_joined()?;
    ada.leave()?;
    Ok(())
}
