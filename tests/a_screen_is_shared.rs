//! What one participant shares, the others see: whole, sharp, on the line that was there from the start, until it ends.

use std::path::{Path, PathBuf};
use std::time::Duration;

use conclave_protocol::ids::ParticipantId;
use conclave_protocol::intent::ScreenChoice;
use conclave_protocol::line::LineState;
use conclave_protocol::notice::{Notice, ScreenFault};
use conclave_tests::rigs::display::Display;
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::impaired_network::{ImpairedNetwork, Impairment, Tracing};
use conclave_tests::rigs::painter::{Area, Painter, luma};
use conclave_tests::rigs::participant::{Participant, ParticipantBuilder, TimedEvent, create_link};
use conclave_tests::rigs::picture::look_at_y4m;
use conclave_tests::rigs::process::Mark;
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::wire_trace::rtp_streams;
use conclave_tests::rigs::{Result, RigError};
use serde_json::json;

const SOON: Duration = Duration::from_secs(10);
const CAMERA: &str = "pattern:640x360@30";
/// Text is as sharp as on the screen itself from here on. On such a page it was 41 to 48.
const SHARP_DB: f64 = 38.0;

fn share(participant: &mut Participant, screen: &str) -> Result<()> {
    participant.command(&json!({ "command": "share", "screen": screen }))
}

fn stop_sharing(participant: &mut Participant) -> Result<()> {
    participant.command(&json!({ "command": "stop_sharing" }))
}

/// Waits until it is told that somebody shares a screen, or none any more.
fn wait_for_screen(participant: &Participant, from: Mark, state: LineState) -> Result<TimedEvent> {
    participant.wait_for_after(
        from,
        &format!("a screen that is {state:?}"),
        SOON,
        |event| matches!(event, Event::Screen { state: told, .. } if *told == state),
    )
}

/// Waits until it shares something itself, or nothing any more.
fn wait_for_sharing(participant: &Participant, from: Mark, active: Option<&str>) -> Result<TimedEvent> {
    let active = active.map(|screen| ScreenChoice(screen.into()));
    participant.wait_for_after(
        from,
        &format!("sharing {active:?}"),
        SOON,
        |event| matches!(event, Event::Sharing { sharing } if sharing.active == active),
    )
}

fn saved_screen(folder: &Path, of: ParticipantId, width: u16, height: u16) -> PathBuf {
    folder.join(format!("{}-0-{width}x{height}.y4m", of.to_text()))
}

fn folder() -> Result<tempfile::TempDir> {
    tempfile::tempdir().map_err(RigError::io("making a folder"))
}

#[test]
fn a_screen_comes_and_goes_on_its_own_line_and_the_camera_goes_on() -> Result<()> {
    let folder = folder()?;
    let server = Server::start()?;
    let link = create_link(&server)?;
    let network = ImpairedNetwork::with_tracing(1, Impairment::default(), Tracing::On)?;
    let bob = ParticipantBuilder::new(&link, "Bob").view(640, 360).view_screens(1920, 1080);
    let bob = bob.save_screens(folder.path()).start()?;
    bob.wait_until_joined()?;
    let ada = ParticipantBuilder::new(&link, "Ada").camera(CAMERA).microphone("tone").network(&network);
    let mut ada = ada.stay(Duration::from_secs(14)).start()?;
    ada.wait_until_connected_to("Bob", SOON)?;
    // Candidates trickle for a moment after the link is up.
    std::thread::sleep(Duration::from_secs(3));
    let relayed = server.metric("conclave_messages_received_total{type=\"relay\"}")?;
    share(&mut ada, "pattern:1920x1080@15")?;
    wait_for_screen(&bob, Mark::default(), LineState::Live)?;
    // For as long as it is to be looked at.
    std::thread::sleep(Duration::from_secs(5));
    let mark = bob.mark();
    stop_sharing(&mut ada)?;
    wait_for_screen(&bob, mark, LineState::Off)?;
    let report = ada.finish()?;
    let said = server.metric("conclave_messages_received_total{type=\"relay\"}")? - relayed;
    let bob = bob.leave()?;

    let of_ada = bob.peer("Ada")?;
    eprintln!("{of_ada:?}\n{:?}", report.screen_encoders);
    assert_eq!(said, 0.0, "nothing was said through the server");
    assert_eq!(report.peer("Bob")?.links_built, 1);
    assert_eq!((of_ada.screen.width, of_ada.screen.height), (1920, 1080));
    assert_eq!(of_ada.screen.lost, 0);
    assert_eq!((of_ada.video.width, of_ada.video.height), (640, 360));
    assert!(of_ada.video.fps >= 25.0 && of_ada.video.longest_gap_ms < 500.0, "the camera: {:?}", of_ada.video);

    let saved = saved_screen(folder.path(), of_ada.id, 1920, 1080);
    let numbers = look_at_y4m(&saved, |picture| picture.pattern_number())?;
    // The pattern is textured all over and moves, which no screen does: much of it doesn't fit, and is left out.
    assert!(numbers.len() >= 10, "{} pictures in five seconds", numbers.len());
    assert!(numbers.iter().all(Option::is_some), "every picture can be read: {numbers:?}");
    assert!(numbers.is_sorted(), "{numbers:?}");

    let trace = network.trace()?;
    let streams = rtp_streams(&trace);
    assert_eq!(streams.len(), 3, "a stream of sound and two of pictures: {:?}", streams.keys());
    Ok(())
}

