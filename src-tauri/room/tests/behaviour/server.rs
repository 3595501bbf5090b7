//! The way to the server.

use std::time::Duration;

use conclave_protocol::ids::{JoinOrder, OfferRound, ResumeToken};
use conclave_protocol::intent::Intent;
use conclave_protocol::notice::Notice;
use conclave_protocol::peer::PeerMessage;
use conclave_protocol::signalling::{ClientMessage, IceServer, Returning, ServerMessage, SignallingError};
use conclave_protocol::snapshot::{EndReason, LinkPhase, RoomPhase, ServerPresence};
use conclave_room::{Effect, Generation, Input, LinkEvent, LinkRole, ServerEvent};

use crate::rig::{
    EARLIER, LATER, ME, MY_ORDER, ROOM, Rig, closed, config, earlier, id, later, member, milliseconds, opened, seconds,
    told, welcome_as,
};

const PERMANENT: [SignallingError; 4] = [
    SignallingError::RoomFull,
    SignallingError::UnsupportedVersion,
    SignallingError::Replaced,
    SignallingError::Malformed,
];

fn is_open_socket(effect: &Effect) -> bool {
    matches!(effect, Effect::OpenSocket { .. })
}

fn end(reason: EndReason) -> Effect {
    Effect::End(reason)
}

#[test]
fn a_room_opens_its_socket_at_once_and_says_hello_when_it_is_open() {
    let (mut rig, effects) = Rig::start(config());
    assert_eq!(effects, [Effect::OpenSocket { socket: Generation(1) }]);
    let effects = rig.server(ServerEvent::Opened);
    assert_eq!(effects, [Effect::SendToServer(ClientMessage::hello(ROOM, None))]);
    assert_eq!(rig.room.snapshot().phase, RoomPhase::Joining);
    rig.welcome(&[]);
    let snapshot = rig.room.snapshot();
    assert_eq!(
        (snapshot.phase, snapshot.server, snapshot.me.id),
        (RoomPhase::Joined, ServerPresence::Connected, Some(ME))
    );
    assert_eq!(rig.room.next_deadline(), None, "a room alone with its server waits for nothing");
}

#[test]
fn a_member_comes_back_as_who_it_was() {
    let mut rig = Rig::joined(&[]);
    rig.server(ServerEvent::Closed);
    assert_eq!(rig.room.snapshot().server, ServerPresence::Connecting);
    assert_eq!(rig.room.snapshot().phase, RoomPhase::Joined);
    rig.wait_for(seconds(1), is_open_socket);
    let returning = Returning { participant: ME, token: ResumeToken([3; 16]), order: JoinOrder(MY_ORDER) };
    let effects = rig.server(ServerEvent::Opened);
    assert_eq!(effects, [Effect::SendToServer(ClientMessage::hello(ROOM, Some(returning)))]);
}

#[test]
fn attempts_come_ever_later_up_to_five_seconds() {
    let mut rig = Rig::joined(&[earlier()]);
    rig.link(EARLIER, 1, LinkEvent::Connected);
    let mut ceiling = milliseconds(500);
    for attempt in 0..30 {
        rig.server(ServerEvent::Closed);
        let waited = rig.wait_for(seconds(6), is_open_socket);
        assert!(waited >= ceiling / 2 && waited <= ceiling, "attempt {attempt}: {waited:?} of {ceiling:?}");
        ceiling = (ceiling * 2).min(seconds(5));
    }
    rig.server(ServerEvent::Opened);
    rig.welcome(&[earlier()]);
    rig.wait(seconds(1));
    rig.server(ServerEvent::Closed);
    assert!(rig.wait_for(seconds(6), is_open_socket) >= milliseconds(2500), "a second's success is none");
    rig.server(ServerEvent::Opened);
    rig.welcome(&[earlier()]);
    rig.wait(seconds(6));
    rig.server(ServerEvent::Closed);
    assert!(rig.wait_for(seconds(6), is_open_socket) <= milliseconds(500));
}

