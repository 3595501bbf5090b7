//! Rooms of the network are found without a link.

use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::{AppBuilder, Locator};

use crate::scene::{join_from_lobby, photograph};

#[test]
fn a_room_that_is_shown_on_the_network_is_joined_without_a_link() -> Result<()> {
    let ada = AppBuilder::new("Ada").start()?;
    ada.click(&Locator::button("New room"))?;
    ada.fill(&Locator::field("Name"), "Weekly meeting")?;
    ada.click(&Locator::picker("Where the room is"))?;
    ada.click(&Locator::choice("Local network"))?;
    ada.click(&Locator::switch("Show it on this network"))?;
    ada.click(&Locator::button("Create room"))?;
    join_from_lobby(&ada, "Ada")?;

    let bob = AppBuilder::new("Bob").start()?;
    bob.wait_for(&Locator::text("Weekly meeting"))?;
    bob.wait_for(&Locator::text("Ada"))?;
    photograph(&bob, "home-with-a-room-nearby")?;
    bob.click(&Locator::text("Weekly meeting"))?;
    join_from_lobby(&bob, "Bob")?;
    for (window, other) in [(&ada, "Bob"), (&bob, "Ada")] {
        window.wait_for(&Locator::tile(other))?;
    }
    Ok(())
}
