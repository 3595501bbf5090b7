//! The list of cameras: what delivers pictures and nothing else, by name, under ids that outlast replugging.

use conclave_media::camera::CameraBackend;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::camera_pictures::CameraEncoding;
use conclave_tests::rigs::camera_probe::CameraProbe;
use conclave_tests::rigs::fake_cameras::{CameraModel, FakeCameras, FakeFormat, Node, Trouble};

const PROBE: &str = env!("CARGO_BIN_EXE_camera_probe");
const BACKENDS: [CameraBackend; 2] = [CameraBackend::V4l2, CameraBackend::Nokhwa];

fn camera(name: &str, serial: Option<&str>) -> Result<CameraModel> {
    Ok(CameraModel::new(name, serial, vec![FakeFormat::pattern(CameraEncoding::Yuyv, 320, 240, 30, 1)?]))
}

fn metadata(name: &str) -> CameraModel {
    CameraModel { name: name.to_owned(), serial: None, node: Node::Metadata }
}

fn list(cameras: &FakeCameras, backend: CameraBackend) -> Result<Vec<(String, String)>> {
    CameraProbe::start(PROBE, &["list"], cameras, backend)?.wait_for_list()
}

fn names(list: &[(String, String)]) -> Vec<&str> {
    list.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn a_machine_without_cameras_lists_none() -> Result<()> {
    for backend in BACKENDS {
        assert_eq!(list(&FakeCameras::new()?, backend)?, [], "{backend:?}");
    }
    Ok(())
}

#[test]
fn nodes_without_pictures_are_left_out() -> Result<()> {
    for backend in BACKENDS {
        let cameras = FakeCameras::new()?;
        let _nodes = [
            cameras.plug_in(0, &camera("Left", Some("L"))?)?,
            cameras.plug_in(1, &metadata("Left"))?,
            cameras.plug_in(2, &camera("Right", Some("R"))?)?,
            cameras.plug_in(3, &metadata("Right"))?,
        ];
        assert_eq!(names(&list(&cameras, backend)?), ["Left", "Right"], "{backend:?}");
    }
    Ok(())
}

#[test]
fn cameras_in_use_or_forbidden_are_listed_all_the_same() -> Result<()> {
    for backend in BACKENDS {
        let cameras = FakeCameras::new()?;
        let busy = cameras.plug_in(0, &camera("Busy", None)?)?;
        let forbidden = cameras.plug_in(2, &camera("Forbidden", None)?)?;
        let forbidden_metadata = cameras.plug_in(3, &metadata("Forbidden"))?;
        busy.trouble(Trouble::Busy)?;
        forbidden.trouble(Trouble::Forbidden)?;
        forbidden_metadata.trouble(Trouble::Forbidden)?;
        assert_eq!(names(&list(&cameras, backend)?), ["Busy", "Forbidden"], "{backend:?}");
    }
    Ok(())
}

#[test]
fn an_id_outlasts_replugging_and_backend() -> Result<()> {
    let cameras = FakeCameras::new()?;
    let mut plugged = cameras.plug_in(0, &camera("Numbered", Some("X7"))?)?;
    let before = list(&cameras, CameraBackend::V4l2)?;
    assert_eq!(before, list(&cameras, CameraBackend::Nokhwa)?);
    plugged.unplug()?;
    plugged.plug_in_as(5)?;
    for backend in BACKENDS {
        assert_eq!(list(&cameras, backend)?, before, "{backend:?}");
    }
    Ok(())
}

#[test]
fn twins_have_ids_of_their_own() -> Result<()> {
    // Cheap ones have a serial number, and all the same.
    for (backend, serial) in BACKENDS.into_iter().flat_map(|backend| [(backend, None), (backend, Some("0001"))]) {
        let cameras = FakeCameras::new()?;
        let twin = camera("Twin", serial)?;
        let _twins = [cameras.plug_in(0, &twin)?, cameras.plug_in(2, &twin)?];
        let listed = list(&cameras, backend)?;
        assert_eq!(names(&listed), ["Twin", "Twin"], "{backend:?}, {serial:?}");
        assert_ne!(listed[0].1, listed[1].1, "{backend:?}, {serial:?}");
    }
    Ok(())
}

#[test]
fn a_name_that_the_kernel_cuts_within_a_character_is_listed() -> Result<()> {
    // 31 bytes end within the last character.
    let name = "Kamera mit einem Namen voller \u{e4}\u{f6}\u{fc}";
    let cameras = FakeCameras::new()?;
    let _camera = cameras.plug_in(0, &camera(name, None)?)?;
    assert_eq!(names(&list(&cameras, CameraBackend::V4l2)?), [name]);
    Ok(())
}
