//! The rig that browsers are tested with does what it says, on a page that holds a call with itself: what the camera
//! sees is read from the page, and what the microphone hears comes out of the speaker.

use std::path::Path;
use std::time::{Duration, Instant};

use conclave_tests::rigs::browser::{Browser, BrowserBuilder, BrowserKind, Locator, Permission, Site};
use conclave_tests::rigs::desk::Desk;
use conclave_tests::rigs::display::Display;
use conclave_tests::rigs::painter::{Area, Painter, luma};
use conclave_tests::rigs::process::Process;
use conclave_tests::rigs::process_tree::still_running;
use conclave_tests::rigs::sound::{Sound, write_tone};
use conclave_tests::rigs::sound_server::{MICROPHONE_FEED, SPEAKER};
use conclave_tests::rigs::{Result, RigError, tone};
use serde_json::json;

const PAGE: &str = include_str!("rigs/browser/call_with_itself.html");
const SOON: Duration = Duration::from_secs(10);
const WATCHED: Duration = Duration::from_secs(2);
const TONE_HZ: u32 = 640;

/// A browser whose microphone hears the tone, as long as the process of it runs.
fn at(desk: &Desk, kind: BrowserKind, folder: &Path) -> Result<(BrowserBuilder, Process)> {
    let wav = folder.join("tone.wav");
    write_tone(TONE_HZ, Duration::from_secs(120), &wav)?;
    let tone = desk.sound.play(&wav, MICROPHONE_FEED)?;
    Ok((BrowserBuilder::new(kind, "Ada").cameras(&desk.cameras).sound_server(&desk.sound), tone))
}

fn folder() -> Result<tempfile::TempDir> {
    tempfile::tempdir().map_err(RigError::io("making a folder"))
}

fn wait_for_picture(browser: &Browser) -> Result<()> {
    browser.wait_until("a picture that was received", SOON, || {
        Ok(!browser.watch_element("#received", Duration::from_millis(100))?.numbers().is_empty())
    })
}

fn assert_is_the_tone(what: &str, sound: &Sound) {
    let level = sound.level_at_dbfs(TONE_HZ);
    eprintln!("{what}: {level:.1} dBFS at {TONE_HZ} Hz, loudest at {} Hz", sound.loudest_hz());
    assert_eq!(sound.loudest_hz(), TONE_HZ, "{what}");
    assert!((level - tone::LEVEL_DBFS).abs() <= 3.0, "{what} is at {level} dBFS");
}

fn assert_is_seen_and_heard(kind: BrowserKind) -> Result<()> {
    let (folder, site) = (folder()?, Site::start(PAGE)?);
    let desk = Desk::set_up()?;
    let (browser, _tone) = at(&desk, kind, folder.path())?;
    let browser = browser.start()?;
    browser.open(&site.url())?;
    wait_for_picture(&browser)?;

    let recording = desk.sound.listen_to(SPEAKER)?;
    let seen = browser.watch_element("#received", WATCHED)?;
    let heard = recording.finish()?;
    eprintln!("{} pictures in {WATCHED:?}, {} of them distinct", seen.0.len(), seen.distinct());
    assert!(seen.distinct() >= 30, "{:?}", seen.numbers());
    assert!(seen.steps_back() <= 2, "the camera begins anew after its sixtieth picture: {:?}", seen.numbers());
    // Received it may be smaller: a browser sends what it thinks that fits.
    let own = browser.watch_element("#own", Duration::from_millis(200))?;
    assert!(own.0.iter().all(|picture| picture.size == (640, 360) && picture.stamp.is_some()), "{own:?}");
    assert_is_the_tone("what comes out of the browser", &heard);
    assert_is_the_tone("what comes to the element", &browser.sound_of("#received")?);

    let connections = browser.connections()?;
    assert_eq!(connections.len(), 2);
    assert_eq!((&connections[0].local, &connections[0].remote), (&vec!["offer".into()], &vec!["answer".into()]));
    assert!(connections.iter().all(|connection| connection.state == "connected"), "{connections:?}");
    assert!(connections.iter().all(|connection| connection.negotiations() == 1), "{connections:?}");
    let decoded = |browser: &Browser| -> Result<u64> {
        let statistics = browser.statistics(1)?;
        Ok(statistics.incoming("video").filter_map(|stream| stream["framesDecoded"].as_u64()).max().unwrap_or_default())
    };
    let before = decoded(&browser)?;
    browser.wait_until("more pictures", SOON, || Ok(decoded(&browser)? > before))?;

    assert_eq!((desk.pattern.is_in_use(), desk.plain.is_in_use()), (true, false));
    browser.script("document.getElementById('other-camera').click()", &[])?;
    browser.wait_until("the other camera's picture", SOON, || {
        let pictures = browser.watch_element("#received", Duration::from_millis(100))?;
        Ok(pictures.0.last().is_some_and(|picture| picture.stamp.is_none()))
    })?;
    browser.wait_until("the first camera to be given back", SOON, || Ok(!desk.pattern.is_in_use()))?;
    assert!(desk.plain.is_in_use());
    assert!(browser.connections()?.iter().all(|connection| connection.negotiations() == 1), "not negotiated again");
    Ok(())
}

