//! What goes wrong is said in the window, with what to do, and goes on by itself where it can.

use std::time::Duration;

use conclave_tests::rigs::app::{AppBuilder, Locator};
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::fake_cameras::{CameraModel, FakeCameras};
use conclave_tests::rigs::participant::ParticipantBuilder;
use conclave_tests::rigs::{Result, RigError};

use crate::scene::{SOON, assert_is_drawn, join_from_lobby, open_room, photograph};

/// Some pictures would come in it.
const LOOK: Duration = Duration::from_millis(500);

#[test]
fn a_camera_that_is_pulled_out_is_told_of_and_used_again_when_it_is_back() -> Result<()> {
    let cameras = FakeCameras::new()?;
    let mut desk = cameras.plug_in(0, &CameraModel::webcam("Desk camera", "D1")?)?;
    let ada = AppBuilder::new("Ada").cameras(&cameras).start()?;
    let link = open_room(&ada, "Ada")?;
    let bob = AppBuilder::new("Bob").argument(&link).start()?;
    join_from_lobby(&bob, "Bob")?;
    let cleo = ParticipantBuilder::new(&link, "Cleo").view(640, 360).start()?;
    cleo.wait_until_connected_to("Ada", SOON)?;
    assert_is_drawn(&bob, "Ada", 30)?;

    desk.unplug()?;
    ada.wait_for(&Locator::text("unplugged"))?;
    bob.wait_until("no pictures of Ada", SOON, || Ok(bob.watch("Ada", LOOK)?.0.len() <= 1))?;
    ada.wait_until("no own picture", SOON, || Ok(ada.watch("You", LOOK)?.0.is_empty()))?;
    photograph(&ada, "camera-unplugged")?;
    desk.plug_in_as(1)?;
    assert_is_drawn(&bob, "Ada", 30)?;
    ada.wait_until_gone(&Locator::text("unplugged"))?;
    assert_eq!(cleo.leave()?.peer("Ada")?.links_built, 1);
    Ok(())
}

#[test]
fn a_window_whose_page_breaks_down_has_another_one_and_its_call_is_left() -> Result<()> {
    let ada = AppBuilder::new("Ada").start()?;
    let link = open_room(&ada, "Ada")?;
    let bob = ParticipantBuilder::new(&link, "Bob").camera("pattern:640x360@30").start()?;
    bob.wait_until_connected_to("Ada", SOON)?;
    assert_is_drawn(&ada, "Bob", 30)?;
    let page =
        || Ok::<_, RigError>(ada.processes()?.into_iter().find(|member| member.name.starts_with("WebKitWebProc")));
    let first = page()?.expect("a window has a page");
    first.kill()?;
    bob.wait_for("Ada leaving", SOON, |event| matches!(event, Event::Left { .. }))?;
    // The driver has lost the page, and finds no other one: its program tells what the new one asks for.
    ada.wait_until("another page", SOON, || {
        let pages_begun = ada.log().matches("the window takes pictures\n").count();
        Ok(pages_begun == 2 && page()?.is_some_and(|now| now.id != first.id))
    })?;
    photograph(&ada, "after-a-breakdown")
}