#[test]
fn what_a_former_socket_says_is_dropped() {
    let mut rig = Rig::joined(&[earlier()]);
    let former = rig.socket;
    rig.lose_server_and_reopen();
    rig.welcome(&[earlier()]);
    let refused = ServerEvent::Message(ServerMessage::Refused { error: SignallingError::Replaced });
    for event in [ServerEvent::Opened, refused, ServerEvent::Closed] {
        assert_eq!(rig.feed(Input::Server { socket: former, event }), []);
    }
    assert_eq!(rig.room.snapshot().server, ServerPresence::Connected);
}

#[test]
fn a_socket_that_does_not_open_and_a_hello_without_answer_are_given_up_after_five_seconds() {
    let (mut rig, _) = Rig::start(config());
    assert_eq!(rig.wait(milliseconds(4999)), []);
    assert_eq!(rig.wait(milliseconds(1)), [Effect::CloseSocket]);
    rig.wait_for(milliseconds(500), is_open_socket);
    rig.server(ServerEvent::Opened);
    assert_eq!(rig.wait(milliseconds(4999)), []);
    assert_eq!(rig.wait(milliseconds(1)), [Effect::CloseSocket]);
}

#[test]
fn a_server_away_for_a_second_is_told_once_and_its_return_too() {
    let mut rig = Rig::connected_as_offerer();
    rig.server(ServerEvent::Closed);
    let is_told = |effect: &Effect| *effect == Effect::Notify(Notice::ServerUnreachable);
    assert_eq!(rig.wait_for(seconds(2), is_told), seconds(1));
    for _ in 0..10 {
        rig.server(ServerEvent::Closed);
        assert!(!rig.wait(seconds(5)).iter().any(is_told));
    }
    rig.server(ServerEvent::Opened);
    let effects = rig.welcome(&[earlier()]);
    assert_eq!(effects, [Effect::Notify(Notice::ServerBack)]);
}

#[test]
fn a_hiccup_of_the_server_is_not_told_and_touches_no_link() {
    let mut rig = Rig::connected_as_offerer();
    rig.lose_server_and_reopen();
    assert_eq!(rig.welcome(&[earlier()]), []);
    assert_eq!(rig.wait(seconds(600)), []);
}

#[test]
fn a_transient_refusal_is_tried_again() {
    for error in [
        SignallingError::ShuttingDown,
        SignallingError::TooSlow,
        SignallingError::TooManyMessages,
        SignallingError::HelloTimeout,
        SignallingError::TooManyConnections,
    ] {
        let mut rig = Rig::joined(&[]);
        assert_eq!(rig.refused(error), [Effect::CloseSocket]);
        rig.wait_for(seconds(1), is_open_socket);
    }
}

#[test]
fn a_permanent_refusal_of_the_first_hello_ends_the_call() {
    for error in PERMANENT {
        let (mut rig, _) = Rig::start(config());
        rig.server(ServerEvent::Opened);
        assert_eq!(rig.refused(error), [Effect::CloseSocket, end(EndReason::Refused { error })]);
        assert_eq!(rig.room.next_deadline(), None);
        assert_eq!(rig.room.snapshot().phase, RoomPhase::Ended { reason: EndReason::Refused { error } });
    }
}

#[test]
fn a_member_that_loses_its_place_for_good_says_goodbye() {
    for error in [SignallingError::NotAdmitted, SignallingError::UnsupportedVersion] {
        let mut rig = Rig::connected_as_offerer();
        let effects = rig.refused(error);
        assert_eq!(told(&effects, EARLIER), [PeerMessage::Bye]);
        assert_eq!(closed(&effects), [(EARLIER, 1)]);
        assert_eq!(effects.last(), Some(&end(EndReason::Refused { error })));
    }
}

