//! Lobby, lock, and somebody who tries passwords.

use conclave_protocol::ids::OfferRound;
use conclave_protocol::intent::HostCommand;
use conclave_protocol::notice::{CommandRefusal, SecurityProblem};
use conclave_protocol::signalling::{Access, Lock, RoomCommand};
use conclave_protocol::snapshot::EndReason;

use super::rig::*;
use crate::test_ends::{NOW_MS, SECRET};
use crate::*;

const LOBBY: HostCommand = HostCommand::SetAccess { access: Access::Lobby };

fn ordered(end: &crate::test_ends::End) -> Vec<RoomCommand> {
    let host = device(HOST).key_hash();
    let read = |order| conclave_keys::room_order::verify(host, order).map(|order| order.command).unwrap();
    end.orders.iter().map(read).collect()
}

#[test]
fn an_open_room_lets_everybody_in_and_says_nothing_more_than_before() {
    let rig = Rig::of(&[HOST, BOB, CLEO]);
    assert!(rig.linked(HOST, BOB) && rig.linked(HOST, CLEO) && rig.linked(BOB, CLEO));
    let statements = rig.relayed.iter().filter(|message| message.payload.0[..2] == [2, 4]).count();
    assert_eq!(statements, 0);
}

#[test]
fn in_a_lobby_a_newcomer_hears_nothing_until_the_host_lets_it_in() {
    let mut rig = Rig::of(&[HOST, BOB]);
    rig.command(HOST, LOBBY);
    [HOST, BOB].into_iter().for_each(|number| rig.end(number).heard.clear());
    rig.enter(CLEO);
    assert!(!rig.has_any_link(CLEO));
    assert!([HOST, BOB].into_iter().all(|number| rig.end(number).heard.is_empty()), "nothing of it is taken");
    assert!(!rig.end(CLEO).took_description() && rig.end(CLEO).verified.is_empty());
    let knock = rig.end(HOST).knocks[&id(CLEO)].clone();
    assert_eq!((knock.name.as_str(), knock.device), ("Guest 3", key(CLEO).to_string()));
    assert!(rig.end(BOB).knocks.is_empty(), "only the host is asked");
    assert_eq!(rig.problems(BOB), [SecurityProblem::NotAdmitted]);
    rig.admit(HOST, CLEO);
    assert!(rig.linked(CLEO, HOST) && rig.linked(CLEO, BOB));
    assert!(rig.end(HOST).knocks.is_empty());
    assert!(rig.end(CLEO).ended.is_none());
    // The next link needs nobody's leave.
    rig.connect(CLEO);
    assert!(rig.linked(CLEO, HOST) && rig.linked(CLEO, BOB));
}

#[test]
fn the_device_that_the_host_was_shown_is_let_in_and_not_one_that_takes_its_place() {
    let mut rig = Rig::of(&[HOST]);
    rig.command(HOST, LOBBY);
    rig.enter(CLEO);
    let place = rig.place(CLEO);
    rig.ends.remove(place);
    rig.enter_with(CLEO, device(9), None, SECRET);
    let generation = LinkGeneration(99);
    rig.end(CLEO).offer_to(id(HOST), generation);
    rig.run();
    rig.admit(HOST, CLEO);
    assert!(!rig.has_any_link(CLEO));
}

#[test]
fn one_who_is_not_let_in_does_not_learn_the_others_names() {
    let mut rig = Rig::of(&[HOST]);
    rig.command(HOST, LOBBY);
    rig.enter(CLEO);
    rig.enter(DAVE);
    rig.admit(HOST, DAVE);
    rig.connect(DAVE);
    assert!(rig.linked(HOST, DAVE));
    assert!(rig.end(CLEO).heard.iter().all(|signal| !matches!(signal, Signal::Hello { .. })));
    assert!(rig.end(HOST).heard.iter().any(|signal| matches!(signal, Signal::Hello { .. })));
}

