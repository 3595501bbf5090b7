//! The server changes what it relays.

use conclave_protocol::notice::SecurityProblem;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::hostile_server::Passing;

use crate::bob::With;
use crate::scene::{ADA, BOB, Scene, is_envelope, is_hello, is_of_type, kind};

/// Changes one byte of everything that `is_meant`, the `place`-th from the end.
fn altered(passing: Passing, payload: &[u8], place: usize) -> Vec<Passing> {
    let mut payload = payload.to_vec();
    let at = payload.len().saturating_sub(1 + place);
    payload[at] ^= 0x40;
    vec![passing.with_payload(&payload)]
}

fn an_altered_hello_opens_nothing(bob: With) -> Result<()> {
    let scene = Scene::between_two(bob, |relayed, passing| {
        if is_hello(&relayed.payload) { altered(passing, &relayed.payload, 30) } else { vec![passing] }
    })?;
    scene.wait_for_adas_problem(SecurityProblem::Forged)?;
    scene.assert_nothing_flowed()
}

/// Without the link a server can't put its own fingerprint in; whatever it changes is noticed.
fn an_offer_with_another_fingerprint_is_not_believed(bob: With) -> Result<()> {
    let scene = Scene::between_two(bob, |relayed, passing| {
        let is_offers = relayed.to == ADA && is_envelope(&relayed.payload);
        if is_offers { altered(passing, &relayed.payload, 200) } else { vec![passing] }
    })?;
    scene.wait_for_adas_problem(SecurityProblem::Forged)?;
    scene.assert_nothing_flowed()
}

fn an_answer_with_another_fingerprint_is_not_believed(bob: With) -> Result<()> {
    let scene = Scene::between_two(bob, |relayed, passing| {
        if is_of_type(&relayed.payload, kind::ANSWER) { altered(passing, &relayed.payload, 200) } else { vec![passing] }
    })?;
    scene.wait_for_bobs_problem(SecurityProblem::Forged)?;
    scene.assert_nothing_flowed()
}

fn an_offer_and_an_answer_with_other_fingerprints_are_not_believed(bob: With) -> Result<()> {
    let scene = Scene::between_two(bob, |relayed, passing| {
        if is_envelope(&relayed.payload) { altered(passing, &relayed.payload, 40) } else { vec![passing] }
    })?;
    scene.wait_for_adas_problem(SecurityProblem::Forged)?;
    scene.assert_nothing_flowed()
}

/// The connection is up by then; nothing goes over it all the same.
fn no_media_flow_before_the_confirmation(bob: With) -> Result<()> {
    let scene =
        Scene::between_two(
            bob,
            |relayed, passing| {
                if is_of_type(&relayed.payload, kind::CONFIRM) { Vec::new() } else { vec![passing] }
            },
        )?;
    scene.wait_for_the_honest()?;
    std::thread::sleep(std::time::Duration::from_secs(3));
    let ada = scene.ada.leave()?;
    crate::scene::assert_nothing_of(&ada, "Bob");
    // Bob has Ada's proof and may show himself; she neither shows herself nor looks.
    scene.bob.leave_unseen_by_ada()
}

fn a_forged_confirmation_confirms_nothing(bob: With) -> Result<()> {
    let scene = Scene::between_two(bob, |relayed, passing| {
        if is_of_type(&relayed.payload, kind::CONFIRM) { altered(passing, &relayed.payload, 0) } else { vec![passing] }
    })?;
    scene.wait_for_adas_problem(SecurityProblem::Forged)?;
    scene.wait_for_the_honest()?;
    let ada = scene.ada.leave()?;
    crate::scene::assert_nothing_of(&ada, "Bob");
    Ok(())
}

/// An envelope passed off as another kind: its type is bound into its seal.
fn an_envelope_of_another_type_is_not_believed(bob: With) -> Result<()> {
    let scene = Scene::between_two(bob, |relayed, passing| {
        if relayed.to == BOB && is_of_type(&relayed.payload, kind::ANSWER) {
            let mut payload = relayed.payload;
            payload[1] = 1;
            return vec![passing.with_payload(&payload)];
        }
        vec![passing]
    })?;
    scene.wait_for_bobs_problem(SecurityProblem::Forged)?;
    scene.assert_nothing_flowed()
}

/// Fields stripped, and a version that it doesn't have: a Hello's text is sealed, so all the server can do is cut it.
fn a_hello_with_its_fields_cut_off_is_not_believed(bob: With) -> Result<()> {
    let scene = Scene::between_two(bob, |relayed, passing| {
        if is_hello(&relayed.payload) {
            let cut = &relayed.payload[..relayed.payload.len() - 60];
            return vec![passing.with_payload(cut)];
        }
        vec![passing]
    })?;
    scene.wait_for_adas_problem(SecurityProblem::Forged)?;
    scene.assert_nothing_flowed()
}

attacks!(
    an_altered_hello_opens_nothing,
    an_offer_with_another_fingerprint_is_not_believed,
    an_answer_with_another_fingerprint_is_not_believed,
    an_offer_and_an_answer_with_other_fingerprints_are_not_believed,
    no_media_flow_before_the_confirmation,
    a_forged_confirmation_confirms_nothing,
    an_envelope_of_another_type_is_not_believed,
    a_hello_with_its_fields_cut_off_is_not_believed,
);
