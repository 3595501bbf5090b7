//! What a lock does: whoever comes waits for those who govern, who know the room's people from strangers.

use conclave_protocol::ids::JoinOrder;
use conclave_protocol::signalling::limits::{MAX_WAITING, RESUME_WINDOW, WAITING_PATIENCE};
use conclave_protocol::signalling::{
    Access, ClientMessage, LeaveReason, Lock, Member, Recipient, RoomCommand, ServerMessage, SignallingError, Standing,
};

use crate::support::registry::{Entered, ROOM, Rig, refused, relayed, send};

const LOBBY: RoomCommand = RoomCommand::SetAccess { access: Access::Lobby };
const OPEN: RoomCommand = RoomCommand::SetAccess { access: Access::Open };
const LOCKED: RoomCommand = RoomCommand::SetLock { lock: Lock::Locked };
const UNLOCKED: RoomCommand = RoomCommand::SetLock { lock: Lock::Unlocked };

/// A locked room that is open otherwise: its host, and another inside.
fn locked() -> (Rig, Entered, Entered) {
    let mut rig = Rig::new();
    let (host, guest) = (rig.join(), rig.join());
    assert_eq!(rig.govern(&host, LOCKED), []);
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

fn left(who: &Entered, reason: LeaveReason) -> ServerMessage {
    ServerMessage::Left { participant: who.participant, reason }
}

#[test]
fn whoever_comes_waits_and_only_those_who_govern_hear_of_it() {
    for access in [OPEN, LOBBY] {
        let (mut rig, host, _guest) = locked();
        rig.govern(&host, access);
        let (newcomer, rest) = rig.enter(None);
        assert_eq!((newcomer.standing, &newcomer.members[..]), (Standing::Waiting, &[host.member()][..]));
        assert_eq!(rest, [send(&[&host], knocks(&newcomer))]);
    }
}

#[test]
fn one_who_was_inside_and_comes_as_somebody_new_is_let_in() {
    let (mut rig, host, guest) = locked();
    rig.drop_connection(&guest);
    let reloaded = rig.join();
    let to_host = Recipient::Participant(host.participant);
    assert_eq!(rig.relay(&reloaded, to_host, b"it's me"), [send(&[&host], relayed(&reloaded, b"it's me"))]);
    let outputs = rig.govern(&host, admit(&reloaded));
    let admitted = ServerMessage::Admitted { order: JoinOrder(2), members: vec![host.member(), guest.member()] };
    assert_eq!(outputs[0], send(&[&reloaded], admitted));
}

#[test]
fn one_who_has_a_place_comes_back_to_it() {
    let (mut rig, _host, guest) = locked();
    rig.drop_connection(&guest);
    let (guest, rest) = rig.enter(Some(guest.returning()));
    assert_eq!((guest.standing, rest), (Standing::Inside, vec![]));
}

#[test]
fn one_whose_place_has_lapsed_waits_as_who_it_was() {
    let (mut rig, host, guest) = locked();
    let other = rig.join();
    rig.govern(&host, admit(&other));
    rig.drop_connection(&guest);
    rig.advance(RESUME_WINDOW);
    rig.registry.expire(rig.now);
    let (back, rest) = rig.enter(Some(guest.returning()));
    assert_eq!((back.participant, back.standing), (guest.participant, Standing::Waiting));
    assert_eq!(rest, [send(&[&host], knocks(&back))]);
    let outputs = rig.govern(&host, admit(&back));
    let member = Member { participant: guest.participant, order: JoinOrder(3) };
    assert_eq!(outputs[1], send(&[&host, &other], ServerMessage::Joined { member }));
}

#[test]
fn a_host_who_comes_while_a_co_host_governs_lets_itself_in() {
    let (mut rig, host, co_host) = locked();
    rig.drop_connection(&host);
    rig.govern(&co_host, LOCKED);
    let host = rig.join();
    assert_eq!((host.standing, &host.members[..]), (Standing::Waiting, &[co_host.member()][..]));
    let outputs = rig.govern(&host, LOCKED);
    assert!(matches!(
        outputs[0],
        conclave_server::registry::Output::Send { message: ServerMessage::Admitted { .. }, .. }
    ));
    assert_eq!(rig.registry.statistics().waiting, 0);
    let (stranger, rest) = rig.enter(None);
    assert_eq!(rest, [send(&[&co_host, &host], knocks(&stranger))], "both govern");
}

#[test]
fn one_who_is_refused_is_told_of_the_lock() {
    let (mut rig, host, _guest) = locked();
    let stranger = rig.join();
    let gone = send(&[&host], left(&stranger, LeaveReason::Removed));
    assert_eq!(rig.govern(&host, refuse(&stranger)), [refused(stranger.connection, SignallingError::Locked), gone]);
    assert_eq!(rig.enter(Some(stranger.returning())).0.standing, Standing::Waiting, "it may knock again");
}

#[test]
fn one_who_came_before_the_lock_or_is_refused_after_it_is_not_told_of_it() {
    let (mut rig, host, _guest) = locked();
    rig.govern(&host, LOBBY);
    let during = rig.join();
    rig.govern(&host, UNLOCKED);
    let before = rig.join();
    assert_eq!(
        rig.govern(&host, refuse(&during))[0],
        refused(during.connection, SignallingError::NotAdmitted),
        "the lobby keeps it out now"
    );
    rig.govern(&host, LOCKED);
    assert_eq!(rig.govern(&host, refuse(&before))[0], refused(before.connection, SignallingError::NotAdmitted));
}

#[test]
fn an_unlocked_room_lets_in_who_waits_unless_it_has_a_lobby() {
    let (mut rig, host, _guest) = locked();
    rig.join();
    rig.govern(&host, UNLOCKED);
    assert_eq!((rig.registry.statistics().participants, rig.registry.statistics().waiting), (3, 0));
    rig.govern(&host, LOCKED);
    rig.join();
    rig.govern(&host, LOBBY);
    assert_eq!(rig.govern(&host, UNLOCKED), []);
    assert_eq!((rig.registry.statistics().waiting, rig.join().standing), (1, Standing::Waiting));
}

#[test]
fn no_more_wait_than_before_a_lobby() {
    let (mut rig, host, _guest) = locked();
    let waiting: Vec<_> = (0..MAX_WAITING).map(|_| rig.join()).collect();
    let (connection, outputs) = rig.hello(ROOM, None);
    assert_eq!(outputs, [refused(connection, SignallingError::RoomFull)]);
    assert_eq!(rig.govern(&host, refuse(&waiting[0])).len(), 2);
    assert_eq!(rig.join().standing, Standing::Waiting);
}

#[test]
fn a_room_that_nobody_governs_has_newcomers_wait_for_a_while_as_one_may_be_the_host() {
    let (mut rig, host, _guest) = locked();
    rig.say(host.connection, ClientMessage::Leave);
    let (stranger, host) = (rig.join(), rig.join());
    assert_eq!((stranger.standing, host.standing), (Standing::Waiting, Standing::Waiting));
    rig.govern(&host, OPEN);
    assert_eq!(rig.registry.statistics().waiting, 1, "locked is locked, however open the room is");
    rig.say(host.connection, ClientMessage::Leave);
    rig.advance(WAITING_PATIENCE);
    assert_eq!(rig.registry.expire(rig.now), [refused(stranger.connection, SignallingError::NotAdmitted)]);
}
