//! The server says things again, later or never.

use std::time::Duration;

use conclave_protocol::notice::SecurityProblem;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::hostile_server::Passing;

use crate::bob::With;
use crate::scene::{SOON, Scene, is_hello, room_code};

/// A call is good in spite of the server: nothing is believed twice.
fn assert_good_call(scene: Scene) -> Result<()> {
    scene.wait_until_all_are_connected(SOON)?;
    std::thread::sleep(Duration::from_secs(1));
    let code = room_code(&scene.ada);
    let others = [room_code(&scene.cleo), scene.bob.room_code().or_else(|| code.clone())];
    assert!(code.is_some() && others.iter().all(|other| *other == code), "{code:?} {others:?}");
    scene.bob.leave_with_ada()?;
    let ada = scene.ada.leave()?;
    let bob = ada.peer("Bob")?;
    assert!(bob.verified && bob.video.frames > 0 && bob.audio.packets > 0, "{bob:?}");
    Ok(())
}

fn everything_said_twice_is_believed_once(bob: With) -> Result<()> {
    let scene = Scene::between_two(bob, |_, passing| vec![passing.clone(), passing])?;
    scene.ada.wait_until_connected_to("Bob", SOON)?;
    scene.wait_for_adas_problem(SecurityProblem::Replayed)?;
    assert_good_call(scene)
}

fn an_old_session_said_again_changes_nothing(bob: With) -> Result<()> {
    let mut said: Vec<Passing> = Vec::new();
    let scene = Scene::between_two(bob, move |_, passing| {
        // Everything that was said so far follows each message, half a second later.
        let again = said.iter().cloned().map(|old| Passing { delay: Duration::from_millis(500), ..old });
        let all = std::iter::once(passing.clone()).chain(again).collect();
        if said.len() < 24 {
            said.push(passing);
        }
        all
    })?;
    scene.ada.wait_until_connected_to("Bob", SOON)?;
    assert_good_call(scene)
}

fn only_old_words_open_nothing(bob: With) -> Result<()> {
    // The first Hello is all that ever comes, again and again.
    let mut first: Option<Vec<u8>> = None;
    let scene = Scene::between_two(bob, move |relayed, passing| {
        if is_hello(&relayed.payload) && relayed.to == crate::scene::ADA {
            let payload = first.get_or_insert(relayed.payload).clone();
            return vec![passing.with_payload(&payload)];
        }
        Vec::new()
    })?;
    scene.assert_nothing_flowed()
}

fn a_message_dropped_at_any_step_only_delays_the_call(bob: With) -> Result<()> {
    for dropped in 0..6 {
        let mut step = 0;
        let scene = Scene::between_two(bob, move |_, passing| {
            step += 1;
            if step - 1 == dropped { Vec::new() } else { vec![passing] }
        })?;
        // An attempt is given up after eight seconds.
        scene.wait_until_all_are_connected(3 * SOON)?;
        eprintln!("step {dropped} was dropped");
        assert_good_call(scene)?;
    }
    Ok(())
}

fn messages_delayed_at_every_step_only_delay_the_call(bob: With) -> Result<()> {
    let scene = Scene::between_two(bob, |_, passing| vec![Passing { delay: Duration::from_millis(300), ..passing }])?;
    scene.ada.wait_until_connected_to("Bob", 2 * SOON)?;
    scene.bob.wait_until_connected_to("Ada", 2 * SOON)?;
    assert_good_call(scene)
}

attacks!(
    everything_said_twice_is_believed_once,
    an_old_session_said_again_changes_nothing,
    only_old_words_open_nothing,
    a_message_dropped_at_any_step_only_delays_the_call,
    messages_delayed_at_every_step_only_delay_the_call,
);
