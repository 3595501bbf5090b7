//! What a person does in the window, step by step, and where pictures of it are kept.

use std::path::PathBuf;
use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::{AppWindow, Locator};
use conclave_tests::rigs::binaries::profile_directory;
use serde_json::json;

pub(crate) const SOON: Duration = Duration::from_secs(10);

/// Keeps a picture of the window for people to look at, once nothing fades in or out any more:
/// `target/screenshots/app/NAME.png`.
pub(crate) fn photograph(app: &AppWindow, name: &str) -> Result<()> {
    app.wait_until("an end of all that moves", SOON, || {
        let moves =
            "return document.getAnimations().some(moving => moving.effect?.getTiming().iterations !== Infinity)";
        // A page that broke down can't be asked.
        Ok(app.script(moves, &[]).map_or(true, |moves| moves == json!(false)))
    })?;
    let target = profile_directory()?.parent().map(PathBuf::from).unwrap_or_default();
    app.display().photograph(&target.join("screenshots/app").join(format!("{name}.png")))
}

/// From the home screen into a new room on this computer, which it gives the link of.
pub(crate) fn open_room(app: &AppWindow, name: &str) -> Result<String> {
    app.click(&Locator::button("New room"))?;
    app.click(&Locator::button("Create room"))?;
    join_from_lobby(app, name)?;
    link_on_screen(app)
}

/// From the lobby into the call.
pub(crate) fn join_from_lobby(app: &AppWindow, name: &str) -> Result<()> {
    app.fill(&Locator::field("Your name"), name)?;
    app.click(&Locator::button("Join"))?;
    app.wait_for(&Locator::button("Leave"))
}

/// The invite link that whoever is alone is shown.
pub(crate) fn link_on_screen(app: &AppWindow) -> Result<String> {
    app.wait_for(&Locator::text("/j/"))?;
    let script = "return [...document.querySelectorAll('p')].map(p => p.innerText).find(t => t.includes('/j/'))";
    Ok(app.script(script, &[])?.as_str().unwrap_or_default().trim().to_owned())
}

/// Moves the pointer, so that the call's controls show.
pub(crate) fn stir(app: &AppWindow) -> Result<()> {
    let script = "dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX: 5, clientY: 5 }))";
    app.script(script, &[json!(null)]).map(drop)
}

/// Pictures are drawn of somebody's camera, one after the other: at least so many in two seconds.
pub(crate) fn assert_is_drawn(window: &AppWindow, name: &str, least: usize) -> Result<()> {
    window.wait_for(&Locator::tile(name))?;
    window.wait_for_picture(name)?;
    let drawn = window.watch(name, Duration::from_secs(2))?;
    eprintln!("{} pictures of {name} in two seconds, {} of them distinct", drawn.0.len(), drawn.distinct());
    assert!(drawn.distinct() >= least, "{} pictures of {name} in two seconds", drawn.distinct());
    // A camera begins anew after its sixtieth picture.
    assert!(drawn.steps_back() <= 2, "{name}'s pictures go back: {:?}", drawn.numbers());
    Ok(())
}
