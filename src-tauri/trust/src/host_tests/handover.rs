//! Whose word counts, when the host changes, goes and comes back.

use conclave_keys::epoch::{Epoch, EpochSecretHash};
use conclave_keys::statement::Signed;
use conclave_keys::statement::handover::Handover;
use conclave_keys::statement::policy::{self, PasswordRule, Policy};
use conclave_keys::statement::removal::Removal;
use conclave_protocol::intent::HostCommand;
use conclave_protocol::notice::{CommandRefusal, SecurityProblem};
use conclave_protocol::signalling::Access;
use conclave_protocol::snapshot::EndReason;

use super::rig::*;
use crate::*;

const LOBBY: HostCommand = HostCommand::SetAccess { access: Access::Lobby };

fn room() -> RoomId {
    admission(HOST).room
}

fn lobby_of(signer: u8, revision: u64) -> Vec<u8> {
    let policy = Policy {
        room: room(),
        epoch: Epoch(0),
        revision,
        access: policy::Access::Lobby,
        password: PasswordRule::None,
        lock: policy::Lock::Unlocked,
        co_hosts: Vec::new(),
    };
    Signed::sign(policy, &device(signer)).unwrap().to_bytes()
}

fn access(rig: &mut Rig, number: u8) -> policy::Access {
    let trust = &rig.end(number).trust;
    trust.authority.rules(&trust.present()).access
}

#[test]
fn whom_the_role_was_handed_to_governs_and_the_former_host_does_not() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO]);
    rig.command(HOST, LOBBY);
    rig.command(HOST, HostCommand::HandOver { participant: id(BOB) });
    rig.end(HOST).orders.clear();
    for number in [HOST, BOB, CLEO] {
        assert_eq!(access(&mut rig, number), policy::Access::Lobby, "the rules stay");
    }
    rig.remove(HOST, CLEO);
    rig.command(HOST, HostCommand::SetAccess { access: Access::Open });
    assert_eq!(rig.end(HOST).refusals, [CommandRefusal::NotHost; 2]);
    assert!(rig.end(HOST).orders.is_empty());
    // Even if its program says so.
    let removal =
        Removal { room: room(), epoch: Epoch(1), device_key: key(BOB), secret_hash: EpochSecretHash([0; 32]) };
    rig.show(HOST, CLEO, &Signed::sign(removal, &device(HOST)).unwrap().to_bytes());
    assert!(rig.linked(BOB, CLEO));
    rig.enter(DAVE);
    assert!(!rig.has_any_link(DAVE));
    assert!(rig.end(HOST).knocks.is_empty());
    rig.admit(BOB, DAVE);
    rig.connect(DAVE);
    assert!(rig.linked(BOB, DAVE) && rig.linked(CLEO, DAVE) && rig.linked(HOST, DAVE));
    let host = device(HOST).key_hash();
    for order in &rig.end(BOB).orders {
        assert!(conclave_keys::room_order::verify(host, order).is_ok());
    }
    assert!(!rig.end(BOB).orders.is_empty());
}

#[test]
fn of_two_who_claim_to_be_host_the_second_is_told_and_changes_nothing() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO, DAVE]);
    rig.show(BOB, CLEO, &lobby_of(BOB, 1));
    assert_eq!(rig.problems(CLEO), [SecurityProblem::TwoHosts]);
    assert_eq!(access(&mut rig, CLEO), policy::Access::Open);
    rig.command(HOST, HostCommand::HandOver { participant: id(BOB) });
    let second = Handover { room: room(), epoch: Epoch(0), revision: 1, from: key(HOST), to: key(DAVE) };
    rig.show(DAVE, CLEO, &Signed::sign(second, &device(HOST)).unwrap().to_bytes());
    assert_eq!(rig.problems(CLEO), [SecurityProblem::TwoHosts]);
    rig.command(DAVE, LOBBY);
    assert_eq!(rig.end(DAVE).refusals, [CommandRefusal::NotHost]);
    assert!(rig.end(CLEO).trust.authority.host().is_host(&key(BOB)));
}

#[test]
fn a_co_host_acts_while_the_host_is_gone_and_no_longer() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO]);
    rig.command(HOST, LOBBY);
    rig.command(HOST, HostCommand::NameCoHosts { participants: vec![id(BOB)] });
    rig.command(BOB, HostCommand::SetAccess { access: Access::Open });
    assert_eq!(rig.end(BOB).refusals, [CommandRefusal::NotHost]);
    rig.connect_to(BOB, HOST);
    assert!(rig.end(BOB).orders.is_empty(), "a link that is built anew is no absence");
    rig.leave(HOST);
    assert!(!rig.end(BOB).orders.is_empty(), "the server is told who governs now");
    rig.enter(DAVE);
    assert!(!rig.has_any_link(DAVE));
    rig.admit(BOB, DAVE);
    assert!(rig.linked(BOB, DAVE) && rig.linked(CLEO, DAVE));
    rig.command(BOB, HostCommand::HandOver { participant: id(CLEO) });
    assert_eq!(rig.end(BOB).refusals.len(), 2, "only the host hands over");
    // It is back, and knows its rules from the others.
    rig.enter(HOST);
    assert!(rig.linked(HOST, BOB) && rig.linked(HOST, CLEO));
    rig.command(BOB, HostCommand::SetAccess { access: Access::Open });
    assert_eq!(rig.end(BOB).refusals.len(), 3);
    for number in [HOST, BOB, CLEO] {
        assert_eq!(access(&mut rig, number), policy::Access::Lobby);
    }
    assert!(rig.linked(HOST, DAVE), "whom the co-host let in meanwhile");
    rig.remove(HOST, DAVE);
    assert!(!rig.has_any_link(DAVE));
    assert_eq!(rig.end(DAVE).ended, Some(EndReason::Removed));
}

#[test]
fn a_newcomer_learns_of_all_that_was_said_before() {
    let mut rig = Rig::of(&[HOST, BOB, DAVE]);
    rig.command(HOST, HostCommand::HandOver { participant: id(BOB) });
    rig.leave(HOST);
    rig.enter(CLEO);
    assert!(rig.linked(BOB, CLEO));
    let trust = &rig.end(CLEO).trust;
    assert!(trust.authority.host().is_host(&key(BOB)));
    assert_eq!(rig.problems(CLEO), []);
}
