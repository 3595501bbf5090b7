//! A host runs its room by clicks.

use conclave_protocol::signalling::SignallingError;
use conclave_protocol::snapshot::EndReason;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::{AppBuilder, AppWindow, Locator};
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::participant::{Participant, ParticipantBuilder};

use crate::scene::{SOON, assert_is_drawn, join_from_lobby, link_on_screen, photograph, stir};

const LOBBY: &str = "Ask before anybody comes in";

#[test]
fn people_are_let_in_refused_locked_out_and_removed() -> Result<()> {
    let ada = AppBuilder::new("Ada").start()?;
    ada.click(&Locator::button("New room"))?;
    ada.click(&Locator::switch(LOBBY))?;
    ada.click(&Locator::button("Create room"))?;
    join_from_lobby(&ada, "Ada")?;
    let link = link_on_screen(&ada)?;

    let bob = knock(&link, "Bob")?;
    ada.wait_for(&Locator::text("Bob asks to come in."))?;
    stir(&ada)?;
    ada.click(&Locator::button("People, 1 waiting"))?;
    photograph(&ada, "somebody-waits")?;
    ada.click(&Locator::button("Let in Bob"))?;
    bob.wait_until_connected_to("Ada", SOON)?;
    assert_is_drawn(&ada, "Bob", 30)?;

    let cleo = knock(&link, "Cleo")?;
    ada.click(&Locator::button("Refuse Cleo"))?;
    let of_cleo = end_of(&cleo)?;
    let refused = EndReason::Refused { error: SignallingError::NotAdmitted };
    assert!(of_cleo == EndReason::NotAdmitted || of_cleo == refused, "{of_cleo:?}");

    ada.click(&Locator::switch("Lock the room"))?;
    ada.wait_for(&Locator::text("The room is locked."))?;
    let dora = participant(&link, "Dora").start()?;
    assert_eq!(end_of(&dora)?, EndReason::Refused { error: SignallingError::Locked });

    remove(&ada, "Bob")?;
    let of_bob = end_of(&bob)?;
    let put_out = EndReason::Refused { error: SignallingError::Removed };
    assert!(of_bob == EndReason::Removed || of_bob == put_out, "{of_bob:?}");
    ada.wait_until_gone(&Locator::tile("Bob"))?;
    photograph(&ada, "after-a-removal")
}

fn participant(link: &str, name: &str) -> ParticipantBuilder {
    ParticipantBuilder::new(link, name).camera("pattern:640x360@30")
}

/// Somebody at the door.
fn knock(link: &str, name: &str) -> Result<Participant> {
    let knocking = participant(link, name).start()?;
    knocking.wait_for("waiting", SOON, |event| matches!(event, Event::Waiting))?;
    Ok(knocking)
}

fn end_of(participant: &Participant) -> Result<EndReason> {
    participant.find("the end of the call", SOON, |event| match event {
        Event::Ended { reason } => Some(reason),
        _ => None,
    })
}

fn remove(host: &AppWindow, name: &str) -> Result<()> {
    host.click(&Locator::button(&format!("Actions for {name}")))?;
    host.click(&Locator::choice("Remove from the call…"))?;
    host.wait_for(&Locator::text(&format!("Remove {name}?")))?;
    photograph(host, "remove-somebody")?;
    host.click(&Locator::button("Remove"))
}