#[test]
fn whom_the_host_refuses_is_told_so() {
    let mut rig = Rig::of(&[HOST]);
    rig.command(HOST, LOBBY);
    rig.enter(CLEO);
    rig.command(HOST, HostCommand::Refuse { participant: id(CLEO) });
    assert_eq!(rig.end(CLEO).ended, Some(EndReason::NotAdmitted));
    assert!(rig.end(HOST).knocks.is_empty() && !rig.has_any_link(CLEO));
    let refused = RoomCommand::Refuse { participant: id(CLEO) };
    assert_eq!(ordered(rig.end(HOST)).last(), Some(&refused));
}

#[test]
fn nobody_but_the_host_refuses_or_lets_in() {
    let mut rig = Rig::of(&[HOST, BOB]);
    rig.command(HOST, LOBBY);
    rig.enter(CLEO);
    rig.admit(BOB, CLEO);
    rig.command(BOB, HostCommand::Refuse { participant: id(CLEO) });
    rig.remove(BOB, HOST);
    assert_eq!(rig.end(BOB).refusals, [CommandRefusal::NotHost; 3]);
    // Even if its program says so.
    rig.end(BOB).trust.with(id(CLEO), |peer, _, outbox| peer.refuse(outbox));
    rig.end(BOB).act();
    rig.run();
    assert_eq!(rig.end(CLEO).ended, None);
    assert!(!rig.has_any_link(CLEO) && rig.end(BOB).orders.is_empty());
}

#[test]
fn one_who_waits_at_the_server_knocks_without_a_link() {
    let mut rig = Rig::of(&[HOST]);
    rig.command(HOST, LOBBY);
    rig.enter_with(CLEO, device(CLEO), None, SECRET);
    rig.end(HOST).trust.attend(id(CLEO));
    let cleo = rig.end(CLEO);
    cleo.trust.knock(id(HOST), DisplayName::from_untrusted("Cleo"));
    cleo.act();
    rig.run();
    assert_eq!(rig.end(HOST).knocks[&id(CLEO)].name.as_str(), "Cleo");
    rig.admit(HOST, CLEO);
    assert_eq!(ordered(rig.end(HOST)).last(), Some(&RoomCommand::Admit { participant: id(CLEO) }));
    // The server lets it in.
    rig.end(HOST).trust.meet(id(CLEO), LinkRole::Answerer);
    rig.connect(CLEO);
    assert!(rig.linked(HOST, CLEO));
}

#[test]
fn who_was_there_before_the_door_was_shut_stays_and_comes_back() {
    for command in [LOBBY, HostCommand::SetLock { lock: Lock::Locked }] {
        let mut rig = Rig::of(&[HOST, BOB, CLEO]);
        rig.command(HOST, command);
        rig.connect(CLEO);
        assert!(rig.linked(BOB, CLEO) && rig.linked(HOST, CLEO));
        assert_eq!(rig.problems(BOB), []);
    }
}

#[test]
fn a_locked_room_answers_no_stranger() {
    let mut rig = Rig::of(&[HOST, BOB]);
    rig.command(HOST, HostCommand::SetLock { lock: Lock::Locked });
    let before = rig.relayed.len();
    rig.enter(CLEO);
    assert!(!rig.has_any_link(CLEO));
    assert!(rig.relayed[before..].iter().all(|message| message.from != id(BOB)), "an answer");
    assert_eq!(rig.problems(HOST), []);
    assert!(rig.end(HOST).knocks.contains_key(&id(CLEO)), "the host decides");
    assert_eq!(rig.problems(BOB), [SecurityProblem::RoomLocked]);
    rig.command(HOST, HostCommand::SetLock { lock: Lock::Unlocked });
    rig.connect(CLEO);
    assert!(rig.linked(CLEO, HOST) && rig.linked(CLEO, BOB));
}

#[test]
fn one_who_comes_back_into_a_locked_room_with_no_memory_finds_all_who_were_there() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO]);
    rig.command(HOST, HostCommand::SetLock { lock: Lock::Locked });
    for gone in [CLEO, HOST] {
        rig.leave(gone);
        rig.enter(gone);
    }
    assert!(rig.linked(HOST, BOB) && rig.linked(HOST, CLEO) && rig.linked(BOB, CLEO));
}

