//! Who comes into a room, who is told, and who is turned away.

use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{JoinOrder, ParticipantId, ResumeToken};
use conclave_protocol::signalling::{
    ClientMessage, IceServer, LeaveReason, PROTOCOL_VERSION, Recipient, Returning, ServerMessage, SignallingError,
};
use conclave_server::registry::{Closure, Output, RegistryConfig};

use crate::support::registry::{ROOM, Rig, refused, room, send, welcomed};

#[test]
fn a_newcomer_learns_who_is_there_and_the_others_learn_of_it() {
    let mut rig = Rig::new();
    let (first, rest) = rig.enter(None);
    assert_eq!((first.order, rest), (JoinOrder(0), vec![]));
    assert_eq!(first.members, []);
    let (second, rest) = rig.enter(None);
    assert_eq!((second.order, &second.members[..]), (JoinOrder(1), &[first.member()][..]));
    assert_eq!(rest, [send(&[&first], ServerMessage::Joined { member: second.member() })]);
    let (third, rest) = rig.enter(None);
    assert_eq!(third.members, [first.member(), second.member()]);
    assert_eq!(rest, [send(&[&first, &second], ServerMessage::Joined { member: third.member() })]);
    assert_ne!(second.participant, third.participant);
    assert_ne!(second.token, third.token);
}

#[test]
fn everyone_is_told_the_ice_servers() {
    let servers = vec![IceServer {
        urls: vec!["turn:turn.example.org".into()],
        username: Some("me".into()),
        credential: Some("secret".into()),
    }];
    let mut rig = Rig::with(RegistryConfig { ice_servers: servers.clone(), ..RegistryConfig::default() });
    assert_eq!(rig.join().ice_servers, servers);
}

#[test]
fn rooms_know_nothing_of_each_other() {
    let mut rig = Rig::new();
    let here = rig.join();
    let (there, outputs) = rig.hello(room(8), None);
    let (there, rest) = welcomed(there, outputs);
    assert_eq!((there.order, there.members.len(), rest.len()), (JoinOrder(0), 0, 0));
    assert_eq!(rig.relay(&there, Recipient::Everyone, b"hello?"), []);
    assert_eq!(rig.relay(&there, Recipient::Participant(here.participant), b"hello?"), []);
    assert_eq!(rig.registry.statistics().unknown_recipients, 1);
}

#[test]
fn the_thirteenth_is_turned_away_until_someone_leaves() {
    let mut rig = Rig::new();
    let all: Vec<_> = (0..12).map(|_| rig.join()).collect();
    let (thirteenth, outputs) = rig.hello(ROOM, None);
    assert_eq!(outputs, [refused(thirteenth, SignallingError::RoomFull)]);
    let returning = Returning { participant: ParticipantId([9; 16]), token: ResumeToken([9; 16]), order: JoinOrder(3) };
    let (stranger, outputs) = rig.hello(ROOM, Some(returning));
    assert_eq!(outputs, [refused(stranger, SignallingError::RoomFull)]);
    // A kept place is taken; its holder can still come back to it.
    rig.drop_connection(&all[5]);
    let (thirteenth, outputs) = rig.hello(ROOM, None);
    assert_eq!(outputs, [refused(thirteenth, SignallingError::RoomFull)]);
    let (back, _) = rig.enter(Some(all[5].returning()));
    assert_eq!(back.participant, all[5].participant);
    rig.say(all[0].connection, ClientMessage::Leave);
    assert_eq!(rig.join().order, JoinOrder(12));
}

#[test]
fn one_who_leaves_is_gone_at_once() {
    let mut rig = Rig::new();
    let (stays, leaves) = (rig.join(), rig.join());
    let goodbye = Output::Close { connection: leaves.connection, closure: Closure::Goodbye };
    let left = ServerMessage::Left { participant: leaves.participant, reason: LeaveReason::Left };
    assert_eq!(rig.say(leaves.connection, ClientMessage::Leave), [goodbye, send(&[&stays], left)]);
    assert!(!rig.registry.is_seated(leaves.connection));
    assert_eq!(rig.registry.next_deadline(), None, "no place is kept");
    // Its place is nobody's now: who returns to it is announced as coming in.
    let (back, rest) = rig.enter(Some(leaves.returning()));
    assert_eq!(rest, [send(&[&stays], ServerMessage::Joined { member: back.member() })]);
}

#[test]
fn an_empty_room_is_forgotten() {
    let mut rig = Rig::new();
    let (one, other) = (rig.join(), rig.join());
    rig.say(one.connection, ClientMessage::Leave);
    assert_eq!(rig.registry.statistics().rooms, 1);
    rig.say(other.connection, ClientMessage::Leave);
    assert_eq!(rig.registry.statistics(), Default::default());
    assert_eq!(rig.join().order, JoinOrder(0), "a new room counts from the start");
}

#[test]
fn there_are_only_so_many_rooms() {
    let mut rig = Rig::with(RegistryConfig { rooms: 2, ..RegistryConfig::default() });
    rig.join();
    rig.hello(room(1), None);
    let (connection, outputs) = rig.hello(room(2), None);
    assert_eq!(outputs, [refused(connection, SignallingError::TooManyConnections)]);
    assert_eq!(rig.registry.statistics().rooms, 2);
    rig.join();
}

#[test]
fn a_hello_comes_first_and_once_and_in_this_version() {
    let mut rig = Rig::new();
    let stranger = rig.connect();
    let relay = ClientMessage::Relay { to: Recipient::Everyone, payload: SealedBytes(vec![1]) };
    for message in [relay, ClientMessage::Leave] {
        assert_eq!(rig.say(stranger, message), [refused(stranger, SignallingError::HelloExpected)]);
    }
    let newer =
        ClientMessage::Hello { version: PROTOCOL_VERSION + 1, room: ROOM.room, host: ROOM.host, returning: None };
    assert_eq!(rig.say(stranger, newer), [refused(stranger, SignallingError::UnsupportedVersion)]);
    assert_eq!(rig.registry.statistics().participants, 0);
    let entered = rig.join();
    let again = rig.say(entered.connection, ClientMessage::hello(ROOM, None));
    assert_eq!(again, [refused(entered.connection, SignallingError::UnexpectedHello)]);
    assert_eq!(rig.registry.statistics().away, 1, "the place is kept for a client that does better");
}

#[test]
fn no_claimed_order_stops_others_from_coming_later() {
    let mut rig = Rig::new();
    let claim = |id: u8, order| Returning {
        participant: ParticipantId([id; 16]),
        token: ResumeToken([id; 16]),
        order: JoinOrder(order),
    };
    assert_eq!(rig.enter(Some(claim(1, 4))).0.order, JoinOrder(4));
    assert_eq!(rig.join().order, JoinOrder(5));
    assert_eq!(rig.enter(Some(claim(2, 2))).0.order, JoinOrder(2));
    assert_eq!(rig.join().order, JoinOrder(6));
    assert_eq!(rig.enter(Some(claim(3, u32::MAX))).0.order, JoinOrder(u32::MAX));
    assert_eq!(rig.join().order, JoinOrder(u32::MAX), "the greatest there is: ids break the tie");
}
