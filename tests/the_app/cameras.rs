//! Cameras in a call.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::{AppBuilder, Locator};
use conclave_tests::rigs::fake_cameras::{CameraModel, FakeCameras, FakeFormat};
use conclave_tests::rigs::participant::ParticipantBuilder;

use crate::scene::{SOON, join_from_lobby, open_room, photograph, stir};

/// No picture of the pattern looks like it.
const PLAIN: [u8; 3] = [90, 200, 60];
/// Until the click, and a good while after it.
const WATCHED: Duration = Duration::from_secs(6);
const SEEN_WITHIN: Duration = Duration::from_secs(1);

#[test]
fn another_camera_is_chosen_in_the_settings_and_seen_by_the_others_within_a_second() -> Result<()> {
    let cameras = FakeCameras::new()?;
    let desk = cameras.plug_in(0, &CameraModel::webcam("Desk camera", "D1")?)?;
    let plain = CameraModel::new("Door camera", Some("D2"), vec![FakeFormat::plain(640, 360, 30, PLAIN)]);
    let door = cameras.plug_in(1, &plain)?;
    let ada = AppBuilder::new("Ada").cameras(&cameras).start()?;
    let link = open_room(&ada, "Ada")?;
    let bob = AppBuilder::new("Bob").argument(&link).start()?;
    join_from_lobby(&bob, "Bob")?;
    let cleo = ParticipantBuilder::new(&link, "Cleo").view(640, 360).start()?;
    cleo.wait_until_connected_to("Ada", SOON)?;
    bob.wait_for(&Locator::tile("Ada"))?;
    bob.wait_for_picture("Ada")?;
    assert_eq!((desk.is_in_use(), door.is_in_use()), (true, false));

    stir(&ada)?;
    ada.press("s")?;
    ada.wait_for(&Locator::choice("Door camera"))?;
    photograph(&ada, "settings-in-a-call")?;
    let (clicked, seen) = std::thread::scope(|scope| {
        let watching = scope.spawn(|| bob.watch("Ada", WATCHED));
        let clicked = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        ada.click(&Locator::choice("Door camera"))?;
        let seen = watching.join().expect("watching doesn't panic")?;
        Ok::<_, conclave_tests::rigs::RigError>((clicked, seen))
    })?;
    let first_of_door = seen.0.iter().find(|picture| picture.stamp.is_none()).map(|picture| picture.at);
    let took = first_of_door.and_then(|at| at.checked_sub(clicked)).expect("Bob saw the other camera, after the click");
    eprintln!("Bob sees the other camera {took:?} after the click");
    assert!(took <= SEEN_WITHIN, "{took:?}");
    ada.wait_until("the first camera to be given back", SOON, || Ok(!desk.is_in_use()))?;
    assert!(door.is_in_use());
    let cleo = cleo.leave()?;
    let of_ada = cleo.peer("Ada")?;
    assert_eq!((of_ada.links_built, of_ada.video.lost), (1, 0), "{of_ada:?}");
    assert!(of_ada.video.longest_gap_ms <= 500.0, "frozen for {} ms", of_ada.video.longest_gap_ms);
    Ok(())
}
