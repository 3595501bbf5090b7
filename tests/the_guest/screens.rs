//! Screens in a call with a guest: on a line that was there from the start.

use std::time::Duration;

use conclave_protocol::line::LineState;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::browser::{BrowserKind, Locator};
use conclave_tests::rigs::display::Display;
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::painter::{Area, Painter, luma};
use conclave_tests::rigs::picture::look_at_y4m;
use serde_json::json;

use crate::scene::{GUEST, OTHER, SOON, Scene, assert_one_link, guest_id, saved_of, wait_for_link};

const ORANGE: [u8; 3] = [240, 140, 20];
/// What is shared is seen for this long.
const SHARED: Duration = Duration::from_secs(3);

#[test]
fn what_a_guest_shares_is_seen_until_it_stops_sharing() -> Result<()> {
    let scene = Scene::set()?;
    let bob = scene.other().view_screens(1280, 720).save_screens(scene.folder.path()).start()?;
    bob.wait_until_joined()?;
    let display = Display::start(1280, 800)?;
    // Its window takes the left half, the painted one the right.
    let ada = scene.browser(BrowserKind::Chromium).display(&display).size(640, 800).start()?;
    ada.join(&scene.link, GUEST)?;
    wait_for_link(&bob, conclave_tests::rigs::process::Mark::default())?;
    let painter = Painter::start(&display)?;
    painter.open("Slides", Area::new(640, 0, 640, 800), ORANGE)?;

    let before = bob.mark();
    ada.click(&Locator::button("Share a screen or window"))?;
    let becomes = |from, state: LineState| {
        bob.wait_for_after(
            from,
            "the guest's screen",
            SOON,
            |event| matches!(event, Event::Screen { state: told, .. } if *told == state),
        )
    };
    becomes(before, LineState::Live)?;
    std::thread::sleep(SHARED);
    let shared = bob.mark();
    ada.click(&Locator::button("Stop sharing"))?;
    becomes(shared, LineState::Off)?;
    assert_one_link(&ada, 1)?;
    let id = guest_id(&bob)?;
    let report = bob.leave()?;

    let screen = &report.peer(GUEST)?.screen;
    eprintln!("{screen:?}");
    assert_eq!((screen.width, screen.height), (1280, 800));
    let files = saved_of(id, scene.folder.path())?;
    let last = files.last().expect("a screen was saved");
    let right_half = look_at_y4m(last, |picture| picture.luma_at(960, 400))?;
    let astray = right_half.iter().flatten().filter(|seen| seen.abs_diff(luma(ORANGE)) > 6).count();
    assert!(astray < right_half.len() && right_half.iter().all(Option::is_some), "{right_half:?}");
    assert!(
        right_half.last().copied().flatten().is_some_and(|seen| seen.abs_diff(luma(ORANGE)) <= 6),
        "{right_half:?}"
    );
    Ok(())
}

#[test]
fn a_guest_sees_the_screen_that_somebody_shares_later() -> Result<()> {
    let scene = Scene::set()?;
    let (mut bob, ada) = scene.call_with(scene.other())?;
    ada.wait_for_picture(OTHER)?;
    bob.command(&json!({ "command": "share", "screen": "pattern:1280x720@5" }))?;
    let screen = format!("{OTHER}’s screen");
    ada.wait_for(&Locator::tile(&screen))?;
    ada.wait_for_picture(&screen)?;
    let drawn = ada.watch(&screen, SHARED)?;
    assert!(drawn.distinct() >= 5 && drawn.steps_back() == 0, "{:?}", drawn.numbers());
    assert!(drawn.sizes().contains(&(1280, 720)), "{:?}", drawn.sizes());
    bob.command(&json!({ "command": "stop_sharing" }))?;
    ada.wait_until_gone(&Locator::tile(&screen))?;
    assert_one_link(&ada, 1).map(drop)
}
