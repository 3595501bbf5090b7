//! Firefox as Debian installs it has no H.264, which is every room's codec: whoever comes with it is told so, and can
//! talk and listen.

use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::browser::{BrowserKind, Locator};
use conclave_tests::rigs::sound::{Sound, speak};
use conclave_tests::rigs::sound_server::MICROPHONE_FEED;
use serde_json::json;

use crate::scene::{SOON, Scene, assert_hears_the_tone, assert_one_link, guest_id, wait_for_link};

const SENTENCE: &str = "The quick brown fox jumps over the lazy dog, and seven wizards watch it from the balcony.";

#[test]
fn a_guest_with_firefox_is_told_that_it_has_no_video_and_talks_and_listens() -> Result<()> {
    let scene = Scene::set()?;
    let folder = scene.folder.path();
    let mut bob = scene.other().on_the_network().save_audio(folder).stay(8 * SOON).start()?;
    bob.wait_until_joined()?;
    let before = bob.mark();
    let ada = scene.browser(BrowserKind::Firefox).start()?;
    ada.open(&scene.link)?;
    ada.click(&Locator::button("Join in the browser"))?;
    ada.wait_for(&Locator::text("it has no H.264"))?;
    ada.reload()?;
    ada.join_from_invitation(crate::scene::GUEST)?;
    wait_for_link(&bob, before)?;
    assert_hears_the_tone(&scene.desk.sound)?;

    // Whoever talks at the same time as others is taken for their echo in part.
    bob.command(&json!({ "command": "mute" }))?;
    let wav = folder.join("said.wav");
    speak(SENTENCE, &wav)?;
    scene.desk.sound.play(&wav, MICROPHONE_FEED)?.wait_for_exit(2 * SOON)?;
    std::thread::sleep(Duration::from_secs(2));
    assert_one_link(&ada, 1)?;
    let id = guest_id(&bob)?;
    bob.leave()?;
    let (said, heard) = (Sound::read_wav(&wav)?, Sound::read_wav(&folder.join(format!("{}.wav", id.to_text())))?);
    let found = said.find_in(&heard).expect("more was heard than was said");
    eprintln!("{found:?}");
    // The browser takes out echo and noise and levels what is said.
    assert!(found.envelope_correlation >= 0.5, "{found:?}");
    Ok(())
}