#[test]
fn text_is_as_sharp_as_on_the_screen_also_for_who_comes_later() -> Result<()> {
    let folders = [folder()?, folder()?];
    let display = Display::start(1920, 1080)?;
    let painter = Painter::start(&display)?;
    painter.point_at(1919, 1079)?;
    let page = painter.open("Page", Area::new(0, 0, 1920, 1080), [255; 3])?;
    painter.write(page, include_str!("../ARCHITECTURE.md"))?;
    let expected: Vec<u8> = painter.look(page)?.into_iter().map(luma).collect();

    let server = Server::start()?;
    let link = create_link(&server)?;
    let viewer =
        |name: &str, folder: &Path| ParticipantBuilder::new(&link, name).view_screens(1920, 1080).save_screens(folder);
    let ada = ParticipantBuilder::new(&link, "Ada").display(&display).screen("monitor");
    let ada = ada.stay(Duration::from_secs(15)).start()?;
    let bob = viewer("Bob", folders[0].path()).start()?;
    wait_for_screen(&bob, Mark::default(), LineState::Live)?;
    // Long after the screen has settled: nothing is sent any more that a newcomer could begin with.
    std::thread::sleep(Duration::from_secs(6));
    let cleo = viewer("Cleo", folders[1].path()).start()?;
    wait_for_screen(&cleo, Mark::default(), LineState::Live)?;
    let report = ada.finish()?;
    let reports = [bob.leave()?, cleo.leave()?];

    for (report, folder) in reports.iter().zip(&folders) {
        let of_ada = report.peer("Ada")?;
        let saved = saved_screen(folder.path(), of_ada.id, 1920, 1080);
        // But for the lower right corner, where the pointer is.
        let text = 0..1920 * 1040;
        let sharpness = look_at_y4m(&saved, |picture| picture.luma_psnr_db_of(&expected, text.clone()))?;
        eprintln!("{}: {sharpness:.1?} {:?}", report.name, of_ada.screen);
        assert!(sharpness.last().is_some_and(|db| *db >= SHARP_DB), "{} saw {sharpness:.1?} dB", report.name);
    }
    let encoded = report.screen_encoders.iter().find(|encoder| encoder.layer == "1080p");
    let encoded = encoded.expect("an encoder of the screen");
    eprintln!("{encoded:?}");
    assert!(encoded.frames < 60, "{} pictures of a screen that never changed", encoded.frames);
    Ok(())
}

#[test]
fn a_closed_window_ends_sharing_and_another_can_be_shared() -> Result<()> {
    let display = Display::start(800, 600)?;
    let painter = Painter::start(&display)?;
    let window = painter.open("Shared", Area::new(0, 0, 640, 360), [20, 160, 60])?;
    let _behind = painter.open("Behind", Area::new(0, 0, 640, 360), [220, 30, 40])?;
    let spec = window.spec().to_string();
    let server = Server::start()?;
    let link = create_link(&server)?;
    let bob = ParticipantBuilder::new(&link, "Bob").view_screens(1280, 720).start()?;
    bob.wait_until_joined()?;
    let mut ada = ParticipantBuilder::new(&link, "Ada").display(&display).screen(&spec).start()?;
    wait_for_screen(&bob, Mark::default(), LineState::Live)?;

    let (of_ada, of_bob) = (ada.mark(), bob.mark());
    share(&mut ada, "window:99999999")?;
    let refused =
        Notice::ScreenNotShared { screen: ScreenChoice("window:99999999".into()), fault: ScreenFault::NotFound };
    ada.wait_for_after(of_ada, "the news of a window that isn't there", SOON, |event| event.is_notice(&refused))?;

    painter.close(window)?;
    let ended = Notice::SharingEnded { screen: ScreenChoice(spec), fault: ScreenFault::Closed };
    ada.wait_for_after(of_ada, "the end of sharing", SOON, |event| event.is_notice(&ended))?;
    wait_for_sharing(&ada, of_ada, None)?;
    wait_for_screen(&bob, of_bob, LineState::Off)?;

    let (of_ada, of_bob) = (ada.mark(), bob.mark());
    share(&mut ada, "monitor")?;
    wait_for_sharing(&ada, of_ada, Some("monitor"))?;
    wait_for_screen(&bob, of_bob, LineState::Live)?;
    ada.leave()?;
    bob.leave()?;
    Ok(())
}

#[test]
fn several_share_at_once() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let participant = |name: &str| {
        let participant = ParticipantBuilder::new(&link, name).screen("pattern:640x360@5").view_screens(640, 360);
        participant.stay(Duration::from_secs(8)).start()
    };
    let (ada, bob) = (participant("Ada")?, participant("Bob")?);
    for (report, other) in [(ada.finish()?, "Bob"), (bob.finish()?, "Ada")] {
        let screen = &report.peer(other)?.screen;
        eprintln!("{screen:?}");
        assert_eq!((screen.width, screen.height), (640, 360));
        assert!(screen.frames >= 5, "{screen:?}");
    }
    Ok(())
}
