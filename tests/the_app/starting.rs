//! From nothing to a window that can be used.

use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::{AppBuilder, Locator};

use crate::scene::{SOON, photograph};

#[test]
fn the_first_start_shows_what_can_be_done() -> Result<()> {
    let app = AppBuilder::new("Ada").start()?;
    for button in ["New room", "Try a test call", "Settings"] {
        app.wait_for(&Locator::button(button))?;
    }
    app.wait_for(&Locator::field("Join with a link"))?;
    photograph(&app, "home")
}

#[test]
fn settings_are_kept_from_one_start_to_the_next() -> Result<()> {
    let folder = tempfile::tempdir().map_err(conclave_tests::rigs::RigError::io("making a folder"))?;
    let app = AppBuilder::new("Ada").data(folder.path()).start()?;
    app.click(&Locator::button("Settings"))?;
    app.click(&Locator::tab("Look"))?;
    app.click(&Locator::picker("Theme"))?;
    app.click(&Locator::choice("Dark"))?;
    app.wait_until("the dark theme", SOON, || Ok(theme(&app)? == "dark"))?;
    photograph(&app, "settings-dark")?;
    app.close()?;
    let app = AppBuilder::new("Ada").data(folder.path()).start()?;
    assert_eq!(theme(&app)?, "dark");
    photograph(&app, "home-dark")
}

fn theme(app: &conclave_tests::rigs::app::AppWindow) -> Result<String> {
    let theme = app.script("return document.documentElement.dataset.theme", &[])?;
    Ok(theme.as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_test_call_shows_a_whole_call_to_whoever_is_alone() -> Result<()> {
    let app = AppBuilder::new("Ada").start()?;
    app.click(&Locator::button("Try a test call"))?;
    crate::scene::join_from_lobby(&app, "Ada Lovelace")?;
    for name in ["Ada", "Grace", "Alan"] {
        app.wait_for(&Locator::tile(name))?;
    }
    // Twenty-four pictures a second are drawn of him, and he moves a little from each to the next.
    let moves = |time| app.watch("Alan", time).map(|seen| seen.0.len());
    app.wait_until("Alan moving", SOON, || Ok(moves(Duration::from_millis(300))? > 2))?;
    let moves = moves(Duration::from_secs(3))?;
    assert!(moves >= 15, "Alan moved {moves} times in three seconds");
    photograph(&app, "test-call")
}
