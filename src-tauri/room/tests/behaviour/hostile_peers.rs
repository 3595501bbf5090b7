//! What somebody in the room can't do to the others.

use conclave_protocol::ids::LinkGeneration;
use conclave_protocol::signal::Signal;
use conclave_protocol::signalling::ServerMessage;
use conclave_room::LinkEvent;

use crate::rig::{EARLIER, LATER, Rig, applied, candidate, earlier, generation, later, name, opened, seconds, signals};

#[test]
fn a_flood_of_candidates_before_an_offer_is_cut_off() {
    let mut rig = Rig::joined(&[]);
    rig.said(ServerMessage::Joined { member: later() });
    for number in 0..100_000 {
        let candidate = candidate(&format!("candidate {number}"));
        rig.signal(LATER, Signal::Candidate { generation: generation(1), candidate });
    }
    assert_eq!(applied(&rig.offer(LATER, 1)).len(), 1 + 64);
}

#[test]
fn a_flood_of_offers_opens_few_links() {
    let mut rig = Rig::joined(&[]);
    rig.said(ServerMessage::Joined { member: later() });
    let openings = (1..10_000).filter(|number| !opened(&rig.offer(LATER, *number)).is_empty()).count();
    assert!(openings <= 32, "{openings} links");
    rig.wait(seconds(60));
    assert_eq!(opened(&rig.offer(LATER, 20_000)).len(), 1, "whoever stops is heard again");
}

#[test]
fn a_flood_of_greetings_is_not_answered_in_kind() {
    let mut rig = Rig::joined(&[]);
    rig.said(ServerMessage::Joined { member: later() });
    let hello = || Signal::Hello { name: name("Mallory") };
    let answers: usize = (0..10_000).map(|_| signals(&rig.signal(LATER, hello())).len()).sum();
    assert!(answers <= 32, "{answers} answers");
}

#[test]
fn the_greatest_generation_there_is_breaks_nothing() {
    let greatest = LinkGeneration(u32::MAX);
    let mut rig = Rig::joined(&[earlier(), later()]);
    rig.wait(seconds(3));
    rig.signal(EARLIER, Signal::RebuildRequest { generation: greatest });
    rig.signal(LATER, Signal::Candidate { generation: greatest, candidate: candidate("a") });
    rig.offer(LATER, u32::MAX);
    rig.link(LATER, u32::MAX, LinkEvent::Connected);
    rig.wait(seconds(600));
    assert_eq!(rig.room.snapshot().others.len(), 2);
}
