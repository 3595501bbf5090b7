//! A host that comes back and has forgotten everything, and a co-host that acts before all have noticed.

use conclave_keys::epoch::Epoch;
use conclave_keys::hosted_rooms::HostedRoom;
use conclave_keys::statement::policy;
use conclave_protocol::intent::HostCommand;
use conclave_protocol::notice::CommandRefusal;
use conclave_protocol::signalling::{Access, Lock};

use super::rig::*;
use crate::test_ends::SECRET;

const LOBBY: HostCommand = HostCommand::SetAccess { access: Access::Lobby };
const MADE_WITH_A_LOBBY: HostedRoom = HostedRoom { access: policy::Access::Lobby, password: None };

fn restart(rig: &mut Rig, hosted: Option<HostedRoom>) {
    rig.leave(HOST);
    rig.enter_with(HOST, device(HOST), None, SECRET);
    if let Some(hosted) = hosted {
        rig.end(HOST).trust.open(hosted);
    }
    rig.connect(HOST);
}

#[test]
fn a_room_made_with_a_lobby_has_one_from_the_first_guest_on() {
    let mut rig = Rig::of(&[]);
    rig.enter_with(HOST, device(HOST), None, SECRET);
    rig.end(HOST).trust.open(MADE_WITH_A_LOBBY);
    rig.enter(BOB);
    assert!(!rig.has_any_link(BOB));
    rig.admit(HOST, BOB);
    assert!(rig.linked(HOST, BOB));
    assert_eq!(rig.end(BOB).trust.governance().access, Access::Lobby);
    // Nobody else can make the room another one.
    rig.end(BOB).trust.open(HostedRoom { access: policy::Access::Open, password: None });
    assert_eq!(rig.end(BOB).trust.governance().access, Access::Lobby);
}

#[test]
fn a_host_that_was_restarted_follows_the_rules_that_it_had_made() {
    let mut rig = Rig::of(&[]);
    rig.enter_with(HOST, device(HOST), None, SECRET);
    rig.end(HOST).trust.open(MADE_WITH_A_LOBBY);
    rig.enter(BOB);
    rig.admit(HOST, BOB);
    rig.command(HOST, HostCommand::SetLock { lock: Lock::Locked });
    restart(&mut rig, Some(MADE_WITH_A_LOBBY));
    assert!(rig.linked(HOST, BOB));
    assert_eq!(rig.end(HOST).trust.governance().lock, Lock::Locked);
    assert_eq!(rig.problems(BOB), []);
}

#[test]
fn a_host_that_was_restarted_meets_all_whom_it_let_in_whatever_the_epoch() {
    for hosted in [None, Some(MADE_WITH_A_LOBBY)] {
        let mut rig = Rig::of(&[HOST, BOB, CLEO, DAVE]);
        rig.command(HOST, LOBBY);
        rig.remove(HOST, DAVE);
        rig.leave(DAVE);
        rig.command(HOST, HostCommand::SetLock { lock: Lock::Locked });
        restart(&mut rig, hosted);
        assert!(rig.linked(HOST, BOB) && rig.linked(HOST, CLEO));
        assert_eq!(rig.epoch(HOST), 1);
        assert!(rig.end(HOST).knocks.is_empty());
        assert_eq!(rig.problems(HOST), []);
        rig.settle();
        assert!(rig.linked(HOST, BOB) && rig.linked(HOST, CLEO) && rig.linked(BOB, CLEO));
        // And goes on where it was.
        rig.remove(HOST, CLEO);
        assert_eq!((rig.epoch(HOST), rig.epoch(BOB)), (2, 2));
    }
}

#[test]
fn a_co_host_s_removal_counts_once_the_others_have_noticed_that_the_host_is_gone() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO, DAVE]);
    rig.command(HOST, HostCommand::NameCoHosts { participants: vec![id(BOB)] });
    // The host's program is killed. Bob notices first.
    let place = rig.place(HOST);
    rig.ends.remove(place);
    rig.end(BOB).trust.link_closed(id(HOST));
    rig.end(BOB).trust.part(id(HOST));
    rig.remove(BOB, DAVE);
    assert_eq!((rig.epoch(BOB), rig.epoch(CLEO)), (1, 0));
    rig.end(CLEO).trust.link_closed(id(HOST));
    rig.end(CLEO).act();
    rig.run();
    assert_eq!(rig.epoch(CLEO), 1);
    assert_eq!(rig.end(CLEO).removed, [id(DAVE)]);
    rig.settle();
    assert!(rig.linked(BOB, CLEO));
}