#[test]
fn a_member_that_finds_no_way_back_in_tries_again_while_somebody_is_connected() {
    for error in [SignallingError::RoomFull, SignallingError::Locked] {
        let mut rig = Rig::connected_as_offerer();
        rig.server(ServerEvent::Closed);
        let mut ceiling = milliseconds(500);
        for attempt in 0..30 {
            let waited = rig.wait_for(seconds(6), is_open_socket);
            assert!(waited >= ceiling / 2 && waited <= ceiling, "attempt {attempt}: {waited:?} of {ceiling:?}");
            ceiling = (ceiling * 2).min(seconds(5));
            let returning = Returning { participant: ME, token: ResumeToken([3; 16]), order: JoinOrder(MY_ORDER) };
            let hello = Effect::SendToServer(ClientMessage::hello(ROOM, Some(returning)));
            assert_eq!(rig.server(ServerEvent::Opened), [hello]);
            assert_eq!(rig.refused(error), [Effect::CloseSocket]);
        }
        assert_eq!(rig.other(EARLIER).map(|other| other.link), Some(LinkPhase::Connected));
        rig.wait_for(seconds(6), is_open_socket);
        rig.server(ServerEvent::Opened);
        rig.welcome(&[earlier()]);
        assert_eq!(rig.room.snapshot().server, ServerPresence::Connected);
    }
}

#[test]
fn a_member_that_finds_no_way_back_in_and_has_no_link_ends_its_call() {
    for error in [SignallingError::RoomFull, SignallingError::Locked] {
        let ended = [Effect::CloseSocket, end(EndReason::Refused { error })];
        let mut rig = Rig::joined(&[]);
        rig.lose_server_and_reopen();
        assert_eq!(rig.refused(error), ended);
        // Also when the last link goes only after a first refusal.
        let mut rig = Rig::connected_as_offerer();
        rig.lose_server_and_reopen();
        assert_eq!(rig.refused(error), [Effect::CloseSocket]);
        rig.link(EARLIER, 1, LinkEvent::Failed);
        rig.wait_for(seconds(2), is_open_socket);
        rig.server(ServerEvent::Opened);
        let effects = rig.refused(error);
        assert_eq!(effects.last(), ended.last());
    }
}

#[test]
fn a_member_replaced_by_itself_does_not_say_goodbye_for_its_successor() {
    let mut rig = Rig::connected_as_offerer();
    let error = SignallingError::Replaced;
    let effects = rig.refused(error);
    assert_eq!(told(&effects, EARLIER), []);
    assert_eq!(closed(&effects), [(EARLIER, 1)]);
    assert_eq!(effects.last(), Some(&end(EndReason::Refused { error })));
}

#[test]
fn a_message_that_the_server_could_not_read_does_not_end_a_call() {
    for error in [
        SignallingError::Malformed,
        SignallingError::TooLarge,
        SignallingError::HelloExpected,
        SignallingError::UnexpectedHello,
    ] {
        let mut rig = Rig::connected_as_offerer();
        assert_eq!(rig.refused(error), [Effect::CloseSocket]);
        rig.wait_for(seconds(1), is_open_socket);
    }
}

#[test]
fn a_place_that_is_not_given_back_is_asked_for_no_more() {
    let mut rig = Rig::joined(&[]);
    rig.lose_server_and_reopen();
    assert_eq!(rig.refused(SignallingError::WrongToken), [Effect::CloseSocket]);
    rig.wait_for(seconds(1), is_open_socket);
    let effects = rig.server(ServerEvent::Opened);
    assert_eq!(effects, [Effect::SendToServer(ClientMessage::hello(ROOM, None))]);
    let error = SignallingError::WrongToken;
    assert_eq!(rig.refused(error), [Effect::CloseSocket, end(EndReason::Refused { error })]);
}

#[test]
fn whoever_comes_back_as_somebody_else_leaves_its_old_links_and_builds_new_ones() {
    let mut rig = Rig::connected_as_offerer();
    let volume = Intent::SetVolume { participant: EARLIER, volume: 0.5 };
    rig.intent(volume);
    rig.lose_server_and_reopen();
    let effects = rig.said(welcome_as(member(id(101), 30), &[earlier(), later()]));
    assert_eq!(told(&effects, EARLIER), [PeerMessage::Bye]);
    assert_eq!(closed(&effects), [(EARLIER, 1)]);
    assert_eq!(opened(&effects), [(EARLIER, 1, LinkRole::Offerer), (LATER, 1, LinkRole::Offerer)]);
    let notices: Vec<_> = effects.iter().filter(|effect| matches!(effect, Effect::Notify(_))).collect();
    assert_eq!(
        notices,
        [&Effect::Notify(Notice::ParticipantJoined { participant: LATER })],
        "nobody else came or went"
    );
    assert_eq!(rig.room.snapshot().me.id, Some(id(101)));
    assert_eq!(rig.other(EARLIER).map(|other| other.volume), Some(0.5), "what the person wants of them stays");
}

