//! A page that came over http from another computer: browsers give it no devices.

use conclave_tests::rigs::Result;
use conclave_tests::rigs::browser::{BrowserKind, Locator};

use crate::scene::{GUEST, OTHER, Scene, assert_hears_the_tone, assert_is_drawn, assert_one_link};

#[test]
fn a_guest_without_tls_is_told_why_and_watches_and_listens() -> Result<()> {
    let scene = Scene::set()?;
    let bob = scene.other().start()?;
    bob.wait_until_joined()?;
    let ada = scene.browser(BrowserKind::Chromium).start()?;
    // It leads to the same server, and browsers trust it no more than any other computer's address.
    ada.open(&scene.link.replace("127.0.0.1", "0.0.0.0"))?;
    assert_eq!(ada.script("return isSecureContext", &[])?, false);
    ada.click(&Locator::button("Join in the browser"))?;
    ada.wait_for(&Locator::text("This page can have no camera and no microphone."))?;
    ada.fill(&Locator::field("Your name"), GUEST)?;
    ada.click(&Locator::button("Join to watch and listen"))?;
    assert_is_drawn(&ada, OTHER, 40)?;
    assert_hears_the_tone(&scene.desk.sound)?;
    assert_one_link(&ada, 1)?;
    let report = bob.leave()?;
    let guest = report.peer(GUEST)?;
    assert_eq!((guest.video.frames, guest.audio.packets), (0, 0));
    Ok(())
}
