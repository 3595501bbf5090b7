//! Whose orders are followed, and whose aren't: whatever is wrong with one ends the connection that it came by, unless it
//! was only given before.

use conclave_protocol::ids::{
    DevicePublicKey, DeviceSignature, HostKeyHash, JoinOrder, ParticipantId, RoomAddress, RoomId,
};
use conclave_protocol::signalling::limits::RESUME_WINDOW;
use conclave_protocol::signalling::{
    Access, ClientMessage, LeaveReason, OrderNumber, Recipient, RoomCommand, ServerMessage, SignallingError,
    SignedOrder, Standing,
};
use conclave_server::registry::{Output, Statistics};

use crate::support::orders::order;
use crate::support::registry::{Entered, ROOM, Rig, refused, relayed, room, send};

const LOBBY: RoomCommand = RoomCommand::SetAccess { access: Access::Lobby };
const OPEN: RoomCommand = RoomCommand::SetAccess { access: Access::Open };

fn give(rig: &mut Rig, by: &Entered, order: SignedOrder) -> Vec<Output> {
    rig.say(by.connection, ClientMessage::Govern { order })
}

/// It is refused, and nothing has changed.
fn is_not_followed(rig: &mut Rig, by: &Entered, order: SignedOrder) {
    let before = rig.registry.statistics().orders_refused;
    assert_eq!(give(rig, by, order), [refused(by.connection, SignallingError::NotTheHost)]);
    assert_eq!(rig.registry.statistics().orders_refused, before + 1);
    assert_eq!(rig.join().standing, Standing::Inside);
}

/// It is told that the last order had this number, and nothing else comes of it.
fn is_repeated(rig: &mut Rig, by: &Entered, order: SignedOrder, last: u64) {
    let before = rig.registry.statistics();
    let last = OrderNumber::try_from(last).unwrap();
    assert_eq!(give(rig, by, order), [send(&[by], ServerMessage::OrderRepeated { last })]);
    let after = rig.registry.statistics();
    assert_eq!(after, Statistics { orders_refused: before.orders_refused + 1, ..before });
    assert!(rig.registry.is_seated(by.connection));
}

#[test]
fn an_order_given_before_is_not_followed_and_ends_no_connection() {
    let mut rig = Rig::new();
    let host = rig.join();
    let lobby = order(ROOM, host.participant, 7, LOBBY);
    assert_eq!(give(&mut rig, &host, lobby.clone()), []);
    assert_eq!(give(&mut rig, &host, order(ROOM, host.participant, 8, OPEN)), []);
    is_repeated(&mut rig, &host, lobby, 8);
    assert_eq!(rig.join().standing, Standing::Inside);
    assert_eq!(give(&mut rig, &host, order(ROOM, host.participant, 9, LOBBY)), []);
    assert_eq!(rig.join().standing, Standing::Waiting);
}

#[test]
fn an_order_given_before_counts_as_such_on_the_next_connection_too() {
    let mut rig = Rig::new();
    let (host, _guest) = (rig.join(), rig.join());
    give(&mut rig, &host, order(ROOM, host.participant, 7, OPEN));
    rig.drop_connection(&host);
    let (host, _) = rig.enter(Some(host.returning()));
    is_repeated(&mut rig, &host, order(ROOM, host.participant, 7, LOBBY), 7);
    assert_eq!(rig.join().standing, Standing::Inside);
}

#[test]
fn an_order_given_before_makes_nobody_govern() {
    let mut rig = Rig::new();
    let host = rig.join();
    give(&mut rig, &host, order(ROOM, host.participant, 7, LOBBY));
    rig.drop_connection(&host);
    let (host, _) = rig.enter(Some(host.returning()));
    is_repeated(&mut rig, &host, order(ROOM, host.participant, 7, LOBBY), 7);
    assert_eq!(rig.join().members, [], "nobody who could let it in");
}

