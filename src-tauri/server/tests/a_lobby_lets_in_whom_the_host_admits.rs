//! Who waits, whom it meets, and how the waiting ends.

use std::time::Duration;

use conclave_protocol::ids::JoinOrder;
use conclave_protocol::signalling::limits::{MAX_WAITING, RESUME_WINDOW, WAITING_PATIENCE};
use conclave_protocol::signalling::{
    Access, ClientMessage, LeaveReason, Lock, Recipient, RoomCommand, ServerMessage, SignallingError, Standing,
};
use conclave_server::registry::{Output, Timestamp};

use crate::support::registry::{Entered, ROOM, Rig, refused, relayed, send};

const MOMENT: Duration = Duration::from_millis(1);
const LOBBY: RoomCommand = RoomCommand::SetAccess { access: Access::Lobby };
const OPEN: RoomCommand = RoomCommand::SetAccess { access: Access::Open };
const LOCKED: RoomCommand = RoomCommand::SetLock { lock: Lock::Locked };

/// A room with a lobby: its host, and another inside.
fn lobby() -> (Rig, Entered, Entered) {
    let mut rig = Rig::new();
    let (host, guest) = (rig.join(), rig.join());
    assert_eq!(rig.govern(&host, LOBBY), []);
    (rig, host, guest)
}

fn admit(who: &Entered) -> RoomCommand {
    RoomCommand::Admit { participant: who.participant }
}

fn refuse(who: &Entered) -> RoomCommand {
    RoomCommand::Refuse { participant: who.participant }
}

fn knocks(who: &Entered) -> ServerMessage {
    ServerMessage::Waiting { member: who.member() }
}

fn joined(who: &Entered) -> ServerMessage {
    ServerMessage::Joined { member: who.member() }
}

fn left(who: &Entered, reason: LeaveReason) -> ServerMessage {
    ServerMessage::Left { participant: who.participant, reason }
}

#[test]
fn a_newcomer_waits_and_only_those_who_govern_hear_of_it() {
    let (mut rig, host, _guest) = lobby();
    let (waits, rest) = rig.enter(None);
    assert_eq!((waits.standing, &waits.members[..]), (Standing::Waiting, &[host.member()][..]));
    assert_eq!(rest, [send(&[&host], knocks(&waits))]);
    let (second, rest) = rig.enter(None);
    assert_eq!(second.members, [host.member()], "those who wait don't see each other");
    assert_eq!(rest, [send(&[&host], knocks(&second))]);
    let statistics = rig.registry.statistics();
    assert_eq!((statistics.participants, statistics.waiting), (2, 2));
}

#[test]
fn one_who_is_admitted_comes_inside_as_the_latest() {
    let (mut rig, host, guest) = lobby();
    let (first, second) = (rig.join(), rig.join());
    let outputs = rig.govern(&host, admit(&second));
    let member = conclave_protocol::signalling::Member { participant: second.participant, order: JoinOrder(2) };
    let admitted = ServerMessage::Admitted { order: JoinOrder(2), members: vec![host.member(), guest.member()] };
    assert_eq!(outputs, [send(&[&second], admitted), send(&[&host, &guest], ServerMessage::Joined { member })]);
    // Who knocked first and comes in second has joined second.
    let outputs = rig.govern(&host, admit(&first));
    let members = vec![host.member(), guest.member(), member];
    assert_eq!(outputs[0], send(&[&first], ServerMessage::Admitted { order: JoinOrder(3), members }));
    let statistics = rig.registry.statistics();
    assert_eq!((statistics.participants, statistics.waiting), (4, 0));
}

#[test]
fn one_who_is_admitted_twice_is_admitted_once() {
    let (mut rig, host, _guest) = lobby();
    let waits = rig.join();
    assert_eq!(rig.govern(&host, admit(&waits)).len(), 2);
    assert_eq!(rig.govern(&host, admit(&waits)), []);
    assert_eq!(rig.govern(&host, refuse(&waits)), [], "nor is one sent away who is inside");
    let statistics = rig.registry.statistics();
    assert_eq!((statistics.orders_obeyed, statistics.orders_without_effect), (2, 2));
}

