//! What a server tries with the link that a guest in a browser opens.

use conclave_protocol::ids::HostKeyHash;
use conclave_protocol::invite::InviteLink;
use conclave_protocol::notice::SecurityProblem;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::browser::Locator;
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::hostile_server::{HostileServer, Passing};
use conclave_tests::rigs::participant::{Participant, create_link_at};

use crate::bob::{Bob, Guest};
use crate::scene::{SOON, assert_nothing_of, between_two_rooms, builder, regardless_of_hosts, room_code};

#[test]
fn a_link_with_another_host_leads_to_nobody() -> Result<()> {
    let server = regardless_of_hosts()?;
    let link = create_link_at(&server.url())?;
    let parsed = InviteLink::parse(&link).expect("the link we were given");
    let tampered = InviteLink { host: HostKeyHash([7; 16]), ..parsed }.to_text();
    let ada = builder(&link, "Ada").start()?;
    ada.wait_until_joined()?;
    let bob = Guest::join(&tampered)?;
    ada.wait_for("the notice of another key", SOON, |event: &Event| event.is_security(SecurityProblem::OtherKey))?;
    let bob = Bob::Guest(Box::new(bob));
    bob.wait_for_problem(SecurityProblem::OtherKey, SOON)?;
    bob.leave_without_ada()?;
    assert_nothing_of(&ada.leave()?, "Bob");
    Ok(())
}

#[test]
fn a_link_whose_room_is_not_its_secrets_is_refused() -> Result<()> {
    let server = HostileServer::start(|passing: Passing| vec![passing])?;
    let (one, other) = (create_link_at(&server.url())?, create_link_at(&server.url())?);
    let [one, other] = [one, other].map(|link| InviteLink::parse(&link).expect("the link we were given"));
    let mixed = InviteLink { secret: other.secret, ..one }.to_text();
    let bob = Guest::at_the_door(&mixed)?;
    bob.page().wait_for(&Locator::text("This link is damaged"))?;
    assert!(bob.page().connections()?.is_empty());
    Ok(())
}

/// As [`super::links`] has it for two with the app. What a guest can compare is what its page shows.
#[test]
fn a_server_that_sits_between_two_with_their_link_is_seen_by_signs_and_code() -> Result<()> {
    let server = between_two_rooms()?;
    let link = create_link_at(&server.url())?;
    let join = |name: &str| -> Result<Participant> {
        let participant = builder(&link, name).start()?;
        participant.wait_until_joined()?;
        Ok(participant)
    };
    let (ada, _as_bob) = (join("Ada")?, join("Bob")?);
    let (as_ada, bob) = (join("Ada")?, Guest::join(&link)?);
    let seen = |by: &Participant| -> Result<Vec<String>> {
        by.wait_until_connected_to("Bob", SOON)?;
        by.find("a proof", SOON, |event| match event {
            Event::Verified { identity, .. } => Some(identity.safety.into_iter().map(|sign| sign.symbol).collect()),
            _ => None,
        })
    };
    let (by_ada, by_who_sits_between) = (seen(&ada)?, seen(&as_ada)?);
    let (by_bob, code) = bob.comparison_with("Ada")?;
    assert_eq!(by_bob, by_who_sits_between, "Bob met somebody else");
    assert_ne!(by_bob, by_ada);
    assert!(code.is_some() && code == room_code(&as_ada), "{code:?}");
    assert_ne!(code, room_code(&ada));
    Ok(())
}
