//! Links that were tampered with, and a server that brings their holders together all the same.

use conclave_protocol::ids::HostKeyHash;
use conclave_protocol::invite::InviteLink;
use conclave_protocol::notice::SecurityProblem;
use conclave_protocol::snapshot::VerifiedIdentity;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::hostile_server::{HostileServer, Passing};
use conclave_tests::rigs::participant::{Participant, create_link_at};

use crate::scene::{SOON, assert_nothing_of, between_two_rooms, builder, regardless_of_hosts, room_code};

/// Whoever hands on a link with another host in it would be obeyed by those who take it.
#[test]
fn a_link_with_another_host_leads_to_nobody() -> Result<()> {
    let server = regardless_of_hosts()?;
    let link = create_link_at(&server.url())?;
    let parsed = InviteLink::parse(&link).expect("the link we were given");
    let tampered = InviteLink { host: HostKeyHash([7; 16]), ..parsed }.to_text();
    let ada = builder(&link, "Ada").start()?;
    ada.wait_until_joined()?;
    let cleo = builder(&link, "Cleo").start()?;
    let bob = builder(&tampered, "Bob").start()?;
    for participant in [&ada, &bob] {
        let is_other_key =
            |event: &_| conclave_tests::rigs::event::Event::is_security(event, SecurityProblem::OtherKey);
        participant.wait_for("the notice of another key", SOON, is_other_key)?;
    }
    ada.wait_until_connected_to("Cleo", SOON)?;
    let (ada, bob) = (ada.leave()?, bob.leave()?);
    assert_nothing_of(&ada, "Bob");
    assert_nothing_of(&bob, "Ada");
    assert!(cleo.leave()?.peer("Ada")?.verified);
    Ok(())
}

#[test]
fn a_link_whose_room_is_not_its_secrets_is_refused() -> Result<()> {
    let server = HostileServer::start(|passing: Passing| vec![passing])?;
    let (one, other) = (create_link_at(&server.url())?, create_link_at(&server.url())?);
    let [one, other] = [one, other].map(|link| InviteLink::parse(&link).expect("the link we were given"));
    let mixed = InviteLink { secret: other.secret, ..one }.to_text();
    let mut bob = builder(&mixed, "Bob").start()?;
    let finished = bob.wait_for_end(SOON)?;
    assert!(!finished.status.success());
    assert!(finished.log.contains("don't belong together"), "{}", finished.log);
    Ok(())
}

/// Whoever has the link and runs the server can be each one's only company, as a device of its own: that shows.
#[test]
fn a_server_that_sits_between_two_with_their_link_is_seen_by_device_signs_and_code() -> Result<()> {
    let server = between_two_rooms()?;
    let link = create_link_at(&server.url())?;
    let join = |name: &str| -> Result<Participant> {
        let participant = builder(&link, name).start()?;
        participant.wait_until_joined()?;
        Ok(participant)
    };
    let (ada, as_bob) = (join("Ada")?, join("Bob")?);
    let (bob, as_ada) = (join("Bob")?, join("Ada")?);
    let seen = |by: &Participant, other: &str| -> Result<VerifiedIdentity> {
        by.wait_until_connected_to(other, SOON)?;
        by.find("a proof", SOON, |event| match event {
            Event::Verified { identity, .. } => Some(identity),
            _ => None,
        })
    };
    let (by_ada, by_bob) = (seen(&ada, "Bob")?, seen(&bob, "Ada")?);
    assert_ne!(by_ada.safety, by_bob.safety);
    assert_ne!(room_code(&ada), room_code(&bob));
    // What each of them was shown is a device of whoever sits between.
    assert_eq!(by_ada.safety, seen(&as_bob, "Ada")?.safety);
    assert_eq!(by_bob.safety, seen(&as_ada, "Bob")?.safety);
    assert_ne!(by_ada.device, seen(&as_ada, "Bob")?.device, "Ada did not meet Bob's device");
    Ok(())
}
