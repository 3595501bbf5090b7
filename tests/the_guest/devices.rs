//! Cameras and microphones that change in a call: on the lines that were there from the start.

use std::time::{Duration, Instant};

use conclave_tests::rigs::browser::Locator;
use conclave_tests::rigs::desk::{PLAIN, PLAIN_CAMERA};
use conclave_tests::rigs::picture::{look_at_y4m, write_plain_y4m};
use conclave_tests::rigs::sound::{Sound, speak};
use conclave_tests::rigs::sound_server::MICROPHONE_FEED;
use conclave_tests::rigs::{Result, tone};
use serde_json::json;

use crate::scene::{GUEST, OTHER, SOON, Scene, assert_hears_the_tone, assert_one_link, guest_id, heard_for, saved_of};

/// Long enough to be seen at the other end.
const A_WHILE: Duration = Duration::from_secs(3);
/// Quieter than this is nothing.
const SILENCE_DBFS: f64 = -60.0;

#[test]
fn another_camera_of_the_guest_is_seen_without_negotiating_again() -> Result<()> {
    let scene = Scene::set()?;
    let (bob, ada) = scene.call_with(scene.other().save_video(scene.folder.path()))?;
    ada.wait_for_picture(OTHER)?;
    std::thread::sleep(A_WHILE);
    assert!(scene.desk.pattern.is_in_use() && !scene.desk.plain.is_in_use());
    ada.click(&Locator::button("Choose a camera"))?;
    ada.click(&Locator::choice(PLAIN_CAMERA))?;
    ada.wait_until("the first camera to be given back", SOON, || Ok(!scene.desk.pattern.is_in_use()))?;
    assert!(scene.desk.plain.is_in_use());
    std::thread::sleep(A_WHILE);
    let id = guest_id(&bob)?;
    assert_one_link(&ada, 1)?;
    let report = bob.leave()?;

    let video = &report.peer(GUEST)?.video;
    assert!(video.longest_gap_ms <= 1_000.0, "frozen for {} ms", video.longest_gap_ms);
    let mut seen = Vec::new();
    for file in saved_of(id, scene.folder.path())? {
        seen.extend(look_at_y4m(&file, |picture| (picture.pattern_number().is_some(), picture.is_plain(PLAIN, 12)))?);
    }
    let of_desk = seen.iter().filter(|(pattern, _)| *pattern).count();
    let of_door = seen.iter().rev().take_while(|(_, plain)| *plain).count();
    eprintln!("{of_desk} pictures of the first camera, {of_door} of the second at the end");
    assert!(of_desk >= 30 && of_door >= 30, "{of_desk} and {of_door} of {}", seen.len());
    Ok(())
}

#[test]
fn another_camera_of_the_others_is_seen_by_the_guest() -> Result<()> {
    let scene = Scene::set()?;
    let plain = scene.folder.path().join("plain.y4m");
    write_plain_y4m(&plain, 640, 360, 30, PLAIN)?;
    let (bob, ada) = scene.call_with(scene.other().switch_camera(&format!("file:{}", plain.display()), 3 * A_WHILE))?;
    ada.wait_for_picture(OTHER)?;
    ada.wait_until("Bob's other camera", 2 * SOON, || {
        let drawn = ada.watch(OTHER, Duration::from_millis(200))?;
        Ok(drawn.0.last().is_some_and(|picture| picture.stamp.is_none()))
    })?;
    assert_one_link(&ada, 1)?;
    bob.leave().map(drop)
}

#[test]
fn a_guest_is_heard_until_it_mutes_itself() -> Result<()> {
    let scene = Scene::set()?;
    let folder = scene.folder.path();
    // What Bob says would be taken for its own echo until the browser knows better.
    let (bob, ada) = scene.call_with(scene.other().microphone("off").save_audio(folder))?;
    // A browser takes tones for noise, and lets little of them through.
    let wav = folder.join("sentence.wav");
    speak("Good morning, how are you today?", &wav)?;
    let say = || scene.desk.sound.play(&wav, MICROPHONE_FEED)?.wait_for_exit(SOON).map(drop);
    say()?;
    std::thread::sleep(Duration::from_secs(1));
    let muted = Instant::now();
    ada.click(&Locator::button("Mute"))?;
    ada.wait_for(&Locator::button("Unmute"))?;
    std::thread::sleep(Duration::from_secs(1));
    let still = Instant::now();
    say()?;
    let (id, left) = (guest_id(&bob)?, Instant::now());
    bob.leave()?;

    let heard = Sound::read_wav(&folder.join(format!("{}.wav", id.to_text())))?;
    let at = |moment: Instant| heard.duration().saturating_sub(left - moment);
    let before = heard.part(Duration::ZERO, at(muted));
    let after = heard.part(at(still), heard.duration());
    eprintln!("{:.1} dBFS before, {:.1} dBFS after", before.level_dbfs(), after.level_dbfs());
    assert!(before.level_dbfs() > -30.0, "{} dBFS", before.level_dbfs());
    assert!(after.level_dbfs() < SILENCE_DBFS, "{} dBFS", after.level_dbfs());
    assert_one_link(&ada, 1).map(drop)
}

#[test]
fn the_guest_hears_and_sees_that_somebody_is_muted() -> Result<()> {
    let scene = Scene::set()?;
    let (mut bob, ada) = scene.call_with(scene.other())?;
    assert_hears_the_tone(&scene.desk.sound)?;
    bob.command(&json!({ "command": "mute" }))?;
    ada.wait_for(&Locator::tile(OTHER).within(&Locator::text("Muted")))?;
    // What was on its way is heard to its end.
    ada.wait_until("silence", SOON, || {
        let level = heard_for(Duration::from_millis(500), &scene.desk.sound)?.level_dbfs();
        eprintln!("{level:.1} dBFS of {}", tone::LEVEL_DBFS);
        Ok(level < SILENCE_DBFS)
    })?;
    bob.command(&json!({ "command": "unmute" }))?;
    ada.wait_until_gone(&Locator::tile(OTHER).within(&Locator::text("Muted")))?;
    assert_hears_the_tone(&scene.desk.sound)
}