#[test]
fn a_room_never_joined_within_fifteen_seconds_is_given_up() {
    let (mut rig, _) = Rig::start(config());
    let is_end = |effect: &Effect| *effect == end(EndReason::ServerUnreachable);
    assert_eq!(rig.wait_for(seconds(60), is_end), seconds(15));
    assert_eq!(rig.room.next_deadline(), None);
}

#[test]
fn a_room_given_up_after_refusals_says_why() {
    let (mut rig, _) = Rig::start(config());
    let error = SignallingError::TooManyConnections;
    let mut effects = Vec::new();
    while rig.room.next_deadline().is_some() {
        rig.server(ServerEvent::Opened);
        rig.refused(error);
        effects = rig.wait(milliseconds(100));
    }
    assert_eq!(effects, [Effect::CloseSocket, end(EndReason::Refused { error })]);
    assert!(rig.now.0 <= seconds(15) + milliseconds(100));
}

#[test]
fn two_minutes_without_server_and_without_anybody_connected_end_the_call() {
    let mut rig = Rig::connected_as_offerer();
    rig.server(ServerEvent::Closed);
    let away = |rig: &mut Rig, duration: Duration| {
        let effects = rig.wait(duration);
        effects.iter().any(|effect| matches!(effect, Effect::End(_)))
    };
    assert!(!away(&mut rig, seconds(600)), "somebody is connected");
    rig.link(EARLIER, 1, LinkEvent::Failed);
    assert!(!away(&mut rig, seconds(119)));
    assert!(away(&mut rig, seconds(1)));
    assert_eq!(rig.room.snapshot().phase, RoomPhase::Ended { reason: EndReason::ServerUnreachable });
}

#[test]
fn time_alone_counts_anew_after_the_server_was_back() {
    let mut rig = Rig::joined(&[]);
    for _ in 0..3 {
        rig.server(ServerEvent::Closed);
        rig.wait(seconds(100));
        rig.wait_for(seconds(11), is_open_socket);
        rig.server(ServerEvent::Opened);
        rig.welcome(&[]);
    }
    assert_eq!(rig.room.snapshot().phase, RoomPhase::Joined);
}

#[test]
fn nothing_is_signalled_before_the_welcome() {
    let mut rig = Rig::joined(&[earlier()]);
    let describe = || LinkEvent::LocalDescription { round: OfferRound::FIRST, sdp: "offer".to_owned() };
    assert_eq!(rig.link(EARLIER, 1, describe()).len(), 1);
    rig.server(ServerEvent::Closed);
    assert_eq!(rig.link(EARLIER, 1, describe()), []);
    rig.wait_for(seconds(1), is_open_socket);
    assert_eq!(rig.link(EARLIER, 1, describe()), []);
    rig.server(ServerEvent::Opened);
    assert_eq!(rig.link(EARLIER, 1, describe()), [], "the hello is not answered yet");
}

#[test]
fn the_welcomes_ice_servers_are_given_to_every_link() {
    let (mut rig, _) = Rig::start(config());
    rig.server(ServerEvent::Opened);
    let server = IceServer { urls: vec!["stun:127.0.0.1:3478".to_owned()], username: None, credential: None };
    let ServerMessage::Welcome { participant, token, order, standing, members, .. } =
        welcome_as(member(ME, MY_ORDER), &[earlier()])
    else {
        unreachable!("it is a welcome");
    };
    let effects = rig.said(ServerMessage::Welcome {
        participant,
        token,
        order,
        standing,
        members,
        ice_servers: vec![server.clone()],
    });
    let given = effects.iter().find_map(|effect| match effect {
        Effect::OpenLink { ice_servers, .. } => Some(ice_servers.clone()),
        _ => None,
    });
    assert_eq!(given, Some(vec![server]));
}
