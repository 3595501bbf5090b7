//! Admissions that let nobody in, and statements from elsewhere.

use conclave_keys::epoch::{Epoch, EpochSecretHash};
use conclave_keys::statement::Signed;
use conclave_keys::statement::admission::Admission;
use conclave_keys::statement::policy::{self, PasswordRule, Policy};
use conclave_keys::statement::removal::Removal;
use conclave_protocol::ids::RoomId;
use conclave_protocol::intent::HostCommand;
use conclave_protocol::notice::{CommandRefusal, SecurityProblem};
use conclave_protocol::signalling::Access;

use super::rig::*;
use crate::test_ends::NOW_MS;

fn lobby_with(others: &[u8]) -> Rig {
    let mut rig = Rig::of(&[&[HOST], others].concat());
    rig.command(HOST, HostCommand::SetAccess { access: Access::Lobby });
    rig.enter(CLEO);
    rig
}

#[test]
fn an_admission_that_does_not_fit_lets_nobody_in_and_says_why() {
    let mut forged = signed(admission(CLEO), HOST);
    forged[40] ^= 1;
    let cases = [
        (forged, Some(SecurityProblem::ForgedAdmission)),
        (signed(admission(CLEO), CLEO), Some(SecurityProblem::ForgedAdmission)),
        (signed(Admission { expires_at_ms: NOW_MS, ..admission(CLEO) }, HOST), Some(SecurityProblem::ExpiredAdmission)),
        (
            signed(Admission { room: RoomId([9; 16]), ..admission(CLEO) }, HOST),
            Some(SecurityProblem::OtherRoomsAdmission),
        ),
        (
            signed(Admission { epoch: Epoch(1), ..admission(CLEO) }, HOST),
            // It may be that this end was left behind.
            None,
        ),
        (signed(admission(DAVE), HOST), Some(SecurityProblem::NotAdmitted)),
    ];
    for (shown, problem) in cases {
        let mut rig = lobby_with(&[]);
        rig.show(CLEO, HOST, &shown);
        assert!(!rig.has_any_link(CLEO), "{problem:?}");
        assert_eq!(rig.problems(HOST), problem.into_iter().collect::<Vec<_>>());
    }
    let mut rig = lobby_with(&[]);
    rig.show(CLEO, HOST, &signed(admission(CLEO), HOST));
    assert!(rig.linked(HOST, CLEO), "one that fits");
}

#[test]
fn an_admission_ends_in_time_and_a_link_that_stands_does_not() {
    let mut rig = lobby_with(&[BOB]);
    rig.admit(HOST, CLEO);
    rig.leave(HOST);
    rig.settle();
    rig.problems(BOB);
    rig.set_now(NOW_MS + 13 * HOUR_MS);
    assert!(rig.linked(BOB, CLEO));
    rig.connect_to(CLEO, BOB);
    assert!(!rig.linked(BOB, CLEO));
    assert_eq!(rig.problems(BOB), [SecurityProblem::ExpiredAdmission]);
}

#[test]
fn whom_the_host_let_in_stays_so_as_long_as_the_host_is_there() {
    let mut rig = lobby_with(&[BOB]);
    rig.admit(HOST, CLEO);
    for hours in [7, 14, 21] {
        rig.set_now(NOW_MS + hours * HOUR_MS);
        rig.end(HOST).act();
        rig.run();
    }
    rig.connect(CLEO);
    assert!(rig.linked(HOST, CLEO) && rig.linked(BOB, CLEO));
}

#[test]
fn a_co_host_s_admission_counts_only_while_the_host_is_gone() {
    let mut rig = lobby_with(&[BOB]);
    rig.command(HOST, HostCommand::NameCoHosts { participants: vec![id(BOB)] });
    rig.show(CLEO, HOST, &signed(admission(CLEO), BOB));
    assert!(!rig.has_any_link(CLEO));
    assert_eq!(rig.problems(HOST), [SecurityProblem::NotAdmitted]);
    rig.admit(BOB, CLEO);
    assert_eq!(rig.end(BOB).refusals, [CommandRefusal::NotHost]);
    rig.leave(HOST);
    rig.connect(CLEO);
    assert!(rig.end(BOB).knocks.contains_key(&id(CLEO)), "it asks whoever acts");
    rig.admit(BOB, CLEO);
    assert!(rig.linked(BOB, CLEO));
    assert!(!rig.end(BOB).orders.is_empty());
}

#[test]
fn statements_of_another_room_change_nothing() {
    let mut rig = Rig::of(&[HOST, BOB]);
    let room = RoomId([9; 16]);
    let policy = Policy {
        room,
        epoch: Epoch(0),
        revision: 9,
        access: policy::Access::Lobby,
        password: PasswordRule::None,
        lock: policy::Lock::Locked,
        co_hosts: Vec::new(),
    };
    let removal = Removal { room, epoch: Epoch(1), device_key: key(BOB), secret_hash: EpochSecretHash([0; 32]) };
    let statements = [
        Signed::sign(policy, &device(HOST)).unwrap().to_bytes(),
        Signed::sign(removal, &device(HOST)).unwrap().to_bytes(),
    ];
    for statement in statements {
        rig.show(HOST, BOB, &statement);
    }
    assert_eq!(rig.problems(BOB), [SecurityProblem::Forged]);
    assert!(rig.end(BOB).ended.is_none());
    rig.enter(CLEO);
    assert!(rig.linked(CLEO, BOB) && rig.linked(CLEO, HOST));
}