#[test]
fn rules_are_ordered_of_the_server_and_again_after_each_welcome() {
    let mut rig = Rig::of(&[HOST, BOB]);
    rig.command(HOST, LOBBY);
    let rules = [RoomCommand::SetAccess { access: Access::Lobby }, RoomCommand::SetLock { lock: Lock::Unlocked }];
    assert_eq!(ordered(rig.end(HOST)), rules);
    for number in [HOST, BOB] {
        rig.end(number).orders.clear();
        rig.end(number).trust.welcomed(conclave_protocol::signalling::Standing::Inside);
        rig.end(number).act();
    }
    assert_eq!(ordered(rig.end(HOST)), rules);
    assert!(rig.end(BOB).orders.is_empty());
}

#[test]
fn after_five_wrong_passwords_nobody_new_is_answered_for_a_minute() {
    let mut rig = Rig::of(&[]);
    rig.enter_with(HOST, device(HOST), Some("right"), SECRET);
    rig.enter_with(BOB, device(BOB), Some("right"), SECRET);
    rig.connect(BOB);
    rig.enter_with(CLEO, device(CLEO), Some("wrong"), SECRET);
    for _ in 0..8 {
        rig.connect_to(CLEO, HOST);
    }
    let problems = rig.problems(HOST);
    assert_eq!(problems, [SecurityProblem::OtherKey, SecurityProblem::PasswordGuessing]);
    rig.enter_with(DAVE, device(DAVE), Some("right"), SECRET);
    rig.connect_to(DAVE, HOST);
    assert!(!rig.linked(DAVE, HOST));
    rig.connect_to(BOB, HOST);
    assert!(rig.linked(BOB, HOST), "one who has proven who it is");
    rig.set_now(NOW_MS + 60_000);
    rig.connect_to(DAVE, HOST);
    assert!(rig.linked(DAVE, HOST));
}

#[test]
fn a_flood_of_statements_and_signals_is_bounded() {
    let mut rig = Rig::of(&[HOST]);
    rig.command(HOST, LOBBY);
    rig.enter(CLEO);
    let statement = signed(admission(CLEO), CLEO);
    for _ in 0..50 {
        let flood = vec![statement.clone(); 100];
        rig.end(CLEO).trust.with(id(HOST), |peer, _, outbox| peer.tell_statements(outbox, &flood));
        rig.end(CLEO).act();
        rig.run();
    }
    assert_eq!(rig.problems(HOST), [SecurityProblem::ForgedAdmission]);
    assert!(!rig.has_any_link(CLEO));
    rig.admit(HOST, CLEO);
    assert!(rig.linked(HOST, CLEO));
}

#[test]
fn without_a_password_there_is_nothing_to_guess() {
    let mut rig = Rig::of(&[HOST, BOB]);
    rig.enter_with(CLEO, device(CLEO), Some("one too many"), SECRET);
    for _ in 0..8 {
        rig.connect_to(CLEO, HOST);
    }
    assert_eq!(rig.problems(HOST), [SecurityProblem::OtherKey]);
    rig.enter_with(DAVE, device(DAVE), None, SECRET);
    rig.connect_to(DAVE, HOST);
    assert!(rig.linked(DAVE, HOST));
}

#[test]
fn the_signals_of_one_who_is_not_let_in_fill_no_memory() {
    let mut rig = Rig::of(&[HOST]);
    rig.command(HOST, LOBBY);
    rig.enter(CLEO);
    for number in 0..100 {
        let sdp = format!("{}{}", rig.end(CLEO).offer, "a=x\r\n".repeat(2_000));
        let offer = Signal::Offer { generation: LinkGeneration(number), round: OfferRound(2), sdp };
        rig.end(CLEO).trust.with(id(HOST), |peer, _, outbox| peer.seal_unchecked(outbox, &offer));
        rig.end(CLEO).act();
        rig.run();
    }
    let parked = rig.end(HOST).trust.peers[&id(CLEO)].parked_bytes();
    assert!((20_000..=128 * 1024).contains(&parked), "{parked}");
}
