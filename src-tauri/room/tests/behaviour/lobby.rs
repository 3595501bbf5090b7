//! Waiting to be let in, and seeing who waits.

use conclave_protocol::ids::{JoinOrder, ParticipantId, ResumeToken};
use conclave_protocol::intent::{HostCommand, Intent};
use conclave_protocol::notice::Notice;
use conclave_protocol::peer::{DisplayName, PeerMessage};
use conclave_protocol::signalling::limits::{MAX_PARTICIPANTS, MAX_WAITING};
use conclave_protocol::signalling::{
    ClientMessage, LeaveReason, Member, Returning, ServerMessage, SignallingError, Standing,
};
use conclave_protocol::snapshot::{
    EndReason, Knock, LinkPhase, Recognition, RoomPhase, ServerPresence, WaitingParticipant,
};
use conclave_room::{Effect, Input, LinkEvent, LinkRole, ServerEvent};

use crate::rig::{
    EARLIER, LATER, ME, MY_ORDER, ROOM, Rig, closed, config, earlier, id, later, member, milliseconds, opened, seconds,
    told, welcome_as,
};

fn wait_as(me: Member, members: &[Member]) -> ServerMessage {
    match welcome_as(me, members) {
        ServerMessage::Welcome { participant, token, order, members, ice_servers, .. } => {
            ServerMessage::Welcome { participant, token, order, standing: Standing::Waiting, members, ice_servers }
        }
        other => other,
    }
}

/// A room that waits, while [`EARLIER`] governs.
fn waiting() -> Rig {
    let (mut rig, _) = Rig::start(config());
    rig.server(ServerEvent::Opened);
    assert_eq!(rig.said(wait_as(member(ME, MY_ORDER), &[earlier()])), asking(EARLIER));
    rig
}

/// What one who waits does about somebody who governs.
fn asking(governor: ParticipantId) -> [Effect; 1] {
    let name = config().name;
    [Effect::Knock { peer: governor, name }]
}

fn unknown(number: u8) -> WaitingParticipant {
    WaitingParticipant { id: id(number), knock: None }
}

fn knock(name: &str) -> Knock {
    Knock { name: DisplayName::from_untrusted(name), device: "device".to_owned(), recognition: Recognition::New }
}

fn admitted(order: u32, members: &[Member]) -> ServerMessage {
    ServerMessage::Admitted { order: JoinOrder(order), members: members.to_vec() }
}

fn waits(rig: &Rig) -> Vec<WaitingParticipant> {
    rig.room.snapshot().waiting
}

#[test]
fn one_who_waits_says_so_and_builds_no_link() {
    let mut rig = waiting();
    let snapshot = rig.room.snapshot();
    assert_eq!(
        (snapshot.phase, snapshot.server, snapshot.me.id, snapshot.others),
        (RoomPhase::Waiting, ServerPresence::Connected, Some(ME), vec![])
    );
    assert_eq!(rig.said(ServerMessage::Joined { member: later() }), asking(LATER), "somebody else governs");
    assert_eq!(rig.met, [(EARLIER, LinkRole::Offerer), (LATER, LinkRole::Offerer)].into());
    assert_eq!(rig.left(EARLIER, LeaveReason::TimedOut), []);
    assert_eq!(rig.met, [(LATER, LinkRole::Offerer)].into());
    assert_eq!(rig.offer(LATER, 1), [], "not even when asked");
    assert_eq!(rig.wait(seconds(14)), []);
    assert_eq!(rig.room.snapshot().phase, RoomPhase::Waiting);
}

#[test]
fn one_who_waits_asks_everybody_who_governs_again_every_fifteen_seconds() {
    let mut rig = waiting();
    rig.wait(seconds(5));
    assert_eq!(rig.said(ServerMessage::Joined { member: later() }), asking(LATER));
    for _ in 0..20 {
        assert_eq!(rig.wait(seconds(10) - milliseconds(1)), []);
        assert_eq!(rig.wait(milliseconds(1)), asking(EARLIER));
        assert_eq!(rig.wait(seconds(5) - milliseconds(1)), []);
        assert_eq!(rig.wait(milliseconds(1)), asking(LATER));
    }
    rig.left(EARLIER, LeaveReason::Left);
    assert_eq!(rig.wait(seconds(15)), asking(LATER), "nobody who is gone");
    rig.said(admitted(30, &[]));
    assert_eq!(rig.wait(seconds(600)), [], "nor anybody once it is inside");
}

