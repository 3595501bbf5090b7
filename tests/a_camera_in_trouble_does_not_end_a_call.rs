//! Cameras are pulled out, hang and are taken by other programs. The person is told within a second, the call goes
//! on, and the camera is used again as soon as it can be.

use std::time::{Duration, Instant};

use conclave_protocol::notice::{DeviceFault, DeviceKind};
use conclave_tests::rigs::camera_pictures::CameraEncoding;
use conclave_tests::rigs::fake_cameras::{CameraModel, FakeCameras, FakeFormat, Trouble};
use conclave_tests::rigs::participant::{Participant, ParticipantBuilder, create_link};
use conclave_tests::rigs::process::Mark;
use conclave_tests::rigs::report::PeerReport;
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::{Result, tone};

const SOON: Duration = Duration::from_secs(5);
const AT_ONCE: Duration = Duration::from_secs(1);
/// How long each trouble lasts, and how long all is well between them.
const WHILE: Duration = Duration::from_secs(3);

fn webcam() -> Result<CameraModel> {
    let formats = vec![FakeFormat::pattern(CameraEncoding::Mjpeg, 1280, 720, 30, 30)?];
    Ok(CameraModel::new("Webcam", Some("A1B2"), formats))
}

/// Waits for the news of that fault and says how long after `since` it came.
fn told_of(participant: &Participant, from: Mark, fault: DeviceFault, since: Instant) -> Result<Duration> {
    let told = participant.wait_for_after(from, &format!("the news of {fault:?}"), SOON, |event| {
        event.is_fault(DeviceKind::Camera, fault)
    })?;
    Ok(told.at.saturating_duration_since(since))
}

fn assert_heard_throughout(peer: &PeerReport) {
    assert_eq!((peer.links_built, peer.audio.lost), (1, 0), "{peer:?}");
    assert!(peer.audio.level_dbfs.is_some_and(|level| (level - tone::LEVEL_DBFS).abs() <= 1.0), "{peer:?}");
}

#[test]
fn a_camera_that_is_pulled_out_or_hangs_comes_back() -> Result<()> {
    let cameras = FakeCameras::new()?;
    let mut camera = cameras.plug_in(0, &webcam()?)?;
    let server = Server::start()?;
    let link = create_link(&server)?;
    let bob = ParticipantBuilder::new(&link, "Bob").view(1280, 720).start()?;
    bob.wait_until_joined()?;
    let ada = ParticipantBuilder::new(&link, "Ada").camera("device").microphone("tone").cameras(&cameras).start()?;
    bob.wait_until_connected_to("Ada", SOON)?;
    std::thread::sleep(WHILE);

    let mark = ada.mark();
    let unplugged = Instant::now();
    camera.unplug()?;
    let told = told_of(&ada, mark, DeviceFault::Unplugged, unplugged)?;
    eprintln!("unplugged: told after {told:?}");
    assert!(told <= AT_ONCE, "told after {told:?}");
    std::thread::sleep(WHILE);
    let plugged_in = Instant::now();
    camera.plug_in_as(0)?;
    let recovered =
        ada.wait_for_after(mark, "the camera's return", SOON, |event| event.is_recovery(DeviceKind::Camera))?;
    eprintln!("plugged in: back after {:?}", recovered.at.saturating_duration_since(plugged_in));
    std::thread::sleep(WHILE);

    let mark = ada.mark();
    let stalled = Instant::now();
    camera.trouble(Trouble::Stalled)?;
    let told = told_of(&ada, mark, DeviceFault::Stalled, stalled)?;
    eprintln!("stalled: told after {told:?}");
    assert!(told <= AT_ONCE, "told after {told:?}");
    std::thread::sleep(WHILE);
    let relieved = Instant::now();
    camera.relieve(Trouble::Stalled)?;
    let recovered =
        ada.wait_for_after(mark, "the camera's return", SOON, |event| event.is_recovery(DeviceKind::Camera))?;
    eprintln!("relieved: back after {:?}", recovered.at.saturating_duration_since(relieved));
    std::thread::sleep(WHILE);

    ada.leave()?;
    let bob = bob.leave()?;
    let of_ada = bob.peer("Ada")?;
    eprintln!("{of_ada:?}");
    assert_heard_throughout(of_ada);
    let video = &of_ada.video;
    assert_eq!(video.freezes, 2, "one for each trouble");
    assert!((3000.0..7000.0).contains(&video.longest_gap_ms), "{} ms", video.longest_gap_ms);
    let least = 27.0 * (3 * WHILE).as_secs_f64();
    assert!(video.frames as f64 >= least, "{} pictures in three times {WHILE:?}", video.frames);
    Ok(())
}

#[test]
fn a_camera_that_another_program_uses_is_told_and_can_be_chosen_again() -> Result<()> {
    let cameras = FakeCameras::new()?;
    let camera = cameras.plug_in(0, &webcam()?)?;
    camera.trouble(Trouble::Busy)?;
    let server = Server::start()?;
    let link = create_link(&server)?;
    let bob = ParticipantBuilder::new(&link, "Bob").view(1280, 720).start()?;
    bob.wait_until_joined()?;
    let ada = ParticipantBuilder::new(&link, "Ada")
        .camera("device")
        .microphone("tone")
        .switch_camera("device", Duration::from_secs(5))
        .stay(Duration::from_secs(10))
        .cameras(&cameras)
        .start()?;
    let joined = ada.wait_until_joined()?;
    let told = told_of(&ada, Mark::default(), DeviceFault::Busy, joined.at)?;
    eprintln!("busy: told {told:?} after joining");
    assert!(told <= AT_ONCE, "told after {told:?}");
    camera.relieve(Trouble::Busy)?;
    ada.finish()?;
    let bob = bob.leave()?;
    let of_ada = bob.peer("Ada")?;
    eprintln!("{of_ada:?}");
    assert_heard_throughout(of_ada);
    assert_eq!((of_ada.video.width, of_ada.video.height), (1280, 720));
    assert!(of_ada.video.frames >= 4 * 27, "{} pictures in five seconds", of_ada.video.frames);
    Ok(())
}