#[test]
fn a_host_whose_clock_was_put_back_is_followed_when_it_comes_as_somebody_new() {
    let mut rig = Rig::new();
    let (host, guest) = (rig.join(), rig.join());
    give(&mut rig, &host, order(ROOM, host.participant, 1_000, LOBBY));
    // Its program starts again, while its former place is kept and somebody is still there.
    rig.drop_connection(&host);
    let restarted = rig.join();
    let outputs = give(&mut rig, &restarted, order(ROOM, restarted.participant, 1, OPEN));
    let members = vec![host.member(), guest.member()];
    assert_eq!(outputs[0], send(&[&restarted], ServerMessage::Admitted { order: JoinOrder(2), members }));
    assert_eq!(rig.join().standing, Standing::Inside);
    // Let in, it is the same participant still.
    is_repeated(&mut rig, &restarted, order(ROOM, restarted.participant, 1, LOBBY), 1);
}

#[test]
fn the_numbers_of_a_place_are_forgotten_with_it() {
    let mut rig = Rig::new();
    let (host, _guest) = (rig.join(), rig.join());
    give(&mut rig, &host, order(ROOM, host.participant, 7, OPEN));
    rig.drop_connection(&host);
    rig.advance(RESUME_WINDOW);
    let (host, _) = rig.enter(Some(host.returning()));
    assert_eq!(give(&mut rig, &host, order(ROOM, host.participant, 1, LOBBY)), []);
    assert_eq!(rig.join().standing, Standing::Waiting);
}

#[test]
fn an_order_of_another_participant_is_not_followed() {
    let mut rig = Rig::new();
    let (host, thief) = (rig.join(), rig.join());
    is_not_followed(&mut rig, &thief, order(ROOM, host.participant, 1, LOBBY));
}

#[test]
fn an_order_for_another_room_is_not_followed() {
    let mut rig = Rig::new();
    let host = rig.join();
    is_not_followed(&mut rig, &host, order(room(8), host.participant, 1, LOBBY));
    let host = rig.join();
    let elsewhere = RoomAddress { host: HostKeyHash([1; 16]), ..ROOM };
    is_not_followed(&mut rig, &host, order(elsewhere, host.participant, 2, LOBBY));
}

#[test]
fn an_order_of_another_device_or_with_a_forged_signature_is_not_followed() {
    let mut rig = Rig::new();
    for alter in [(|order| order.key = DevicePublicKey([0xB0; 32])) as fn(&mut SignedOrder), |order| {
        order.signature = DeviceSignature([0xB0; 64])
    }] {
        let guest = rig.join();
        let mut order = order(ROOM, guest.participant, 1, LOBBY);
        alter(&mut order);
        is_not_followed(&mut rig, &guest, order);
    }
}

#[test]
fn whoever_gives_a_wrong_order_is_told_alone_and_keeps_its_place() {
    let mut rig = Rig::new();
    let (liar, other) = (rig.join(), rig.join());
    let mut forged = order(ROOM, liar.participant, 1, LOBBY);
    forged.signature = DeviceSignature([0xB0; 64]);
    give(&mut rig, &liar, forged);
    let (back, rest) = rig.enter(Some(liar.returning()));
    assert_eq!((back.participant, rest), (liar.participant, vec![]));
    assert_eq!(rig.relay(&other, Recipient::Everyone, b"x"), [send(&[&back], relayed(&other, b"x"))]);
}

#[test]
fn an_order_comes_after_the_hello() {
    let mut rig = Rig::new();
    let stranger = rig.connect();
    let order = order(ROOM, ParticipantId([1; 16]), 1, LOBBY);
    let outputs = rig.say(stranger, ClientMessage::Govern { order });
    assert_eq!(outputs, [refused(stranger, SignallingError::HelloExpected)]);
}