#[test]
fn nobody_is_asked_while_the_server_is_away() {
    let mut rig = waiting();
    rig.server(ServerEvent::Closed);
    let asks = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::Knock { .. }));
    for _ in 0..10 {
        let effects = rig.wait(seconds(4));
        assert!(!asks(&effects), "{effects:?}");
        rig.server(ServerEvent::Opened);
        let effects = rig.wait(seconds(4));
        assert!(!asks(&effects), "the hello is not answered yet: {effects:?}");
        rig.server(ServerEvent::Closed);
    }
    rig.wait_for(seconds(5), |effect| matches!(effect, Effect::OpenSocket { .. }));
    rig.server(ServerEvent::Opened);
    assert!(asks(&rig.said(wait_as(member(ME, MY_ORDER), &[earlier()]))));
}

#[test]
fn one_who_is_let_in_links_with_all_who_came_before() {
    let mut rig = waiting();
    let effects = rig.said(admitted(30, &[earlier(), later()]));
    assert_eq!(opened(&effects), [(EARLIER, 1, LinkRole::Offerer), (LATER, 1, LinkRole::Offerer)]);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Notify(_))), "they were there before");
    assert_eq!(rig.room.snapshot().phase, RoomPhase::Joined);
    let effects = rig.said(ServerMessage::Joined { member: member(id(3), 31) });
    assert_eq!(effects, [Effect::Notify(Notice::ParticipantJoined { participant: id(3) })]);
}

#[test]
fn the_order_at_which_one_was_let_in_is_the_one_to_come_back_with() {
    let mut rig = waiting();
    rig.said(admitted(30, &[]));
    rig.server(ServerEvent::Closed);
    rig.wait_for(seconds(1), |effect| matches!(effect, Effect::OpenSocket { .. }));
    let returning = Returning { participant: ME, token: ResumeToken([3; 16]), order: JoinOrder(30) };
    let effects = rig.server(ServerEvent::Opened);
    assert_eq!(effects, [Effect::SendToServer(ClientMessage::hello(ROOM, Some(returning)))]);
}

#[test]
fn a_place_to_wait_is_come_back_to() {
    let mut rig = waiting();
    rig.server(ServerEvent::Closed);
    assert_eq!(rig.room.snapshot().phase, RoomPhase::Waiting);
    rig.wait_for(seconds(1), |effect| matches!(effect, Effect::OpenSocket { .. }));
    let returning = Returning { participant: ME, token: ResumeToken([3; 16]), order: JoinOrder(MY_ORDER) };
    let effects = rig.server(ServerEvent::Opened);
    assert_eq!(effects, [Effect::SendToServer(ClientMessage::hello(ROOM, Some(returning)))]);
    // Let in meanwhile.
    let effects = rig.welcome(&[earlier()]);
    assert_eq!(opened(&effects), [(EARLIER, 1, LinkRole::Offerer)]);
}

#[test]
fn one_who_is_inside_is_not_let_in_again() {
    let mut rig = Rig::connected_as_offerer();
    assert_eq!(rig.said(admitted(30, &[later()])), []);
    assert_eq!(rig.room.snapshot().others.len(), 1);
}

#[test]
fn what_the_host_decides_ends_the_call_and_is_told() {
    for error in [SignallingError::NotAdmitted, SignallingError::Locked, SignallingError::Removed] {
        let mut rig = waiting();
        assert_eq!(rig.refused(error), [Effect::CloseSocket, Effect::End(EndReason::Refused { error })]);
    }
    let mut rig = Rig::connected_as_offerer();
    let error = SignallingError::Removed;
    let effects = rig.refused(error);
    assert_eq!(closed(&effects), [(EARLIER, 1)]);
    assert_eq!(effects.last(), Some(&Effect::End(EndReason::Refused { error })));
}

