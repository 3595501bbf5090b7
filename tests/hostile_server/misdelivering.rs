//! The server delivers to the wrong one, in the wrong name, or makes itself a participant.

use std::collections::HashMap;

use conclave_protocol::notice::SecurityProblem;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::hostile_server::{Client, Passing, Way};
use serde_json::Value;

use crate::bob::With;
use crate::scene::{ADA, BOB, SOON, Scene, assert_only_proven};

fn ones_own_words_are_not_taken_for_anothers(bob: With) -> Result<()> {
    let scene = Scene::between_two(bob, |relayed, passing| {
        // What Bob says to Ada comes back to Bob in her name.
        if relayed.to == ADA {
            let mut back = passing;
            back.client = BOB;
            back.message["from"] = Value::String("AAAAAAAAAAAAAAAAAAAAAA".to_owned());
            return vec![back];
        }
        Vec::new()
    })?;
    scene.assert_nothing_flowed()
}

/// Reflected with the right name: the sender that the server stamps is the other's.
fn a_reflected_hello_is_not_believed(bob: With) -> Result<()> {
    let mut ids: HashMap<Client, Value> = HashMap::new();
    let scene = Scene::meddled(bob, move |passing: Passing| {
        if passing.way == Way::ToClient && passing.message["type"] == "welcome" {
            ids.insert(passing.client, passing.message["participant"].clone());
        }
        let (Some(ada), Some(bob)) = (ids.get(&ADA), ids.get(&BOB)) else { return vec![passing] };
        let Some(relayed) = passing.relayed() else { return vec![passing] };
        let from_bob = Some(relayed.from.as_str()) == bob.as_str();
        if relayed.to == ADA && from_bob {
            let mut back = passing;
            back.client = BOB;
            back.message["from"] = ada.clone();
            return vec![back];
        }
        if relayed.to == BOB && Some(relayed.from.as_str()) == ada.as_str() {
            return Vec::new();
        }
        vec![passing]
    })?;
    scene.wait_for_bobs_problem(SecurityProblem::Forged)?;
    scene.assert_nothing_flowed()
}

fn an_offer_to_one_delivered_to_another_is_not_believed(bob: With) -> Result<()> {
    const CLEO: Client = Client(2);
    let scene = Scene::between_two(bob, |relayed, passing| {
        let mut astray = passing;
        astray.client = if relayed.to == ADA { CLEO } else { ADA };
        vec![astray]
    })?;
    // To those whom it was for it is as if it had been lost: they are told when it goes on.
    scene.bob.wait_for_trouble(8 * SOON)?;
    scene.assert_nothing_flowed()
}

fn a_message_in_anothers_name_is_not_believed(bob: With) -> Result<()> {
    let mut ids: HashMap<Client, Value> = HashMap::new();
    let scene = Scene::meddled(bob, move |mut passing: Passing| {
        if passing.way == Way::ToClient && passing.message["type"] == "welcome" {
            ids.insert(passing.client, passing.message["participant"].clone());
        }
        // What Cleo says to Ada comes in Bob's name as well, before Bob's own.
        if let (Some(relayed), Some(bob)) = (passing.relayed(), ids.get(&BOB))
            && relayed.to == ADA
            && Some(relayed.from.as_str()) != bob.as_str()
        {
            let honest = passing.clone();
            passing.message["from"] = bob.clone();
            return vec![honest, passing];
        }
        vec![passing]
    })?;
    scene.wait_for_adas_problem(SecurityProblem::Forged)?;
    scene.ada.wait_until_connected_to("Bob", SOON)?;
    scene.wait_for_the_honest()
}

/// The server says that both came first, so that both wait for an offer, or that both came last.
fn swapped_roles_make_no_link_that_is_not_proven(bob: With) -> Result<()> {
    let scene = Scene::meddled(bob, |mut passing: Passing| {
        if passing.client == ADA && passing.way == Way::ToClient && passing.message["type"] == "joined" {
            passing.message["member"]["order"] = Value::from(0);
        }
        vec![passing]
    })?;
    // Of those who believe the server some may never meet.
    drop(scene.wait_for_the_honest());
    // While Ada is there: whoever leaves is heard no more, by those either who had proof.
    scene.bob.leave_with_proof_only()?;
    assert_only_proven(&scene.ada.leave()?);
    Ok(())
}

/// A stranger whom the server lists, and who has no link: there is nothing they can say.
fn a_participant_that_the_server_makes_up_is_nobody(bob: With) -> Result<()> {
    let stranger = "BBBBBBBBBBBBBBBBBBBBBA";
    let scene = Scene::meddled(bob, move |passing: Passing| {
        let is_welcome = passing.way == Way::ToClient && passing.message["type"] == "welcome";
        if !is_welcome || passing.client != ADA {
            return vec![passing];
        }
        let say = |message: Value| Passing { message, ..passing.clone() };
        let joined = say(serde_json::json!({"type": "joined", "member": {"participant": stranger, "order": 99}}));
        let hello = say(
            serde_json::json!({"type": "relayed", "from": stranger, "payload": "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8w"}),
        );
        vec![passing, joined, hello]
    })?;
    scene.wait_for_adas_problem(SecurityProblem::Forged)?;
    scene.wait_for_the_honest()?;
    assert_only_proven(&scene.ada.leave()?);
    Ok(())
}

attacks!(
    ones_own_words_are_not_taken_for_anothers,
    a_reflected_hello_is_not_believed,
    an_offer_to_one_delivered_to_another_is_not_believed,
    a_message_in_anothers_name_is_not_believed,
    swapped_roles_make_no_link_that_is_not_proven,
    a_participant_that_the_server_makes_up_is_nobody,
);