#[test]
fn whoever_claims_another_host_is_in_another_room() {
    let mut rig = Rig::new();
    let host = rig.join();
    rig.govern(&host, LOBBY);
    let squatted = RoomAddress { room: ROOM.room, host: HostKeyHash([1; 16]) };
    let (squatter, outputs) = rig.hello(squatted, None);
    let (squatter, rest) = crate::support::registry::welcomed(squatter, outputs);
    assert_eq!((squatter.standing, &squatter.members[..], rest), (Standing::Inside, &[][..], vec![]));
    assert_eq!(rig.relay(&squatter, Recipient::Participant(host.participant), b"x"), []);
    let other_room = RoomAddress { room: RoomId([8; 16]), host: ROOM.host };
    let outputs = rig.hello(other_room, None).1;
    assert_eq!(outputs.len(), 1, "nor do the rooms of one host know of each other");
}

#[test]
fn one_who_is_removed_is_gone_at_once_and_for_all() {
    let mut rig = Rig::new();
    let (host, victim, other) = (rig.join(), rig.join(), rig.join());
    let outputs = rig.govern(&host, RoomCommand::Remove { participant: victim.participant });
    let left = ServerMessage::Left { participant: victim.participant, reason: LeaveReason::Removed };
    assert_eq!(outputs, [refused(victim.connection, SignallingError::Removed), send(&[&host, &other], left)]);
    assert!(!rig.registry.is_seated(victim.connection));
    assert_eq!(rig.registry.next_deadline(), None, "no place is kept");
}

#[test]
fn one_who_was_removed_does_not_come_back_with_its_token() {
    let mut rig = Rig::new();
    let (host, victim) = (rig.join(), rig.join());
    rig.govern(&host, RoomCommand::Remove { participant: victim.participant });
    let (connection, outputs) = rig.hello(ROOM, Some(victim.returning()));
    assert_eq!(outputs, [refused(connection, SignallingError::Removed)]);
    assert_eq!(rig.join().standing, Standing::Inside, "a server doesn't know devices: participants refuse this one");
    rig.govern(&host, LOBBY);
    let (connection, outputs) = rig.hello(ROOM, Some(victim.returning()));
    assert_eq!(outputs, [refused(connection, SignallingError::Removed)]);
}

#[test]
fn one_who_is_away_is_removed_too() {
    let mut rig = Rig::new();
    let (host, victim) = (rig.join(), rig.join());
    rig.drop_connection(&victim);
    let left = ServerMessage::Left { participant: victim.participant, reason: LeaveReason::Removed };
    let remove = RoomCommand::Remove { participant: victim.participant };
    assert_eq!(rig.govern(&host, remove), [send(&[&host], left)]);
    assert_eq!(rig.registry.next_deadline(), None);
    let (connection, outputs) = rig.hello(ROOM, Some(victim.returning()));
    assert_eq!(outputs, [refused(connection, SignallingError::Removed)]);
}

#[test]
fn one_whose_place_has_just_lapsed_is_removed_all_the_same() {
    let mut rig = Rig::new();
    let (host, victim) = (rig.join(), rig.join());
    rig.drop_connection(&victim);
    rig.advance(RESUME_WINDOW);
    rig.registry.expire(rig.now);
    assert_eq!(rig.govern(&host, RoomCommand::Remove { participant: victim.participant }), []);
    let (connection, outputs) = rig.hello(ROOM, Some(victim.returning()));
    assert_eq!(outputs, [refused(connection, SignallingError::Removed)]);
}

#[test]
fn one_who_waits_is_removed_for_all_too() {
    let mut rig = Rig::new();
    let host = rig.join();
    rig.govern(&host, LOBBY);
    let waits = rig.join();
    let outputs = rig.govern(&host, RoomCommand::Remove { participant: waits.participant });
    assert_eq!(outputs[0], refused(waits.connection, SignallingError::Removed));
    let (connection, outputs) = rig.hello(ROOM, Some(waits.returning()));
    assert_eq!(outputs, [refused(connection, SignallingError::Removed)]);
}

#[test]
fn nobody_removes_itself() {
    let mut rig = Rig::new();
    let host = rig.join();
    assert_eq!(rig.govern(&host, RoomCommand::Remove { participant: host.participant }), []);
    assert!(rig.registry.is_seated(host.connection));
    assert_eq!(rig.registry.statistics().orders_without_effect, 1);
}