#[test]
fn an_order_that_was_refused_does_not_end_a_call() {
    let mut rig = Rig::connected_as_offerer();
    assert_eq!(rig.refused(SignallingError::NotTheHost), [Effect::CloseSocket]);
    rig.wait_for(seconds(1), |effect| matches!(effect, Effect::OpenSocket { .. }));
}

#[test]
fn one_who_was_removed_is_gone_at_once_with_its_link() {
    let mut rig = Rig::connected_as_offerer();
    let effects = rig.left(EARLIER, LeaveReason::Removed);
    assert_eq!(closed(&effects), [(EARLIER, 1)]);
    assert!(effects.contains(&Effect::Notify(Notice::ParticipantLeft { participant: EARLIER })));
    assert_eq!(rig.room.snapshot().others, []);
}

#[test]
fn links_outlive_that_the_server_has_one_wait_again_and_no_others_are_built() {
    let mut rig = Rig::joined(&[earlier(), later()]);
    rig.link(EARLIER, 1, LinkEvent::Connected);
    rig.lose_server_and_reopen();
    let effects = rig.said(wait_as(member(ME, 30), &[]));
    assert_eq!((opened(&effects), closed(&effects)), (vec![], vec![]));
    let others: Vec<_> = rig.room.snapshot().others.iter().map(|other| (other.id, other.link)).collect();
    assert_eq!(others, [(EARLIER, LinkPhase::Connected)]);
    assert_eq!(told(&rig.wait(seconds(60)), EARLIER), Vec::<PeerMessage>::new());
    let effects = rig.link(EARLIER, 1, LinkEvent::Failed);
    assert_eq!(opened(&effects), []);
    assert_eq!(rig.room.snapshot().others, []);
    assert_eq!(rig.wait(seconds(60)), []);
}

#[test]
fn a_member_whose_place_lapsed_keeps_its_links_until_it_is_let_in_again() {
    let mut rig = Rig::connected_as_offerer();
    rig.lose_server_and_reopen();
    assert_eq!(rig.said(wait_as(member(ME, MY_ORDER), &[earlier()])), asking(EARLIER));
    // Whoever governs may not know it yet, and says no.
    assert_eq!(rig.refused(SignallingError::Locked), [Effect::CloseSocket]);
    rig.wait_for(seconds(2), |effect| matches!(effect, Effect::OpenSocket { .. }));
    rig.server(ServerEvent::Opened);
    rig.said(wait_as(member(ME, MY_ORDER), &[earlier()]));
    let effects = rig.said(admitted(30, &[earlier()]));
    assert_eq!((opened(&effects), closed(&effects)), (vec![], vec![]));
    assert_eq!(rig.other(EARLIER).map(|other| other.link), Some(LinkPhase::Connected));
}

#[test]
fn whoever_governs_keeps_its_link_to_a_member_that_waits_again() {
    let mut rig = Rig::connected_as_answerer();
    rig.left(LATER, LeaveReason::TimedOut);
    assert_eq!(rig.said(ServerMessage::Waiting { member: later() }), [Effect::Attend { peer: LATER }]);
    assert_eq!(closed(&rig.wait(seconds(60))), []);
    let effects = rig.said(ServerMessage::Joined { member: member(LATER, 30) });
    assert_eq!((opened(&effects), closed(&effects)), (vec![], vec![]));
    assert_eq!(rig.other(LATER).map(|other| other.link), Some(LinkPhase::Connected));
}

