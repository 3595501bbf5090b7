//! One who has the link and says it has the host's device, in both roles.

use conclave_protocol::intent::HostCommand;
use conclave_protocol::notice::SecurityProblem;
use conclave_protocol::signalling::{Access, Lock};
use conclave_protocol::snapshot::EndReason;

use super::rig::*;
use crate::test_ends::SECRET;
use crate::*;

/// Somebody with the link, and with no device of those that are in the room.
const MALLORY: u8 = 9;

fn impostor(of: u8) -> DeviceIdentity {
    DeviceIdentity::impostor(&[MALLORY; 32], key(of))
}

/// All that one sent the other since, by its first bytes: kind, and type of an envelope.
fn said(rig: &Rig, from: u8, to: u8, since: usize) -> Vec<u8> {
    let theirs = rig.relayed[since..].iter().filter(|message| message.from == id(from) && message.to == id(to));
    theirs
        .map(|message| if message.payload.0[0] == 2 { 20 + message.payload.0[1] } else { message.payload.0[0] })
        .collect()
}

const HELLO: u8 = 1;
const DEVICE: u8 = 27;

#[test]
fn an_offerer_with_the_host_s_key_and_not_its_device_is_told_nothing() {
    let commands = [
        None,
        Some(HostCommand::SetAccess { access: Access::Lobby }),
        Some(HostCommand::SetLock { lock: Lock::Locked }),
    ];
    for command in commands {
        let mut rig = Rig::of(&[HOST, BOB, CLEO]);
        if let Some(command) = command {
            rig.command(HOST, command);
        }
        rig.leave(HOST);
        rig.problems(BOB);
        [BOB, CLEO].into_iter().for_each(|number| rig.end(number).heard.clear());
        let since = rig.relayed.len();
        rig.enter_with(MALLORY, impostor(HOST), None, SECRET);
        rig.connect(MALLORY);
        assert_eq!(said(&rig, BOB, MALLORY, since), [HELLO]);
        assert!(rig.end(BOB).heard.is_empty() && !rig.has_any_link(MALLORY));
        assert_eq!(rig.problems(BOB), [SecurityProblem::OtherDevice]);
        assert_eq!(rig.end(BOB).trust.peers[&id(MALLORY)].device(), None);
    }
}

#[test]
fn an_offerer_with_the_host_s_key_gets_nothing_of_a_later_epoch_and_refuses_nobody() {
    let mut rig = Rig::of(&[HOST, BOB, DAVE]);
    rig.remove(HOST, DAVE);
    rig.leave(DAVE);
    rig.leave(HOST);
    let since = rig.relayed.len();
    rig.enter_with(MALLORY, impostor(HOST), None, SECRET);
    rig.connect(MALLORY);
    rig.end(MALLORY).trust.with(id(BOB), |peer, _, outbox| peer.refuse(outbox));
    rig.end(MALLORY).act();
    rig.run();
    assert_eq!(said(&rig, BOB, MALLORY, since), [HELLO]);
    assert_eq!((rig.end(BOB).ended, rig.epoch(MALLORY)), (None, 0));
    assert!(!rig.has_any_link(MALLORY));
}

#[test]
fn an_answerer_with_the_host_s_key_is_told_nothing_and_refuses_no_newcomer() {
    let mut rig = Rig::of(&[]);
    rig.enter_with(MALLORY, impostor(HOST), None, SECRET);
    rig.enter(CLEO);
    rig.end(MALLORY).trust.with(id(CLEO), |peer, _, outbox| peer.refuse(outbox));
    rig.end(MALLORY).act();
    rig.run();
    assert_eq!(said(&rig, CLEO, MALLORY, 0), [HELLO]);
    assert_eq!(rig.end(CLEO).ended, None);
    assert!(rig.end(CLEO).heard.is_empty() && !rig.has_any_link(MALLORY));
    assert_eq!(rig.problems(CLEO), [SecurityProblem::OtherDevice]);
    // The host is another thing: it is asked for its leave, and its refusal counts.
    let mut rig = Rig::of(&[HOST]);
    rig.command(HOST, HostCommand::SetAccess { access: Access::Lobby });
    rig.enter(CLEO);
    assert_eq!(said(&rig, CLEO, HOST, 0)[..2], [HELLO, DEVICE]);
    rig.command(HOST, HostCommand::Refuse { participant: id(CLEO) });
    assert_eq!(rig.end(CLEO).ended, Some(EndReason::NotAdmitted));
}

#[test]
fn one_with_the_key_of_somebody_who_was_let_in_is_not_let_in() {
    let mut rig = Rig::of(&[HOST, BOB]);
    rig.command(HOST, HostCommand::SetAccess { access: Access::Lobby });
    rig.enter(CLEO);
    rig.admit(HOST, CLEO);
    rig.leave(CLEO);
    rig.problems(BOB);
    let since = rig.relayed.len();
    rig.enter_with(MALLORY, impostor(CLEO), None, SECRET);
    rig.connect(MALLORY);
    assert!(!rig.has_any_link(MALLORY) && rig.end(HOST).knocks.is_empty());
    for number in [HOST, BOB] {
        assert_eq!(said(&rig, number, MALLORY, since), [HELLO]);
        assert_eq!(rig.problems(number), [SecurityProblem::OtherDevice]);
    }
}

#[test]
fn one_whose_first_words_were_lost_asks_again() {
    let mut rig = Rig::of(&[HOST]);
    rig.command(HOST, HostCommand::SetAccess { access: Access::Lobby });
    rig.enter_with(CLEO, device(CLEO), None, SECRET);
    rig.end(HOST).trust.attend(id(CLEO));
    let ask = |rig: &mut Rig| {
        rig.end(CLEO).trust.knock(id(HOST), DisplayName::from_untrusted("Cleo"));
        rig.end(CLEO).act();
    };
    ask(&mut rig);
    let hello = rig.end(CLEO).outbox.remove(0);
    rig.end(HOST).receive(&hello);
    let answer = rig.end(HOST).outbox.remove(0);
    rig.end(CLEO).receive(&answer);
    rig.end(CLEO).outbox.clear();
    ask(&mut rig);
    rig.run();
    assert!(rig.end(HOST).knocks.contains_key(&id(CLEO)));
}

#[test]
fn one_who_waits_with_another_password_and_asks_again_makes_one_guess() {
    let mut rig = Rig::of(&[]);
    rig.enter_with(HOST, device(HOST), Some("right"), SECRET);
    rig.command(HOST, HostCommand::SetAccess { access: Access::Lobby });
    rig.enter_with(CLEO, device(CLEO), Some("wrong"), SECRET);
    rig.end(HOST).trust.attend(id(CLEO));
    for _ in 0..6 {
        rig.end(CLEO).trust.knock(id(HOST), DisplayName::from_untrusted("Cleo"));
        rig.end(CLEO).act();
        rig.run();
    }
    assert_eq!(rig.problems(HOST), [SecurityProblem::OtherKey]);
    assert_eq!(rig.problems(CLEO), [SecurityProblem::OtherKey]);
}