#[test]
fn a_co_host_commands_nothing_while_only_its_own_link_to_the_host_is_broken() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO]);
    rig.command(HOST, HostCommand::NameCoHosts { participants: vec![id(BOB)] });
    rig.break_link(BOB, HOST);
    rig.remove(BOB, CLEO);
    assert_eq!(rig.end(BOB).refusals, [CommandRefusal::NotHost]);
    assert_eq!(rig.epoch(BOB), 0);
}

#[test]
fn a_host_that_is_there_is_moved_into_no_epoch_by_a_co_host() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO]);
    rig.command(HOST, HostCommand::NameCoHosts { participants: vec![id(BOB)] });
    let far = conclave_keys::statement::MAX_NUMBER;
    rig.show(BOB, HOST, &removal(key(99), Epoch(far), [9; 32], BOB));
    let told = [&far.to_be_bytes()[..], &[9; 32]].concat();
    rig.end(BOB).trust.with(id(HOST), |peer, _, outbox| peer.tell_epoch(outbox, &told));
    rig.end(BOB).act();
    rig.run();
    assert_eq!(rig.epoch(HOST), 0);
    // Nor is anybody taken for removed.
    rig.enter(DAVE);
    assert!(rig.linked(HOST, DAVE));
    rig.remove(HOST, CLEO);
    assert_eq!((rig.epoch(HOST), rig.epoch(BOB)), (1, 1));
}

#[test]
fn the_role_is_handed_only_to_one_who_is_there_to_take_it() {
    let mut rig = Rig::of(&[HOST, BOB]);
    rig.break_link(HOST, BOB);
    rig.command(HOST, HostCommand::HandOver { participant: id(BOB) });
    assert_eq!(rig.end(HOST).refusals, [CommandRefusal::NobodyThere]);
    assert!(rig.end(HOST).trust.governs());
}

#[test]
fn the_new_host_s_word_comes_after_that_it_is_the_host() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO]);
    rig.break_link(HOST, CLEO);
    rig.cut_off = vec![id(HOST)];
    rig.command(HOST, HostCommand::HandOver { participant: id(BOB) });
    assert_eq!(rig.problems(CLEO), []);
    assert!(rig.end(CLEO).trust.authority.host().is_host(&key(BOB)));
}

#[test]
fn what_a_co_host_did_stays_done_when_it_is_one_no_more() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO, DAVE]);
    rig.command(HOST, HostCommand::NameCoHosts { participants: vec![id(BOB)] });
    rig.leave(HOST);
    rig.remove(BOB, DAVE);
    rig.leave(DAVE);
    rig.enter(HOST);
    assert_eq!(rig.epoch(HOST), 1);
    let by_host = rig.end(CLEO).trust.admissions.of(&key(BOB)).is_some_and(|admission| admission.signer() == key(HOST));
    assert!(by_host, "the host lets in anew whom it found");
    rig.command(HOST, HostCommand::NameCoHosts { participants: Vec::new() });
    rig.enter(6);
    rig.admit(HOST, 6);
    assert_eq!(rig.epoch(6), 1);
    rig.connect(6);
    assert!(rig.linked(HOST, 6) && rig.linked(BOB, 6) && rig.linked(CLEO, 6));
    // Nor does the host take back whom it put out.
    rig.enter(DAVE);
    assert!(!rig.has_any_link(DAVE) && !rig.end(HOST).knocks.contains_key(&id(DAVE)));
}

#[test]
fn a_host_that_comes_back_lets_in_anew_whom_it_finds() {
    let mut rig = Rig::of(&[HOST, BOB, DAVE]);
    rig.command(HOST, HostCommand::NameCoHosts { participants: vec![id(BOB)] });
    rig.leave(HOST);
    rig.remove(BOB, DAVE);
    rig.leave(DAVE);
    rig.enter(HOST);
    for number in [HOST, BOB] {
        let admission = rig.end(number).trust.admissions.of(&key(BOB)).cloned();
        assert_eq!(admission.map(|admission| admission.signer()), Some(key(HOST)), "{number}");
    }
}
