//! Putting somebody out, and what comes after.

use conclave_protocol::intent::HostCommand;
use conclave_protocol::signalling::{Access, RoomCommand};
use conclave_protocol::snapshot::EndReason;

use super::rig::*;
use crate::test_ends::SECRET;

#[test]
fn one_who_is_put_out_is_gone_everywhere_at_once_and_the_others_links_stay() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO, DAVE]);
    let links = rig.end(BOB).verified.len();
    rig.remove(HOST, DAVE);
    assert_eq!(rig.end(DAVE).ended, Some(EndReason::Removed));
    for number in [HOST, BOB, CLEO] {
        assert_eq!(rig.end(number).removed, [id(DAVE)]);
        assert_eq!(rig.epoch(number), 1);
    }
    assert_eq!(rig.epoch(DAVE), 0);
    assert!(rig.linked(HOST, BOB) && rig.linked(HOST, CLEO) && rig.linked(BOB, CLEO));
    assert_eq!(rig.end(BOB).verified.len(), links, "no link was built anew");
    // And they can build new ones.
    rig.connect(CLEO);
    assert!(rig.linked(HOST, CLEO) && rig.linked(BOB, CLEO));
    assert_eq!(rig.end(BOB).verified.len(), links + 1);
    let host = device(HOST).key_hash();
    let read = |order| conclave_keys::room_order::verify(host, order).unwrap().command;
    let orders: Vec<_> = rig.end(HOST).orders.iter().map(read).collect();
    assert_eq!(orders[0], RoomCommand::Remove { participant: id(DAVE) });
    assert!(orders.contains(&RoomCommand::SetAccess { access: Access::Lobby }), "the link is not enough any more");
}

#[test]
fn one_who_was_put_out_gets_nowhere_with_the_old_link() {
    // With its device, its old admission, and with a fresh device.
    for (number, identity) in [(DAVE, device(DAVE)), (5, device(5))] {
        let mut rig = Rig::of(&[HOST, BOB, DAVE]);
        rig.remove(HOST, DAVE);
        rig.leave(DAVE);
        rig.enter_with(number, identity, None, SECRET);
        rig.connect(number);
        let old = signed(admission(number), HOST);
        rig.show(number, HOST, &old);
        rig.show(number, BOB, &old);
        rig.connect(number);
        assert!(!rig.has_any_link(number), "{number}");
        assert_eq!(rig.epoch(number), 0);
        assert!(rig.linked(HOST, BOB));
        let knocks = rig.end(HOST).knocks.contains_key(&id(number));
        assert_eq!(knocks, number != DAVE, "the removed device can't even ask");
    }
}

#[test]
fn a_newcomer_to_a_later_epoch_asks_the_host_and_then_greets_all() {
    let mut rig = Rig::of(&[HOST, BOB, DAVE]);
    for number in [DAVE, 6, 7] {
        if number != DAVE {
            rig.enter(number);
            rig.admit(HOST, number);
            assert!(rig.linked(HOST, number) && rig.linked(BOB, number), "{number}");
        }
        rig.remove(HOST, number);
        rig.leave(number);
    }
    assert_eq!((rig.epoch(HOST), rig.epoch(BOB)), (3, 3));
    rig.enter(CLEO);
    assert!(!rig.has_any_link(CLEO));
    rig.admit(HOST, CLEO);
    assert!(rig.linked(HOST, CLEO));
    assert_eq!(rig.epoch(CLEO), 3);
    rig.connect(CLEO);
    assert!(rig.linked(BOB, CLEO) && rig.linked(HOST, CLEO));
    assert_eq!(rig.problems(CLEO), []);
}

#[test]
fn one_whom_the_secret_did_not_reach_is_told_again() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO, DAVE]);
    rig.cut_off = vec![id(BOB)];
    for other in [HOST, CLEO] {
        rig.break_link(BOB, other);
    }
    rig.remove(HOST, DAVE);
    rig.cut_off.clear();
    assert_eq!((rig.epoch(BOB), rig.epoch(CLEO)), (0, 1));
    rig.connect(BOB);
    assert_eq!(rig.epoch(BOB), 1);
    rig.connect(BOB);
    rig.connect(CLEO);
    assert!(rig.linked(HOST, BOB) && rig.linked(BOB, CLEO));
}

#[test]
fn a_host_that_was_restarted_is_told_the_epoch_by_those_who_stayed() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO, DAVE]);
    rig.remove(HOST, DAVE);
    rig.leave(DAVE);
    rig.leave(HOST);
    rig.enter(HOST);
    assert_eq!(rig.epoch(HOST), 1);
    rig.connect(HOST);
    assert!(rig.linked(HOST, BOB) && rig.linked(HOST, CLEO));
    rig.remove(HOST, CLEO);
    assert_eq!((rig.epoch(HOST), rig.epoch(BOB)), (2, 2));
}

#[test]
fn a_host_that_was_gone_follows_into_the_epoch_that_a_co_host_began() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO, DAVE]);
    rig.command(HOST, HostCommand::NameCoHosts { participants: vec![id(BOB)] });
    rig.leave(HOST);
    rig.remove(BOB, DAVE);
    assert_eq!(rig.end(DAVE).ended, Some(EndReason::Removed));
    rig.leave(DAVE);
    assert!(rig.linked(BOB, CLEO));
    rig.enter(HOST);
    assert!(rig.linked(HOST, BOB));
    assert_eq!(rig.epoch(HOST), 1);
}

#[test]
fn a_secret_of_one_who_does_not_govern_is_not_taken() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO]);
    let told = [&7_u64.to_be_bytes()[..], &[9; 32]].concat();
    rig.end(BOB).trust.with(id(CLEO), |peer, _, outbox| peer.tell_epoch(outbox, &told));
    rig.end(BOB).trust.with(id(HOST), |peer, _, outbox| peer.tell_epoch(outbox, &told));
    rig.end(BOB).act();
    rig.run();
    assert_eq!((rig.epoch(HOST), rig.epoch(CLEO)), (0, 0));
}