#[test]
fn one_who_is_refused_is_told_so_and_may_knock_again() {
    let (mut rig, host, _guest) = lobby();
    let waits = rig.join();
    let gone = send(&[&host], left(&waits, LeaveReason::Removed));
    assert_eq!(rig.govern(&host, refuse(&waits)), [refused(waits.connection, SignallingError::NotAdmitted), gone]);
    assert_eq!(rig.enter(Some(waits.returning())).0.standing, Standing::Waiting);
}

#[test]
fn everyone_is_everyone_inside() {
    let (mut rig, host, guest) = lobby();
    let waits = rig.join();
    assert_eq!(rig.relay(&host, Recipient::Everyone, b"x"), [send(&[&guest], relayed(&host, b"x"))]);
    assert_eq!(rig.relay(&waits, Recipient::Everyone, b"x"), []);
}

#[test]
fn one_who_waits_and_those_who_govern_may_talk() {
    let (mut rig, host, _guest) = lobby();
    let waits = rig.join();
    let to_host = Recipient::Participant(host.participant);
    assert_eq!(rig.relay(&waits, to_host, b"may I?"), [send(&[&host], relayed(&waits, b"may I?"))]);
    let to_waiting = Recipient::Participant(waits.participant);
    assert_eq!(rig.relay(&host, to_waiting, b"who is it?"), [send(&[&waits], relayed(&host, b"who is it?"))]);
}

#[test]
fn nobody_else_reaches_one_who_waits_or_is_reached_by_it() {
    let (mut rig, _host, guest) = lobby();
    let (waits, another) = (rig.join(), rig.join());
    for (from, to) in [(&guest, &waits), (&waits, &guest), (&waits, &another)] {
        assert_eq!(rig.relay(from, Recipient::Participant(to.participant), b"psst"), []);
    }
    rig.drop_connection(&waits);
    rig.relay(&guest, Recipient::Participant(waits.participant), b"psst");
    let statistics = rig.registry.statistics();
    assert_eq!((statistics.unknown_recipients, statistics.kept_bytes), (4, 0));
}

#[test]
fn an_open_room_has_nobody_wait() {
    let (mut rig, host, guest) = lobby();
    let (first, second) = (rig.join(), rig.join());
    let outputs = rig.govern(&host, OPEN);
    let admitted = |output: &&Output| matches!(output, Output::Send { message: ServerMessage::Admitted { .. }, .. });
    let to: Vec<_> = outputs.iter().filter(admitted).collect();
    assert_eq!(to.len(), 2);
    assert_eq!(rig.join().members.len(), 4);
    let (statistics, order) = (rig.registry.statistics(), rig.join().order);
    assert_eq!((statistics.participants, statistics.waiting, order), (5, 0, JoinOrder(5)));
    assert_eq!(rig.relay(&first, Recipient::Participant(guest.participant), b"x").len(), 1);
    assert_eq!(rig.relay(&second, Recipient::Participant(guest.participant), b"x").len(), 1);
}

#[test]
fn who_finds_no_space_when_the_room_opens_is_turned_away() {
    let (mut rig, host, _guest) = lobby();
    let waiting: Vec<_> = (0..MAX_WAITING).map(|_| rig.join()).collect();
    let outputs = rig.govern(&host, OPEN);
    for (index, one) in waiting.iter().enumerate() {
        let turned_away = outputs.contains(&refused(one.connection, SignallingError::RoomFull));
        assert_eq!(turned_away, index >= 10, "the {index}th who waits for ten places");
    }
    assert_eq!((rig.registry.statistics().participants, rig.registry.statistics().waiting), (12, 0));
}

#[test]
fn a_full_room_takes_nobody_more_from_its_lobby() {
    let mut rig = Rig::new();
    let inside: Vec<_> = (0..12).map(|_| rig.join()).collect();
    rig.govern(&inside[0], LOBBY);
    let waits = rig.join();
    assert_eq!(rig.govern(&inside[0], admit(&waits)), []);
    rig.say(inside[5].connection, ClientMessage::Leave);
    assert_eq!(rig.govern(&inside[0], admit(&waits)).len(), 2);
}

