//! From an invite link to a call in which both see and hear each other.

use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::browser::{BrowserBuilder, BrowserKind, Locator};
use conclave_tests::rigs::picture::look_at_y4m;
use conclave_tests::rigs::sound::{Sound, speak};
use conclave_tests::rigs::sound_server::MICROPHONE_FEED;
use serde_json::json;

use crate::scene::{
    GUEST, OTHER, SOON, Scene, assert_hears_the_tone, assert_is_drawn, assert_one_link, guest_id, saved_of,
};

const SENTENCE: &str = "A room that locks, whose server can neither listen nor let anyone in.";
/// Until what was said has been heard.
const ON_ITS_WAY: Duration = Duration::from_secs(2);

#[test]
fn a_guest_and_a_participant_see_and_hear_each_other() -> Result<()> {
    let scene = Scene::set()?;
    let folder = scene.folder.path();
    let (mut bob, ada) = scene.call_with(scene.other().save_video(folder).save_audio(folder))?;
    assert_is_drawn(&ada, OTHER, 40)?;
    assert_hears_the_tone(&scene.desk.sound)?;

    // Whoever talks at the same time as others is taken for their echo in part.
    bob.command(&json!({ "command": "mute" }))?;
    let wav = folder.join("said.wav");
    speak(SENTENCE, &wav)?;
    scene.desk.sound.play(&wav, MICROPHONE_FEED)?.wait_for_exit(2 * SOON)?;
    std::thread::sleep(ON_ITS_WAY);
    let id = guest_id(&bob)?;
    assert_one_link(&ada, 1)?;
    let report = bob.leave()?;
    ada.wait_until_gone(&Locator::tile(OTHER))?;

    let seen = report.peer(GUEST)?;
    eprintln!("{seen:?}");
    assert_eq!(seen.links_built, 1);
    assert!(seen.video.fps >= 15.0, "{} fps", seen.video.fps);
    assert!(seen.first_video_ms.is_some_and(|ms| ms <= 3_000.0), "{:?}", seen.first_video_ms);
    let mut numbers = Vec::new();
    for file in saved_of(id, folder)? {
        numbers.extend(look_at_y4m(&file, |picture| picture.pattern_number())?);
    }
    let read = numbers.iter().flatten().count();
    assert!(read * 10 >= numbers.len() * 9 && read >= 60, "{read} of {} pictures can be read", numbers.len());

    let (said, heard) = (Sound::read_wav(&wav)?, Sound::read_wav(&folder.join(format!("{}.wav", id.to_text())))?);
    let found = said.find_in(&heard).expect("more was heard than was said");
    eprintln!("Bob heard what Ada said: {found:?}");
    // The browser takes out echo and noise and levels what is said.
    assert!(found.envelope_correlation >= 0.5, "{found:?}");
    Ok(())
}

#[test]
fn two_guests_meet_of_whom_one_has_no_devices() -> Result<()> {
    const BARE: &str = "Cleo";
    let scene = Scene::set()?;
    let ada = scene.browser(BrowserKind::Chromium).start()?;
    ada.join(&scene.link, GUEST)?;
    let cleo = BrowserBuilder::new(BrowserKind::Chromium, BARE).start()?;
    cleo.join(&scene.link, BARE)?;
    ada.wait_for(&Locator::tile(BARE))?;
    cleo.wait_for(&Locator::tile(GUEST))?;
    cleo.wait_for_picture(GUEST)?;
    let drawn = cleo.watch(GUEST, Duration::from_secs(2))?;
    eprintln!("{} pictures of {GUEST}, sizes {:?}", drawn.distinct(), drawn.sizes());
    // Her camera begins anew after its sixtieth picture.
    assert!(drawn.distinct() >= 30 && drawn.steps_back() <= 2, "{:?}", drawn.numbers());
    // A browser that isn't told from which rate to send begins with less, and stays there for ten seconds.
    assert!(drawn.sizes().contains(&(640, 360)), "{:?}", drawn.sizes());
    for guest in [&ada, &cleo] {
        assert_one_link(guest, 1)?;
    }
    Ok(())
}
