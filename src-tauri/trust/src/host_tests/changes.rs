//! Links that stand while the rules change, and what is said of it while the server keeps everything back.

use conclave_keys::epoch::Epoch;
use conclave_keys::statement::Signed;
use conclave_keys::statement::policy::{self, PasswordRule, Policy};
use conclave_protocol::intent::HostCommand;
use conclave_protocol::notice::{CommandRefusal, SecurityProblem};
use conclave_protocol::signalling::{Access, Lock};
use conclave_protocol::snapshot::EndReason;
use conclave_protocol::snapshot::Office;

use super::rig::*;
use crate::test_ends::{NOW_MS, SECRET};

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

#[test]
fn a_server_that_keeps_statements_back_does_so_only_until_the_link_is_up() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO]);
    rig.break_link(BOB, HOST);
    rig.break_link(BOB, CLEO);
    rig.keeps_statements_back = true;
    rig.command(HOST, LOBBY);
    assert_eq!(rig.end(BOB).trust.governance().access, Access::Open);
    rig.connect_to(CLEO, BOB);
    assert_eq!(rig.end(BOB).trust.governance().access, Access::Lobby);
}

#[test]
fn one_who_has_heard_of_a_removal_and_of_nothing_else_lets_nobody_in_by_the_link_alone() {
    let mut rig = Rig::of(&[HOST, CLEO]);
    rig.show(HOST, CLEO, &removal(key(DAVE), Epoch(1), [1; 32], HOST));
    rig.enter_with(5, device(5), None, SECRET);
    rig.connect_to(5, CLEO);
    assert!(!rig.linked(5, CLEO));
}

#[test]
fn one_who_was_not_told_the_epoch_keeps_its_links_until_it_is() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO, DAVE]);
    rig.break_link(BOB, HOST);
    rig.cut_off = vec![id(BOB)];
    rig.remove(HOST, DAVE);
    assert_eq!((rig.epoch(BOB), rig.end(BOB).removed.len()), (0, 1), "Cleo has told it");
    rig.settle();
    assert!(rig.linked(BOB, CLEO));
}

#[test]
fn a_co_host_is_let_in_by_all_for_whom_it_may_have_to_speak() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO]);
    rig.command(HOST, LOBBY);
    rig.command(HOST, HostCommand::NameCoHosts { participants: vec![id(BOB)] });
    rig.settle();
    rig.leave(HOST);
    rig.leave(BOB);
    // All admissions have expired.
    rig.set_now(NOW_MS + 13 * HOUR_MS);
    rig.enter_with(BOB, device(BOB), None, SECRET);
    rig.set_now(NOW_MS + 13 * HOUR_MS);
    rig.connect(BOB);
    // Cleo asks it to be let in anew, and not the other way round.
    assert!(rig.end(BOB).knocks.contains_key(&id(CLEO)));
    assert!(rig.end(CLEO).knocks.is_empty());
    rig.admit(BOB, CLEO);
    // Its offer was made before it knew that there is a lobby.
    rig.connect(BOB);
    assert!(rig.linked(BOB, CLEO));
    assert_eq!(rig.end(BOB).trust.governance().office, Office::ActingHost);
}

#[test]
fn the_rules_may_come_some_seconds_before_what_goes_with_them() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO]);
    let policy = Policy {
        room: admission(HOST).room,
        epoch: Epoch(0),
        revision: 1,
        access: policy::Access::Lobby,
        password: PasswordRule::None,
        lock: policy::Lock::Unlocked,
        co_hosts: Vec::new(),
    };
    rig.show(HOST, BOB, &Signed::sign(policy, &device(HOST)).unwrap().to_bytes());
    rig.set_now(NOW_MS + 2_900);
    rig.end(BOB).act();
    assert!(rig.linked(BOB, CLEO));
    rig.set_now(NOW_MS + 3_000);
    rig.end(BOB).act();
    assert!(!rig.linked(BOB, CLEO), "and nothing came");
}
