//! Which secret of an epoch is taken, and of whom.

use conclave_keys::epoch::{Epoch, EpochSecret};
use conclave_keys::statement::Signed;
use conclave_keys::statement::removal::Removal;
use conclave_protocol::intent::HostCommand;

use super::rig::*;

/// Has one who says it has begun an epoch tell another its secret.
fn tell_epoch(rig: &mut Rig, from: u8, to: u8, secret: [u8; 32]) {
    tell(rig, from, to, (Epoch(1), secret));
}

fn tell(rig: &mut Rig, from: u8, to: u8, (epoch, secret): (Epoch, [u8; 32])) {
    let told = [&epoch.0.to_be_bytes()[..], &secret].concat();
    rig.end(from).trust.with(id(to), |peer, _, outbox| peer.tell_epoch(outbox, &told));
    rig.end(from).act();
    rig.run();
}

#[test]
fn a_removal_into_one_epoch_begins_no_other() {
    let mut rig = Rig::of(&[HOST, BOB]);
    let (room, secret) = (admission(HOST).room, [7; 32]);
    let secret_hash = EpochSecret::from_bytes(secret).commitment(room, Epoch(7));
    let removal = Removal { room, epoch: Epoch(1), device_key: key(DAVE), secret_hash };
    rig.show(HOST, BOB, &Signed::sign(removal, &device(HOST)).unwrap().to_bytes());
    tell(&mut rig, HOST, BOB, (Epoch(7), secret));
    assert_eq!(rig.epoch(BOB), 0);
}

#[test]
fn a_secret_that_no_removal_was_signed_with_is_not_taken_of_the_host() {
    let mut rig = Rig::of(&[HOST, BOB]);
    tell_epoch(&mut rig, HOST, BOB, [1; 32]);
    assert_eq!(rig.epoch(BOB), 0, "there is no removal");
    rig.show(HOST, BOB, &removal(key(DAVE), Epoch(1), [1; 32], HOST));
    tell_epoch(&mut rig, HOST, BOB, [2; 32]);
    assert_eq!(rig.epoch(BOB), 0);
    tell_epoch(&mut rig, HOST, BOB, [1; 32]);
    assert_eq!(rig.epoch(BOB), 1);
}

#[test]
fn a_co_host_tells_no_other_secret_than_the_removal_s() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO]);
    rig.command(HOST, HostCommand::NameCoHosts { participants: vec![id(BOB)] });
    // The host's last act, of which Cleo hears; then Bob acts.
    rig.show(HOST, CLEO, &removal(key(DAVE), Epoch(1), [1; 32], HOST));
    rig.leave(HOST);
    tell_epoch(&mut rig, BOB, CLEO, [2; 32]);
    assert_eq!(rig.epoch(CLEO), 0);
    tell_epoch(&mut rig, BOB, CLEO, [1; 32]);
    assert_eq!(rig.epoch(CLEO), 1);
}

#[test]
fn a_host_that_was_gone_takes_no_secret_that_no_removal_names() {
    let mut rig = Rig::of(&[HOST, BOB, CLEO]);
    rig.command(HOST, HostCommand::NameCoHosts { participants: vec![id(BOB)] });
    rig.leave(HOST);
    rig.enter(HOST);
    rig.show(BOB, HOST, &removal(key(DAVE), Epoch(1), [1; 32], BOB));
    tell_epoch(&mut rig, CLEO, HOST, [2; 32]);
    assert_eq!(rig.epoch(HOST), 0);
    tell_epoch(&mut rig, CLEO, HOST, [1; 32]);
    assert_eq!(rig.epoch(HOST), 1);
}

#[test]
fn a_newcomer_follows_into_an_epoch_that_a_co_host_began() {
    let mut rig = Rig::of(&[HOST, BOB, DAVE]);
    rig.command(HOST, HostCommand::NameCoHosts { participants: vec![id(BOB)] });
    rig.leave(HOST);
    rig.remove(BOB, DAVE);
    rig.leave(DAVE);
    rig.enter(HOST);
    assert_eq!(rig.epoch(HOST), 1);
    rig.enter(CLEO);
    rig.admit(HOST, CLEO);
    assert!(rig.linked(HOST, CLEO));
    assert_eq!(rig.epoch(CLEO), 1);
}

#[test]
fn an_old_removal_shown_again_does_not_undo_a_later_one_of_the_same_device() {
    let mut rig = Rig::of(&[HOST, BOB]);
    let removals = [(1, [1; 32]), (2, [2; 32]), (1, [1; 32])];
    for (epoch, secret) in removals {
        rig.show(HOST, BOB, &removal(key(DAVE), Epoch(epoch), secret, HOST));
    }
    tell(&mut rig, HOST, BOB, (Epoch(2), [2; 32]));
    assert_eq!(rig.epoch(BOB), 2);
}
