//! Who waits before the room, and needs nobody's click.

use conclave_protocol::intent::HostCommand;
use conclave_protocol::notice::SecurityProblem;
use conclave_protocol::signalling::{Access, Lock, OrderNumber, RoomCommand};

use super::rig::*;
use crate::test_ends::{NOW_MS, SECRET};
use crate::*;

/// Waits at the server, and asks the host.
fn wait_outside(rig: &mut Rig, number: u8) {
    rig.enter_with(number, device(number), None, SECRET);
    rig.end(HOST).trust.attend(id(number));
    let newcomer = rig.end(number);
    newcomer.trust.knock(id(HOST), DisplayName::from_untrusted("Somebody"));
    newcomer.act();
    rig.run();
}

fn last_order(rig: &mut Rig) -> Option<RoomCommand> {
    let host = device(HOST).key_hash();
    let order = rig.end(HOST).orders.last()?;
    Some(conclave_keys::room_order::verify(host, order).unwrap().command)
}

#[test]
fn who_was_let_in_and_starts_its_program_anew_comes_in_without_asking() {
    let mut rig = Rig::of(&[HOST, BOB]);
    rig.command(HOST, HostCommand::SetAccess { access: Access::Lobby });
    rig.enter(CLEO);
    rig.admit(HOST, CLEO);
    rig.leave(CLEO);
    wait_outside(&mut rig, CLEO);
    assert_eq!(last_order(&mut rig), Some(RoomCommand::Admit { participant: id(CLEO) }));
    assert!(rig.end(HOST).knocks.is_empty());
    // The server lets it in.
    rig.end(HOST).trust.meet(id(CLEO), LinkRole::Answerer);
    rig.connect(CLEO);
    assert!(rig.linked(HOST, CLEO) && rig.linked(BOB, CLEO));
}

#[test]
fn a_locked_room_takes_back_who_was_there_and_sends_strangers_away() {
    let mut rig = Rig::of(&[HOST, CLEO]);
    rig.command(HOST, HostCommand::SetLock { lock: Lock::Locked });
    rig.leave(CLEO);
    wait_outside(&mut rig, CLEO);
    assert_eq!(last_order(&mut rig), Some(RoomCommand::Admit { participant: id(CLEO) }));
    wait_outside(&mut rig, DAVE);
    assert_eq!(last_order(&mut rig), Some(RoomCommand::Refuse { participant: id(DAVE) }));
    assert_eq!(rig.problems(HOST), [SecurityProblem::RoomLocked]);
    assert!(rig.end(HOST).knocks.is_empty());
}

#[test]
fn nobody_takes_the_place_of_one_who_was_shown() {
    let mut rig = Rig::of(&[HOST]);
    rig.command(HOST, HostCommand::SetAccess { access: Access::Lobby });
    wait_outside(&mut rig, CLEO);
    let place = rig.place(CLEO);
    rig.ends.remove(place);
    rig.enter_with(CLEO, device(9), None, SECRET);
    let newcomer = rig.end(CLEO);
    newcomer.trust.knock(id(HOST), DisplayName::from_untrusted("Cleo"));
    newcomer.act();
    rig.run();
    assert_eq!(rig.end(HOST).knocks[&id(CLEO)].device, key(CLEO).to_string());
    rig.admit(HOST, CLEO);
    rig.connect(CLEO);
    assert!(!rig.has_any_link(CLEO));
}

#[test]
fn one_who_waits_and_never_says_who_it_is_loses_its_place() {
    let mut rig = Rig::of(&[HOST, BOB]);
    rig.command(HOST, HostCommand::SetAccess { access: Access::Lobby });
    rig.end(HOST).trust.attend(id(DAVE));
    let before = rig.end(HOST).orders.len();
    rig.settle();
    assert_eq!(rig.end(HOST).orders.len(), before);
    rig.set_now(NOW_MS + 61_000);
    rig.end(HOST).act();
    assert_eq!(last_order(&mut rig), Some(RoomCommand::Refuse { participant: id(DAVE) }));
    let after = rig.end(HOST).orders.len();
    rig.settle();
    assert_eq!(rig.end(HOST).orders.len(), after, "once");
}

#[test]
fn one_who_asks_again_is_let_in_again_as_the_order_may_be_lost() {
    let mut rig = Rig::of(&[HOST]);
    rig.command(HOST, HostCommand::SetAccess { access: Access::Lobby });
    wait_outside(&mut rig, CLEO);
    rig.admit(HOST, CLEO);
    rig.end(HOST).orders.clear();
    let cleo = rig.end(CLEO);
    cleo.trust.knock(id(HOST), DisplayName::from_untrusted("Cleo"));
    cleo.act();
    rig.run();
    assert_eq!(last_order(&mut rig), Some(RoomCommand::Admit { participant: id(CLEO) }));
}

#[test]
fn orders_go_on_from_the_last_one_that_the_server_knows() {
    let mut rig = Rig::of(&[HOST]);
    rig.command(HOST, HostCommand::SetAccess { access: Access::Lobby });
    rig.end(HOST).orders.clear();
    let last = OrderNumber::try_from(NOW_MS + 1_000_000).unwrap();
    rig.end(HOST).trust.order_repeated(last);
    rig.end(HOST).act();
    let host = device(HOST).key_hash();
    let orders = rig.end(HOST).orders.clone();
    assert_eq!(orders.len(), 2, "the rules");
    for order in &orders {
        assert!(conclave_keys::room_order::verify(host, order).unwrap().number > last);
    }
}
