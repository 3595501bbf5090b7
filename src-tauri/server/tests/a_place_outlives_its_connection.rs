//! A dropped client's place is kept for a while, with what was said to it, and resumed with its token.

use std::time::Duration;

use conclave_protocol::ids::{JoinOrder, ResumeToken};
use conclave_protocol::signalling::limits::RESUME_WINDOW;
use conclave_protocol::signalling::{ClientMessage, LeaveReason, Recipient, ServerMessage, SignallingError};
use conclave_server::registry::{Output, RegistryConfig, Timestamp};

use crate::support::registry::{ROOM, Rig, refused, relayed, send, welcomed};

const MOMENT: Duration = Duration::from_millis(1);

#[test]
fn the_others_notice_nothing_when_someone_resumes_in_time() {
    let mut rig = Rig::new();
    let (a, b) = (rig.join(), rig.join());
    rig.drop_connection(&a);
    assert_eq!(rig.registry.next_deadline(), Some(Timestamp(RESUME_WINDOW)));
    rig.advance(RESUME_WINDOW - MOMENT);
    assert_eq!(rig.registry.expire(rig.now), []);
    let (back, rest) = rig.enter(Some(a.returning()));
    assert_eq!((back.participant, back.order, back.token), (a.participant, a.order, a.token));
    assert_eq!((back.members, rest), (vec![b.member()], vec![]));
    assert_eq!(rig.registry.next_deadline(), None);
    rig.advance(2 * RESUME_WINDOW);
    assert_eq!(rig.registry.expire(rig.now), []);
}

#[test]
fn a_place_lapses_when_nobody_returns_to_it() {
    let mut rig = Rig::new();
    let (a, b) = (rig.join(), rig.join());
    rig.drop_connection(&a);
    rig.advance(RESUME_WINDOW);
    let left = ServerMessage::Left { participant: a.participant, reason: LeaveReason::TimedOut };
    assert_eq!(rig.registry.expire(rig.now), [send(&[&b], left)]);
    assert_eq!(rig.registry.statistics().participants, 1);
    // Too late, but welcome: the participant comes in as who it was, and the others hear of it.
    let (back, rest) = rig.enter(Some(a.returning()));
    assert_eq!((back.participant, back.order, back.token), (a.participant, a.order, a.token));
    assert_eq!(rest, [send(&[&b], ServerMessage::Joined { member: a.member() })]);
}

#[test]
fn a_late_timer_does_not_lengthen_the_window() {
    let mut rig = Rig::new();
    let (a, b) = (rig.join(), rig.join());
    rig.drop_connection(&a);
    rig.advance(RESUME_WINDOW);
    let (_, rest) = rig.enter(Some(a.returning()));
    let left = ServerMessage::Left { participant: a.participant, reason: LeaveReason::TimedOut };
    assert_eq!(rest, [send(&[&b], left), send(&[&b], ServerMessage::Joined { member: a.member() })]);
}

#[test]
fn each_place_lapses_at_its_own_time() {
    let mut rig = Rig::new();
    let (a, b, c) = (rig.join(), rig.join(), rig.join());
    rig.drop_connection(&b);
    rig.advance(Duration::from_secs(10));
    rig.drop_connection(&a);
    rig.advance(Duration::from_secs(20));
    let left = |of| ServerMessage::Left { participant: of, reason: LeaveReason::TimedOut };
    assert_eq!(rig.registry.expire(rig.now), [send(&[&c], left(b.participant))]);
    assert_eq!(rig.registry.next_deadline(), Some(Timestamp(Duration::from_secs(40))));
    rig.advance(Duration::from_secs(10));
    assert_eq!(rig.registry.expire(rig.now), [send(&[&c], left(a.participant))]);
}

#[test]
fn the_newer_connection_of_a_participant_stands() {
    let mut rig = Rig::new();
    let (a, b) = (rig.join(), rig.join());
    let (newer, rest) = rig.enter(Some(a.returning()));
    assert_eq!(rest, [refused(a.connection, SignallingError::Replaced)]);
    // The older one's end, reported afterwards, takes nothing from the newer one.
    rig.drop_connection(&a);
    assert_eq!(rig.registry.statistics().away, 0);
    assert_eq!(rig.relay(&b, Recipient::Everyone, b"x"), [send(&[&newer], relayed(&b, b"x"))]);
}

#[test]
fn a_wrong_token_takes_nobodys_place() {
    let mut rig = Rig::new();
    let (a, b) = (rig.join(), rig.join());
    let mut returning = a.returning();
    returning.token = ResumeToken([0xFF; 16]);
    let (thief, outputs) = rig.hello(ROOM, Some(returning.clone()));
    assert_eq!(outputs, [refused(thief, SignallingError::WrongToken)]);
    assert_eq!(rig.relay(&b, Recipient::Everyone, b"x"), [send(&[&a], relayed(&b, b"x"))]);
    rig.drop_connection(&a);
    let (thief, outputs) = rig.hello(ROOM, Some(returning));
    assert_eq!(outputs, [refused(thief, SignallingError::WrongToken)]);
    assert_eq!(rig.registry.statistics().away, 1);
}

