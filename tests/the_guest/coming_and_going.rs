//! Guests who leave, come back, or are gone.

use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::browser::Locator;
use conclave_tests::rigs::event::Event;

use crate::scene::{GUEST, OTHER, SOON, Scene, assert_is_drawn, assert_one_link, wait_for_link};

/// Until somebody who said nothing counts as gone.
const MISSED_WITHIN: Duration = Duration::from_secs(60);

#[test]
fn a_guest_who_left_comes_back_after_loading_the_page_again() -> Result<()> {
    let scene = Scene::set()?;
    let (bob, ada) = scene.call_with(scene.other().stay(MISSED_WITHIN))?;
    assert_is_drawn(&ada, OTHER, 40)?;
    let before = bob.mark();
    ada.click(&Locator::button("Leave"))?;
    bob.wait_for_after(before, "the guest's leaving", SOON, |event| matches!(event, Event::Left { .. }))?;
    ada.wait_until("the cameras to be given back", SOON, || Ok(!scene.desk.pattern.is_in_use()))?;

    // The key is not in the address any more; the tab has kept it.
    let before = bob.mark();
    ada.reload()?;
    ada.join_from_invitation(GUEST)?;
    wait_for_link(&bob, before)?;
    assert_is_drawn(&ada, OTHER, 40)?;
    assert_one_link(&ada, 1).map(drop)
}

#[test]
fn a_guest_who_goes_to_another_page_is_missed_at_once() -> Result<()> {
    let scene = Scene::set()?;
    let (bob, ada) = scene.call_with(scene.other())?;
    let before = bob.mark();
    ada.open("about:blank")?;
    bob.wait_for_after(before, "the guest's leaving", SOON, |event| matches!(event, Event::Left { .. }))?;
    Ok(())
}

#[test]
fn the_key_is_in_no_address_once_the_page_has_read_it() -> Result<()> {
    let scene = Scene::set()?;
    let (_bob, ada) = scene.call_with(scene.other())?;
    let address = ada.script("return location.href", &[])?;
    let (_, key) = scene.link.split_once('#').unwrap_or_default();
    assert!(!key.is_empty() && !address.to_string().contains(key), "{address}");
    assert!(!scene.server.process().log().contains(key));
    Ok(())
}