#[test]
fn chromium_shows_what_its_camera_sees_and_plays_what_its_microphone_hears() -> Result<()> {
    assert_is_seen_and_heard(BrowserKind::Chromium)
}

#[test]
fn firefox_shows_what_its_camera_sees_and_plays_what_its_microphone_hears() -> Result<()> {
    assert_is_seen_and_heard(BrowserKind::Firefox)
}

#[test]
fn chromium_shares_the_display_that_it_is_on() -> Result<()> {
    const ORANGE: [u8; 3] = [240, 140, 20];
    let (folder, site) = (folder()?, Site::start(PAGE)?);
    let desk = Desk::set_up()?;
    let display = Display::start(1280, 800)?;
    let (browser, _tone) = at(&desk, BrowserKind::Chromium, folder.path())?;
    let browser = browser.display(&display).size(640, 500).start()?;
    browser.open(&site.url())?;
    wait_for_picture(&browser)?;
    let painter = Painter::start(&display)?;
    painter.open("Slides", Area::new(640, 0, 640, 800), ORANGE)?;
    browser.click(&Locator::button("Share"))?;
    let script = "
        const screen = document.getElementById('screen');
        if (!screen.videoWidth) return null;
        const picture = new OffscreenCanvas(screen.videoWidth, screen.videoHeight).getContext('2d');
        picture.drawImage(screen, 0, 0);
        const at = [Math.round(screen.videoWidth * 0.75), Math.round(screen.videoHeight / 2)];
        return [...picture.getImageData(...at, 1, 1).data].slice(0, 3);";
    browser.wait_until("the painted half of the screen", SOON, || {
        let seen: Option<[u8; 3]> = serde_json::from_value(browser.script(script, &[])?).unwrap_or_default();
        Ok(seen.is_some_and(|seen| luma(seen).abs_diff(luma(ORANGE)) <= 6 && seen[0] > seen[2].saturating_add(150)))
    })?;
    assert!(browser.connections()?.iter().all(|connection| connection.negotiations() == 1), "not negotiated again");
    Ok(())
}

#[test]
fn whoever_may_not_have_the_camera_is_told_so_and_a_failure_tells_what_the_page_said() -> Result<()> {
    let (folder, site) = (folder()?, Site::start(PAGE)?);
    let desk = Desk::set_up()?;
    let (browser, _tone) = at(&desk, BrowserKind::Chromium, folder.path())?;
    let browser = browser.devices(Permission::Denied).start()?;
    browser.open(&site.url())?;
    let refused = browser.wait_until("something that never comes", Duration::from_secs(1), || Ok(false));
    let story = refused.expect_err("it never comes").to_string();
    assert!(story.contains("Permission denied"), "{story}");
    assert!(story.contains("Other camera"), "the page's words: {story}");
    let picture = story.lines().find_map(|line| line.strip_prefix("--- its picture: ")).expect("a picture");
    assert!(std::fs::metadata(picture).is_ok_and(|picture| picture.len() > 0), "{picture}");
    assert_eq!(browser.script("return document.getElementById('own').srcObject", &[])?, json!(null));
    Ok(())
}

#[test]
fn nothing_of_a_browser_outlives_it() -> Result<()> {
    let browser = BrowserBuilder::new(BrowserKind::Chromium, "Ada").start()?;
    let family = browser.processes()?;
    assert!(family.iter().filter(|member| member.name.starts_with("chrom")).count() >= 4, "{family:?}");
    drop(browser);
    // What was killed takes a moment to be gone.
    let patience = Instant::now() + SOON;
    while !still_running(&family).is_empty() {
        assert!(Instant::now() < patience, "{:?}", still_running(&family));
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}
