//! The ways that a call takes, as they are chosen in the settings.

use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::{AppBuilder, Locator};
use conclave_tests::rigs::participant::ParticipantBuilder;
use conclave_tests::rigs::turn_server::{CREDENTIAL, TurnServer, USERNAME};

use crate::scene::{SOON, assert_is_drawn, open_room, photograph, stir};

#[test]
fn a_call_by_relay_only_goes_through_the_server_that_was_added() -> Result<()> {
    let turn = TurnServer::start()?;
    let ada = AppBuilder::new("Ada").start()?;
    ada.click(&Locator::button("Settings"))?;
    ada.click(&Locator::tab("Network"))?;
    ada.click(&Locator::switch("Only by relay"))?;
    ada.wait_for(&Locator::text("There is no TURN server of yours."))?;
    ada.fill(&Locator::field("Add a server"), &turn.url())?;
    ada.fill(&Locator::field("User name"), USERNAME)?;
    ada.fill(&Locator::field("Password"), CREDENTIAL)?;
    ada.click(&Locator::button("Add"))?;
    ada.wait_until_gone(&Locator::text("There is no TURN server of yours."))?;
    photograph(&ada, "settings-network")?;
    ada.click(&Locator::button("Close"))?;

    let link = open_room(&ada, "Ada")?;
    let bob = ParticipantBuilder::new(&link, "Bob").camera("pattern:640x360@30").start()?;
    bob.wait_until_connected_to("Ada", SOON)?;
    assert_is_drawn(&ada, "Bob", 30)?;
    stir(&ada)?;
    ada.press("t")?;
    ada.wait_for(&Locator::tile("Bob").within(&Locator::text("relay")))?;
    photograph(&ada, "call-by-relay")?;
    bob.leave()?;
    assert!(turn.requests() > 0);
    Ok(())
}