#[test]
fn a_flood_of_newcomers_fills_the_lobby_and_no_more() {
    let (mut rig, host, _guest) = lobby();
    let first = rig.join();
    for _ in 1..MAX_WAITING {
        rig.join();
    }
    for _ in 0..100 {
        let (connection, outputs) = rig.hello(ROOM, None);
        assert_eq!(outputs, [refused(connection, SignallingError::RoomFull)]);
    }
    assert_eq!(rig.registry.statistics().waiting, MAX_WAITING);
    assert_eq!(rig.govern(&host, admit(&first)).len(), 2, "who came before the flood is let in");
}

#[test]
fn a_flood_does_not_keep_out_a_host_who_is_gone() {
    let (mut rig, host, _guest) = lobby();
    rig.say(host.connection, ClientMessage::Leave);
    let strangers: Vec<_> = (0..MAX_WAITING).map(|_| rig.join()).collect();
    let (host, rest) = rig.enter(None);
    assert_eq!(rest, [refused(strangers[0].connection, SignallingError::RoomFull)], "the longest wait ends");
    assert_eq!(rig.registry.statistics().waiting, MAX_WAITING);
    rig.govern(&host, LOCKED);
    assert_eq!((rig.registry.statistics().participants, rig.registry.statistics().waiting), (2, MAX_WAITING - 1));
}

#[test]
fn a_host_who_waits_lets_itself_in_by_its_first_order() {
    let (mut rig, host, guest) = lobby();
    rig.say(host.connection, ClientMessage::Leave);
    let (stranger, host) = (rig.join(), rig.join());
    assert_eq!((host.standing, &host.members[..]), (Standing::Waiting, &[][..]));
    let outputs = rig.govern(&host, LOBBY);
    let inside = conclave_protocol::signalling::Member { participant: host.participant, order: JoinOrder(2) };
    assert_eq!(
        outputs,
        [
            send(&[&host], ServerMessage::Admitted { order: JoinOrder(2), members: vec![guest.member()] }),
            send(&[&guest], ServerMessage::Joined { member: inside }),
            send(&[&host], knocks(&stranger)),
            send(&[&stranger], ServerMessage::Joined { member: inside }),
        ]
    );
}

#[test]
fn a_host_who_finds_the_room_full_is_told_so() {
    let mut rig = Rig::new();
    let inside: Vec<_> = (0..12).map(|_| rig.join()).collect();
    rig.govern(&inside[0], LOBBY);
    rig.drop_connection(&inside[0]);
    let host = rig.join();
    assert_eq!(rig.govern(&host, OPEN)[0], refused(host.connection, SignallingError::RoomFull));
}

#[test]
fn whoever_governs_first_is_told_of_all_who_wait_and_again_on_each_connection() {
    let (mut rig, host, _guest) = lobby();
    let waits = rig.join();
    assert_eq!(rig.drop_connection(&host), [send(&[&waits], left(&host, LeaveReason::TimedOut))]);
    let (host, rest) = rig.enter(Some(host.returning()));
    assert_eq!((host.standing, rest), (Standing::Inside, vec![]), "it governs nothing before its first order");
    assert_eq!(rig.relay(&host, Recipient::Participant(waits.participant), b"x"), []);
    let outputs = rig.govern(&host, LOBBY);
    assert_eq!(outputs, [send(&[&host], knocks(&waits)), send(&[&waits], joined(&host))]);
    assert_eq!(rig.govern(&host, LOBBY), [], "told once");
}

#[test]
fn a_newer_connection_has_to_give_an_order_too() {
    let (mut rig, host, _guest) = lobby();
    let waits = rig.join();
    let (newer, rest) = rig.enter(Some(host.returning()));
    let replaced = refused(host.connection, SignallingError::Replaced);
    assert_eq!(rest, [replaced, send(&[&waits], left(&host, LeaveReason::TimedOut))]);
    assert_eq!(rig.relay(&waits, Recipient::Participant(newer.participant), b"x"), []);
}

#[test]
fn several_may_govern() {
    let (mut rig, host, guest) = lobby();
    let waits = rig.join();
    let outputs = rig.govern(&guest, LOBBY);
    assert_eq!(outputs, [send(&[&guest], knocks(&waits)), send(&[&waits], joined(&guest))]);
    let (second, rest) = rig.enter(None);
    assert_eq!(rest, [send(&[&host, &guest], knocks(&second))]);
    rig.say(host.connection, ClientMessage::Leave);
    assert_eq!(rig.registry.next_deadline(), None, "somebody governs still");
    assert_eq!(rig.govern(&guest, admit(&second)).len(), 2);
}