#[test]
fn whoever_governs_sees_who_waits_until_they_come_in_or_go() {
    let mut rig = Rig::joined(&[earlier()]);
    for number in [5, 6, 7] {
        let effects = rig.said(ServerMessage::Waiting { member: member(id(number), 20) });
        assert_eq!(effects, [Effect::Attend { peer: id(number) }]);
    }
    assert_eq!(waits(&rig), [5, 6, 7].map(unknown));
    assert_eq!(rig.room.snapshot().others.len(), 1, "they are not in the room");
    assert_eq!(rig.left(id(6), LeaveReason::TimedOut), []);
    assert!(!rig.met.contains_key(&id(6)));
    rig.said(ServerMessage::Joined { member: member(id(5), 21) });
    assert_eq!(waits(&rig), [unknown(7)]);
    assert!(rig.other(id(5)).is_some());
    // The server says it again on each connection that governs.
    rig.lose_server_and_reopen();
    rig.welcome(&[earlier(), member(id(5), 21)]);
    assert_eq!(waits(&rig), []);
    assert!(!rig.met.contains_key(&id(7)));
}

#[test]
fn what_one_who_waits_says_is_shown_whether_or_not_the_server_has_it_wait() {
    let mut rig = Rig::joined(&[earlier()]);
    rig.said(ServerMessage::Waiting { member: member(id(5), 20) });
    for (number, name) in [(5, "Cleo"), (1, "Ada")] {
        assert_eq!(rig.feed(Input::Knock { from: id(number), knock: Some(knock(name)) }), []);
    }
    let shown = |number, name| WaitingParticipant { id: id(number), knock: Some(knock(name)) };
    assert_eq!(waits(&rig), [shown(5, "Cleo"), shown(1, "Ada")]);
    // What the server still has to do it says itself.
    rig.feed(Input::Knock { from: id(5), knock: None });
    rig.feed(Input::Knock { from: EARLIER, knock: None });
    assert_eq!(waits(&rig), [shown(5, "Cleo")]);
    rig.said(ServerMessage::Joined { member: member(id(5), 21) });
    assert_eq!(waits(&rig), []);
}

#[test]
fn whom_the_host_put_out_goes_at_once_with_its_link() {
    let mut rig = Rig::connected_as_offerer();
    let effects = rig.feed(Input::Removed { participant: EARLIER });
    assert_eq!(closed(&effects), [(EARLIER, 1)]);
    assert!(effects.contains(&Effect::Notify(Notice::ParticipantRemoved { participant: EARLIER })));
    assert!(!rig.met.contains_key(&EARLIER));
    rig.lose_server_and_reopen();
    assert_eq!(opened(&rig.welcome(&[earlier()])), [], "a server that doesn't know brings nobody back");
    assert_eq!(rig.feed(Input::Removed { participant: LATER }), [], "nobody");
}

#[test]
fn the_host_ends_the_call_of_whom_it_puts_out_or_refuses() {
    for reason in [EndReason::Removed, EndReason::NotAdmitted] {
        let mut rig = Rig::connected_as_offerer();
        let effects = rig.feed(Input::Ended(reason));
        assert_eq!(closed(&effects), [(EARLIER, 1)]);
        assert_eq!(effects.last(), Some(&Effect::End(reason)));
        assert_eq!(rig.room.snapshot().phase, RoomPhase::Ended { reason });
    }
}

#[test]
fn what_governs_the_room_is_for_the_host_s_keys_to_do() {
    let mut rig = Rig::connected_as_offerer();
    let command = HostCommand::Remove { participant: EARLIER };
    assert_eq!(rig.intent(Intent::Govern { command: command.clone() }), [Effect::Govern(command)]);
}

#[test]
fn one_who_waited_and_finds_no_space_is_forgotten() {
    let everybody: Vec<_> = (1..=MAX_PARTICIPANTS as u8).map(|number| member(id(number), 1)).collect();
    let mut rig = Rig::joined(&everybody);
    rig.said(ServerMessage::Waiting { member: member(id(50), 20) });
    assert_eq!(rig.said(ServerMessage::Joined { member: member(id(50), 21) }), []);
    assert!(waits(&rig).is_empty() && !rig.met.contains_key(&id(50)));
}

#[test]
fn a_server_that_has_ever_more_wait_fills_no_memory() {
    let mut rig = Rig::joined(&[]);
    for number in 0..=u8::MAX {
        rig.said(ServerMessage::Waiting { member: member(id(number), 20) });
    }
    assert_eq!(waits(&rig).len(), MAX_WAITING);
}
