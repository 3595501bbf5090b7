//! Links that stand while the rules change, and what is said of it while the server keeps everything back.

use conclave_protocol::intent::HostCommand;
use conclave_protocol::signalling::{Access, Lock};

use super::rig::*;
use crate::trust::test_ends::SECRET;
use crate::trust::*;

const LOBBY: HostCommand = HostCommand::SetAccess { access: Access::Lobby };

#[test]
fn what_the_host_says_reaches_all_though_the_server_keeps_everything_back() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO, DAVE]);
    rig.cut_off = vec![id(HOST), id(BOB), id(CLEO), id(DAVE)];
    rig.remove(HOST, DAVE);
    assert_eq!(rig.end(DAVE).ended, Some(EndReason::Removed));
    for number in [HOST, BOB, CLEO] {
        assert_eq!(rig.end(number).removed, [id(DAVE)], "{number}");
        assert_eq!(rig.epoch(number), 1, "{number}");
    }
    rig.command(HOST, HostCommand::SetLock { lock: Lock::Locked });
    assert_eq!(rig.end(BOB).trust.governance().lock, Lock::Locked);
}

#[test]
fn what_was_kept_back_is_said_again_on_the_next_link() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO]);
    for other in [HOST, CLEO] {
        rig.break_link(BOB, other);
    }
    rig.cut_off = vec![id(BOB)];
    rig.command(HOST, LOBBY);
    rig.cut_off.clear();
    assert_eq!(rig.end(BOB).trust.governance().access, Access::Open);
    rig.connect(BOB);
    assert_eq!(rig.end(BOB).trust.governance().access, Access::Lobby);
}

#[test]
fn one_who_was_put_out_and_meets_a_newcomer_first_loses_it_with_the_epoch() {
    let mut rig = Rig::of(&[HOST, DAVE]);
    rig.remove(HOST, DAVE);
    rig.leave(DAVE);
    // Back with another device. The server shows the newcomer nobody else at first.
    rig.enter_with(5, device(5), None, SECRET);
    rig.enter_with(BOB, device(BOB), None, SECRET);
    rig.connect_to(BOB, 5);
    assert!(rig.linked(BOB, 5), "neither can know");
    rig.connect_to(BOB, HOST);
    rig.admit(HOST, BOB);
    assert_eq!(rig.epoch(BOB), 1);
    assert!(rig.linked(HOST, BOB));
    rig.settle();
    assert!(!rig.has_any_link(5));
    assert_eq!(rig.end(BOB).failed, 1);
    assert!(rig.problems(BOB).contains(&SecurityProblem::NotAdmitted));
    rig.connect_to(BOB, 5);
    assert!(!rig.has_any_link(5));
}

#[test]
fn after_a_removal_nobody_is_let_in_by_the_link_alone() {
    let mut rig = Rig::of(&[HOST, BOB, DAVE]);
    // The newcomer has heard of the removal and isn't told the epoch.
    rig.remove(HOST, DAVE);
    rig.leave(DAVE);
    rig.enter(CLEO);
    rig.enter_with(5, device(5), None, SECRET);
    rig.connect_to(5, CLEO);
    assert!(!rig.linked(5, CLEO));
    assert_eq!(rig.end(HOST).trust.governance().access, Access::Lobby);
    rig.command(HOST, HostCommand::SetAccess { access: Access::Open });
    assert_eq!(rig.end(HOST).refusals, [CommandRefusal::SomebodyWasPutOut]);
}

#[test]
fn guests_who_were_there_before_a_host_with_a_lobby_wait_for_it_too() {
    let mut rig = Rig::of(&[BOB, CLEO]);
    assert!(rig.linked(BOB, CLEO));
    rig.enter_with(HOST, device(HOST), None, SECRET);
    let hosted = conclave_keys::hosted_rooms::HostedRoom {
        access: conclave_keys::statement::policy::Access::Lobby,
        password: None,
    };
    rig.end(HOST).trust.open(hosted);
    rig.connect(HOST);
    assert!(!rig.has_any_link(HOST));
    rig.settle();
    rig.settle();
    assert!(!rig.linked(BOB, CLEO), "the host's rules are for them as well");
    for number in [BOB, CLEO] {
        assert!(rig.end(HOST).knocks.contains_key(&id(number)), "{number}");
        rig.admit(HOST, number);
    }
    rig.connect(CLEO);
    assert!(rig.linked(HOST, BOB) && rig.linked(HOST, CLEO) && rig.linked(BOB, CLEO));
}

#[test]
fn those_who_stay_are_never_cut_off_by_a_change() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO, DAVE]);
    for command in [LOBBY, HostCommand::SetLock { lock: Lock::Locked }, HostCommand::Remove { participant: id(DAVE) }] {
        rig.command(HOST, command);
        rig.settle();
        assert!(rig.linked(HOST, BOB) && rig.linked(HOST, CLEO) && rig.linked(BOB, CLEO));
    }
    rig.command(HOST, HostCommand::HandOver { participant: id(BOB) });
    rig.settle();
    rig.remove(BOB, CLEO);
    rig.settle();
    assert!(rig.linked(HOST, BOB));
    assert!([HOST, BOB].into_iter().all(|number| rig.end(number).failed == 0));
}

#[test]
fn one_who_was_never_let_in_can_be_put_out_without_an_epoch() {
    let mut rig = Rig::of(&[HOST, BOB]);
    rig.command(HOST, LOBBY);
    rig.enter(CLEO);
    rig.remove(HOST, CLEO);
    assert_eq!(rig.end(CLEO).ended, Some(EndReason::NotAdmitted));
    assert_eq!(rig.end(HOST).removed, [id(CLEO)]);
    assert_eq!((rig.epoch(HOST), rig.epoch(BOB)), (0, 0));
}