#[test]
fn whoever_waits_and_goes_is_gone_for_those_who_govern() {
    let (mut rig, host, _guest) = lobby();
    let (leaves, drops) = (rig.join(), rig.join());
    let outputs = rig.say(leaves.connection, ClientMessage::Leave);
    assert_eq!(outputs[1..], [send(&[&host], left(&leaves, LeaveReason::Left))]);
    assert_eq!(rig.drop_connection(&drops), []);
    rig.advance(RESUME_WINDOW);
    assert_eq!(rig.registry.expire(rig.now), [send(&[&host], left(&drops, LeaveReason::TimedOut))]);
}

#[test]
fn a_place_to_wait_is_resumed_with_its_token() {
    let (mut rig, host, guest) = lobby();
    let waits = rig.join();
    rig.drop_connection(&waits);
    rig.relay(&host, Recipient::Participant(waits.participant), b"who is it?");
    let (back, rest) = rig.enter(Some(waits.returning()));
    assert_eq!(
        (back.participant, back.standing, &back.members[..]),
        (waits.participant, Standing::Waiting, &[host.member()][..])
    );
    assert_eq!(rest, [send(&[&back], relayed(&host, b"who is it?"))]);
    // One who was let in meanwhile finds itself inside.
    rig.drop_connection(&back);
    assert_eq!(rig.govern(&host, admit(&back)).len(), 1);
    let (back, rest) = rig.enter(Some(waits.returning()));
    assert_eq!((back.standing, back.members, rest), (Standing::Inside, vec![host.member(), guest.member()], vec![]));
}

#[test]
fn what_a_host_said_before_it_was_gone_is_kept_for_nobody_who_waits() {
    let (mut rig, host, _guest) = lobby();
    let waits = rig.join();
    rig.drop_connection(&waits);
    rig.relay(&host, Recipient::Participant(waits.participant), b"who is it?");
    rig.drop_connection(&host);
    assert_eq!(rig.registry.statistics().kept_bytes, 0);
    let (back, rest) = rig.enter(Some(waits.returning()));
    assert_eq!((back.members, rest), (vec![], vec![]));
}

#[test]
fn nobody_waits_for_ever_where_nobody_governs() {
    let (mut rig, host, _guest) = lobby();
    let waits = rig.join();
    rig.advance(10 * WAITING_PATIENCE);
    assert_eq!(rig.registry.next_deadline(), None, "the host may take its time");
    rig.say(host.connection, ClientMessage::Leave);
    rig.advance(WAITING_PATIENCE / 2);
    let later = rig.join();
    rig.advance(WAITING_PATIENCE / 2 - MOMENT);
    assert_eq!(rig.registry.expire(rig.now), []);
    rig.advance(MOMENT);
    assert_eq!(rig.registry.expire(rig.now), [refused(waits.connection, SignallingError::NotAdmitted)]);
    assert_eq!(rig.registry.next_deadline(), Some(Timestamp(rig.now.0 + WAITING_PATIENCE / 2)));
    // A host that comes makes time stand still.
    let host = rig.join();
    rig.govern(&host, LOBBY);
    rig.advance(WAITING_PATIENCE);
    assert_eq!(rig.registry.expire(rig.now), []);
    assert_eq!(rig.govern(&host, admit(&later)).len(), 2);
}

#[test]
fn a_room_s_rules_are_forgotten_with_it() {
    let (mut rig, host, guest) = lobby();
    for one in [&host, &guest] {
        rig.say(one.connection, ClientMessage::Leave);
    }
    assert_eq!(rig.join().standing, Standing::Inside);
}

#[test]
fn a_server_that_restarted_lets_newcomers_in_until_the_host_repeats_its_orders() {
    let (_, host, _guest) = lobby();
    let mut rig = Rig::restarted();
    let early = rig.join();
    assert_eq!(early.standing, Standing::Inside);
    let (host, _) = rig.enter(Some(host.returning()));
    rig.govern(&host, LOBBY);
    assert_eq!(rig.join().standing, Standing::Waiting);
}
