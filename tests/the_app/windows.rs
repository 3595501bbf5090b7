//! The window itself: large, small, and nothing but the app in it.

use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::{AppBuilder, AppWindow, Locator};
use conclave_tests::rigs::participant::ParticipantBuilder;
use serde_json::json;

use crate::scene::{SOON, assert_is_drawn, open_room, photograph, stir};

#[test]
fn a_call_goes_on_in_a_small_window_and_back_in_the_large_one() -> Result<()> {
    let ada = AppBuilder::new("Ada").start()?;
    let link = open_room(&ada, "Ada")?;
    let bob = ParticipantBuilder::new(&link, "Bob").camera("pattern:640x360@30").start()?;
    bob.wait_until_connected_to("Ada", SOON)?;
    assert_is_drawn(&ada, "Bob", 30)?;
    let large = size(&ada)?;

    stir(&ada)?;
    ada.press("w")?;
    ada.wait_until("a small window", SOON, || Ok(size(&ada)? == (420, 320)))?;
    assert_is_drawn(&ada, "Bob", 30)?;
    ada.wait_for(&Locator::button("Leave"))?;
    photograph(&ada, "small-window")?;
    ada.click(&Locator::button("Back to the large window"))?;
    ada.wait_until("the large window", SOON, || Ok(size(&ada)? == large))?;
    assert_is_drawn(&ada, "Bob", 30)?;

    ada.press("w")?;
    ada.wait_until("a small window", SOON, || Ok(size(&ada)? == (420, 320)))?;
    ada.click(&Locator::button("Leave"))?;
    // What comes after a call has no place in it.
    ada.wait_until("the large window", SOON, || Ok(size(&ada)? == large))
}

#[test]
fn nothing_of_a_browser_can_be_reached() -> Result<()> {
    let ada = AppBuilder::new("Ada").start()?;
    ada.wait_for(&Locator::button("New room"))?;
    // The browser's own menu has "Reload" in it, which would end a call; so has its key.
    let refused = "
        const event = new (window[arguments[0]])(arguments[1], { ...arguments[2], bubbles: true, cancelable: true });
        return !document.querySelector(arguments[3]).dispatchEvent(event);";
    let refuses = |class: &str, kind: &str, how: serde_json::Value, on: &str| {
        Ok::<_, conclave_tests::rigs::RigError>(
            ada.script(refused, &[json!(class), json!(kind), how, json!(on)])? == json!(true),
        )
    };
    assert!(refuses("MouseEvent", "contextmenu", json!({}), "main")?);
    assert!(refuses("KeyboardEvent", "keydown", json!({ "key": "F5" }), "main")?);
    assert!(refuses("KeyboardEvent", "keydown", json!({ "key": "r", "ctrlKey": true }), "main")?);
    // Where something is written, it is where text is pasted.
    assert!(!refuses("MouseEvent", "contextmenu", json!({}), "input")?);
    assert!(!refuses("KeyboardEvent", "keydown", json!({ "key": "r" }), "input")?);
    Ok(())
}

/// In pixels.
fn size(app: &AppWindow) -> Result<(u64, u64)> {
    let size = app.script("return [innerWidth, innerHeight]", &[])?;
    let side = |index: usize| size[index].as_u64().unwrap_or_default();
    Ok((side(0), side(1)))
}
