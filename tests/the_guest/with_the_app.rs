//! A guest in a browser and somebody with the app, in a room that the app itself hosts.

use std::path::Path;
use std::time::Duration;

use conclave_tests::rigs::app::{AppBuilder, AppWindow};
use conclave_tests::rigs::browser::{Browser, BrowserKind, Locator};
use conclave_tests::rigs::desk::{Desk, PLAIN_CAMERA};
use conclave_tests::rigs::sound::{Sound, speak};
use conclave_tests::rigs::sound_server::{MICROPHONE_FEED, SPEAKER, SoundServer};
use conclave_tests::rigs::webdriver::DrawnPicture;
use conclave_tests::rigs::{Result, RigError};

use crate::scene::{GUEST, OTHER, SOON, assert_one_link};

const SENTENCE: &str = "A room that locks, whose server can neither listen nor let anyone in.";

/// From the home screen into a new room on this computer; its link.
fn open_room(app: &AppWindow) -> Result<String> {
    app.click(&Locator::button("New room"))?;
    app.click(&Locator::button("Create room"))?;
    app.fill(&Locator::field("Your name"), OTHER)?;
    app.click(&Locator::button("Join"))?;
    app.wait_for(&Locator::text("/j/"))?;
    let script = "return [...document.querySelectorAll('p')].map(p => p.innerText).find(t => t.includes('/j/'))";
    Ok(app.script(script, &[])?.as_str().unwrap_or_default().trim().to_owned())
}

/// What is said into one microphone comes out of the other's speaker.
fn assert_is_heard(said: &Path, from: &SoundServer, to: &SoundServer) -> Result<()> {
    let recording = to.listen_to(SPEAKER)?;
    from.play(said, MICROPHONE_FEED)?.wait_for_exit(2 * SOON)?;
    std::thread::sleep(Duration::from_secs(1));
    let heard = recording.finish()?;
    let found = Sound::read_wav(said)?.find_in(&heard).expect("more was heard than was said");
    eprintln!("{found:?}");
    // Echo and noise are taken out of it, and it is levelled.
    assert!(found.envelope_correlation >= 0.5, "{found:?}");
    Ok(())
}

fn shows_another_camera(page: &Browser) -> Result<bool> {
    let drawn = page.watch(OTHER, Duration::from_millis(300))?;
    Ok(drawn.0.last().is_some_and(|picture: &DrawnPicture| picture.stamp.is_none()))
}

#[test]
fn a_window_and_a_guest_see_and_hear_each_other() -> Result<()> {
    let (at_bob, at_ada) = (Desk::set_up()?, Desk::set_up()?);
    let bob = AppBuilder::new(OTHER).cameras(&at_bob.cameras).sound_server(&at_bob.sound).start()?;
    let link = open_room(&bob)?;
    let ada = conclave_tests::rigs::browser::BrowserBuilder::new(BrowserKind::Chromium, GUEST)
        .cameras(&at_ada.cameras)
        .sound_server(&at_ada.sound)
        .start()?;
    ada.join(&link, GUEST)?;
    ada.wait_for_picture(OTHER)?;
    bob.wait_for_picture(GUEST)?;
    let (by_ada, by_bob) = (ada.watch(OTHER, Duration::from_secs(2))?, bob.watch(GUEST, Duration::from_secs(2))?);
    eprintln!("{} pictures drawn in the page, {} in the window", by_ada.distinct(), by_bob.distinct());
    // A camera begins anew after its sixtieth picture.
    for drawn in [&by_ada, &by_bob] {
        assert!(drawn.distinct() >= 20 && drawn.steps_back() <= 2, "{:?}", drawn.numbers());
    }
    bob.wait_for(&Locator::tile(GUEST).within(&Locator::text("Browser guest")))?;

    let folder = tempfile::tempdir().map_err(RigError::io("making a folder"))?;
    let said = folder.path().join("said.wav");
    speak(SENTENCE, &said)?;
    assert_is_heard(&said, &at_ada.sound, &at_bob.sound)?;
    assert_is_heard(&said, &at_bob.sound, &at_ada.sound)?;

    bob.click(&Locator::button("Choose a camera"))?;
    bob.click(&Locator::choice(PLAIN_CAMERA))?;
    ada.wait_until("Bob's other camera", SOON, || shows_another_camera(&ada))?;
    ada.click(&Locator::button("Leave"))?;
    bob.wait_until_gone(&Locator::tile(GUEST))?;
    assert_one_link(&ada, 1).map(drop)
}
