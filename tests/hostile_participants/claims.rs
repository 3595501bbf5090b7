//! Somebody claims to speak for the room.

use std::time::Duration;

use conclave_keys::epoch::Epoch;
use conclave_keys::epoch::EpochSecret;
use conclave_keys::identity::DeviceIdentity;
use conclave_keys::session::envelope::EnvelopeType;
use conclave_keys::statement::Signed;
use conclave_keys::statement::handover::Handover;
use conclave_keys::statement::policy::{Access, Lock, PasswordRule, Policy};
use conclave_keys::statement::removal::Removal;
use conclave_protocol::notice::SecurityProblem;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::event::Event;

use crate::scene::{SOON, Scene, id_of};

#[test]
fn of_two_who_claim_to_be_host_the_second_changes_nothing() -> Result<()> {
    let scene = Scene::made_with(&[])?;
    let device = DeviceIdentity::generate().expect("a device");
    let (room, bob) = (scene.room(), scene.key_of("Bob").public_key());
    let policy = Policy {
        room,
        epoch: Epoch::FIRST,
        revision: 1,
        access: Access::Lobby,
        password: PasswordRule::None,
        lock: Lock::Locked,
        co_hosts: vec![device.public_key()],
    };
    let secret = EpochSecret::from_bytes([9; 32]);
    let secret_hash = secret.commitment(room, Epoch(1));
    let removal = Removal { room, epoch: Epoch(1), device_key: bob, secret_hash };
    let (from, to) = (device.public_key(), bob);
    let handover = Handover { room, epoch: Epoch::FIRST, revision: 1, from, to };
    let statements = [
        Signed::sign(policy, &device).expect("a policy").to_bytes(),
        Signed::sign(removal, &device).expect("a removal").to_bytes(),
        Signed::sign(handover, &device).expect("a handover").to_bytes(),
    ];
    let mut mallory = scene.mallory(device)?;
    for participant in [&scene.ada, &scene.bob] {
        let peer = id_of(participant)?;
        mallory.greet(peer)?;
        mallory.show(peer, &statements)?;
        mallory.say(peer, EnvelopeType::Refusal, &[])?;
        participant.wait_for("the notice", SOON, |event| event.is_security(SecurityProblem::TwoHosts))?;
        mallory.heard_from(peer, Duration::from_millis(300))?;
        let changed = |event: &Event| {
            matches!(event, Event::Governance { governance }
                if governance.access != conclave_protocol::signalling::Access::Open
                    || governance.lock != conclave_protocol::signalling::Lock::Unlocked)
        };
        assert!(participant.events().iter().all(|timed| !changed(&timed.event)));
    }
    scene.assert_the_two_are_undisturbed()
}
