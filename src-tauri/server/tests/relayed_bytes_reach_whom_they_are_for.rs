//! Bytes go to those named, with the sender as the registry knows it.

use conclave_protocol::ids::ParticipantId;
use conclave_protocol::signalling::Recipient;

use crate::support::registry::{Rig, relayed, send};

#[test]
fn everyone_is_everyone_else() {
    let mut rig = Rig::new();
    let (a, b, c) = (rig.join(), rig.join(), rig.join());
    assert_eq!(rig.relay(&b, Recipient::Everyone, b"hi"), [send(&[&a, &c], relayed(&b, b"hi"))]);
    assert_eq!(rig.relay(&a, Recipient::Participant(c.participant), b"hi"), [send(&[&c], relayed(&a, b"hi"))]);
}

#[test]
fn bytes_for_nobody_are_dropped_and_counted() {
    let mut rig = Rig::new();
    let a = rig.join();
    assert_eq!(rig.relay(&a, Recipient::Everyone, b"hi"), []);
    assert_eq!(rig.registry.statistics().unknown_recipients, 0, "to be alone is no error");
    assert_eq!(rig.relay(&a, Recipient::Participant(ParticipantId([9; 16])), b"hi"), []);
    assert_eq!(rig.relay(&a, Recipient::Participant(a.participant), b"to myself"), []);
    assert_eq!(rig.registry.statistics().unknown_recipients, 2);
    assert!(rig.registry.is_seated(a.connection));
}