#[test]
fn what_was_said_meanwhile_is_delivered_after_the_welcome_in_order() {
    let mut rig = Rig::new();
    let (a, b, c) = (rig.join(), rig.join(), rig.join());
    rig.drop_connection(&a);
    assert_eq!(rig.relay(&b, Recipient::Participant(a.participant), b"1"), []);
    assert_eq!(rig.relay(&c, Recipient::Everyone, b"2"), [send(&[&b], relayed(&c, b"2"))]);
    rig.relay(&b, Recipient::Participant(c.participant), b"not for a");
    rig.relay(&b, Recipient::Everyone, b"3");
    let (connection, outputs) = rig.hello(ROOM, Some(a.returning()));
    let is_welcome = |output: &_| matches!(output, Output::Send { message: ServerMessage::Welcome { .. }, .. });
    assert!(outputs.first().is_some_and(is_welcome), "the welcome comes first");
    let (back, rest) = welcomed(connection, outputs);
    let kept = [relayed(&b, b"1"), relayed(&c, b"2"), relayed(&b, b"3")];
    assert_eq!(rest, kept.map(|message| send(&[&back], message)));
    assert_eq!(rig.registry.statistics().kept_bytes, 0);
    rig.drop_connection(&back);
    assert_eq!(rig.enter(Some(a.returning())).1, [], "delivered once");
}

#[test]
fn the_oldest_kept_messages_make_room_for_the_newest() {
    let size = relayed_size();
    let mut rig = Rig::with(RegistryConfig { kept_bytes_per_place: 3 * size, ..RegistryConfig::default() });
    let (a, b) = (rig.join(), rig.join());
    rig.drop_connection(&a);
    for payload in [b"1", b"2", b"3", b"4", b"5"] {
        rig.relay(&b, Recipient::Everyone, payload);
    }
    let statistics = rig.registry.statistics();
    assert_eq!((statistics.kept_bytes, statistics.kept_dropped), (3 * size, 2));
    let too_large = vec![0; 3 * size];
    rig.relay(&b, Recipient::Everyone, &too_large);
    assert_eq!(rig.registry.statistics().kept_bytes, 0);
    rig.relay(&b, Recipient::Everyone, b"6");
    let (back, rest) = rig.enter(Some(a.returning()));
    assert_eq!(rest, [send(&[&back], relayed(&b, b"6"))]);
    assert_eq!(rig.registry.statistics().kept_dropped, 6);
}

#[test]
fn all_that_is_kept_has_a_bound_too() {
    let size = relayed_size();
    let mut rig = Rig::with(RegistryConfig { kept_bytes_total: 3 * size, ..RegistryConfig::default() });
    let (a, b, c) = (rig.join(), rig.join(), rig.join());
    rig.drop_connection(&a);
    rig.drop_connection(&b);
    rig.relay(&c, Recipient::Everyone, b"1");
    rig.relay(&c, Recipient::Everyone, b"2");
    let statistics = rig.registry.statistics();
    assert_eq!((statistics.kept_bytes, statistics.kept_dropped), (3 * size, 1));
    // A place that lapses gives its share back.
    rig.advance(RESUME_WINDOW);
    rig.registry.expire(rig.now);
    assert_eq!(rig.registry.statistics().kept_bytes, 0);
}

#[test]
fn nothing_is_kept_from_someone_who_is_gone() {
    let mut rig = Rig::new();
    let (a, b, c) = (rig.join(), rig.join(), rig.join());
    rig.drop_connection(&a);
    rig.relay(&b, Recipient::Everyone, b"from b");
    rig.relay(&c, Recipient::Everyone, b"from c");
    rig.say(b.connection, ClientMessage::Leave);
    let (back, rest) = rig.enter(Some(a.returning()));
    assert_eq!(back.members, [c.member()]);
    assert_eq!(rest, [send(&[&back], relayed(&c, b"from c"))]);
    assert_eq!(rig.registry.statistics().kept_bytes, 0);
}

#[test]
fn an_empty_registry_is_refilled_by_its_clients() {
    let mut before = Rig::new();
    let (a, b, c) = (before.join(), before.join(), before.join());
    let mut rig = Rig::restarted();
    // In any order; who they are and when they joined stays.
    let (c2, rest) = rig.enter(Some(c.returning()));
    assert_eq!((c2.participant, c2.order, c2.token, rest), (c.participant, c.order, c.token, vec![]));
    let (a2, rest) = rig.enter(Some(a.returning()));
    assert_eq!(a2.members, [c.member()]);
    assert_eq!(rest, [send(&[&c2], ServerMessage::Joined { member: a.member() })]);
    assert_eq!(rig.join().order, JoinOrder(3), "a newcomer comes after all of them, b included once it is back");
    let (b2, _) = rig.enter(Some(b.returning()));
    assert_eq!(b2.order, b.order);
    // The tokens are remembered.
    let mut stolen = a.returning();
    stolen.token = ResumeToken([0; 16]);
    let (thief, outputs) = rig.hello(ROOM, Some(stolen));
    assert_eq!(outputs, [refused(thief, SignallingError::WrongToken)]);
}

fn relayed_size() -> usize {
    let mut rig = Rig::new();
    relayed(&rig.join(), b"1").to_json().len()
}
