//! A camera that stalls, is pulled out, is in use or forbidden: the fault is known within a second, closing never
//! hangs, and the camera is found again when the trouble is over; by either backend.

use std::time::{Duration, Instant};

use conclave_media::camera::CameraBackend;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::camera_pictures::CameraEncoding;
use conclave_tests::rigs::camera_probe::{CameraProbe, ProbeEvent};
use conclave_tests::rigs::fake_cameras::{CameraModel, FakeCamera, FakeCameras, FakeFormat, Trouble};
use conclave_tests::rigs::process::Mark;

const PROBE: &str = env!("CARGO_BIN_EXE_camera_probe");
const BACKENDS: [CameraBackend; 2] = [CameraBackend::V4l2, CameraBackend::Nokhwa];
const START: Duration = Duration::from_secs(10);

/// What the person in the call may have to wait for a notice.
const NOTICE_WITHIN: Duration = Duration::from_secs(1);

/// What closing a camera may hold up.
const CLOSED_WITHIN_MS: u64 = 300;

fn camera(name: &str, serial: Option<&str>, width: u32, height: u32) -> Result<CameraModel> {
    let format = FakeFormat::pattern(CameraEncoding::Yuyv, width, height, 30, 4)?;
    Ok(CameraModel::new(name, serial, vec![format]))
}

/// A camera that is being watched and delivers.
fn watched(name: Option<&str>, backend: CameraBackend) -> Result<(FakeCameras, FakeCamera, CameraProbe)> {
    let cameras = FakeCameras::new()?;
    let plugged = cameras.plug_in(0, &camera("Test Camera", Some("S1"), 640, 360)?)?;
    let arguments: Vec<&str> = ["watch"].into_iter().chain(name).collect();
    let probe = CameraProbe::start(PROBE, &arguments, &cameras, backend)?;
    probe.wait_for_pictures(Mark::default(), 10, START)?;
    Ok((cameras, plugged, probe))
}

/// Waits for the fault after the trouble, and for the closing after the fault.
fn expect_fault_and_closing(probe: &CameraProbe, from: Mark, fault: &str) -> Result<()> {
    let troubled = Instant::now();
    assert_eq!(probe.wait_for_fault(from, NOTICE_WITHIN)?, fault, "{}", probe.story());
    eprintln!("{fault} after {:?}", troubled.elapsed());
    let took_ms = probe.wait_for("closing", from, NOTICE_WITHIN, |event| match event {
        ProbeEvent::Closed { took_ms } => Some(took_ms),
        _ => None,
    })?;
    assert!(took_ms <= CLOSED_WITHIN_MS, "closing took {took_ms} ms\n{}", probe.story());
    Ok(())
}

#[test]
fn a_stall_is_noticed_and_overcome() -> Result<()> {
    for backend in BACKENDS {
        let (_cameras, camera, probe) = watched(None, backend)?;
        let mark = probe.mark();
        camera.trouble(Trouble::Stalled)?;
        expect_fault_and_closing(&probe, mark, "Stalled")?;
        let mark = probe.mark();
        camera.relieve(Trouble::Stalled)?;
        probe.wait_for_pictures(mark, 10, START)?;
    }
    Ok(())
}

#[test]
fn a_long_stall_is_survived_many_times() -> Result<()> {
    for backend in BACKENDS {
        let (_cameras, camera, probe) = watched(None, backend)?;
        let mut mark = probe.mark();
        camera.trouble(Trouble::Stalled)?;
        // Each attempt to open it fails in one way or another, however often.
        for _ in 0..3 {
            probe.wait_for_fault(mark, START)?;
            mark = probe.mark();
        }
        camera.relieve(Trouble::Stalled)?;
        let pictures = probe.wait_for_pictures(mark, 10, START)?;
        assert!(pictures.iter().all(|picture| picture.difference == Some(0.0)), "{}", probe.story());
    }
    Ok(())
}

#[test]
fn an_unplugged_camera_is_missed_and_found_again() -> Result<()> {
    for backend in BACKENDS {
        let (_cameras, mut camera, probe) = watched(None, backend)?;
        let mark = probe.mark();
        camera.unplug()?;
        expect_fault_and_closing(&probe, mark, "Unplugged")?;
        let mark = probe.mark();
        assert_eq!(probe.wait_for_fault(mark, START)?, "NotFound", "{backend:?}\n{}", probe.story());
        let mark = probe.mark();
        camera.plug_in_as(0)?;
        probe.wait_for_pictures(mark, 10, START)?;
    }
    Ok(())
}

#[test]
fn a_camera_is_found_again_under_another_number_and_beside_another_camera() -> Result<()> {
    for backend in BACKENDS {
        for wanted in ["usb-c0de:cafe.00.0#S1", "Test Camera"] {
            let (cameras, mut plugged, probe) = watched(Some(wanted), backend)?;
            let mark = probe.mark();
            plugged.unplug()?;
            expect_fault_and_closing(&probe, mark, "Unplugged")?;
            plugged.plug_in_as(3)?;
            let mark = probe.mark();
            let _other = cameras.plug_in(0, &camera("Other Camera", Some("S2"), 320, 240)?)?;
            let pictures = probe.wait_for_pictures(mark, 10, START)?;
            let all_its = pictures.iter().all(|picture| (picture.width, picture.height) == (640, 360));
            assert!(all_its, "{backend:?}, {wanted}\n{}", probe.story());
        }
    }
    Ok(())
}

#[test]
fn a_camera_in_use_is_busy_until_it_is_free() -> Result<()> {
    expect_fault_at_opening(Trouble::Busy, "Busy")
}

#[test]
fn a_forbidden_camera_is_told_from_a_missing_one() -> Result<()> {
    expect_fault_at_opening(Trouble::Forbidden, "PermissionDenied")
}

fn expect_fault_at_opening(trouble: Trouble, fault: &str) -> Result<()> {
    for backend in BACKENDS {
        let cameras = FakeCameras::new()?;
        let camera = cameras.plug_in(0, &camera("Test Camera", None, 640, 360)?)?;
        camera.trouble(trouble)?;
        let probe = CameraProbe::start(PROBE, &["watch", "Test Camera"], &cameras, backend)?;
        assert_eq!(probe.wait_for_fault(Mark::default(), START)?, fault, "{backend:?}\n{}", probe.story());
        let mark = probe.mark();
        camera.relieve(trouble)?;
        probe.wait_for_pictures(mark, 3, START)?;
    }
    Ok(())
}

#[test]
fn a_camera_that_is_not_there_is_not_found() -> Result<()> {
    for backend in BACKENDS {
        let cameras = FakeCameras::new()?;
        let _other = cameras.plug_in(0, &camera("Other Camera", Some("S2"), 320, 240)?)?;
        let probe = CameraProbe::start(PROBE, &["watch", "Test Camera"], &cameras, backend)?;
        assert_eq!(probe.wait_for_fault(Mark::default(), START)?, "NotFound", "{backend:?}\n{}", probe.story());
    }
    Ok(())
}
