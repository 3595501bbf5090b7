use conclave_protocol::ids::{ParticipantId, RoomId};
use conclave_protocol::signalling::{Access, OrderNumber, RoomCommand};

use super::*;
use crate::epoch::Epoch;
use crate::statement::policy::{self, Lock, PasswordRule};

const ROOM: RoomId = RoomId([1; 16]);

fn device(seed: u8) -> DeviceIdentity {
    DeviceIdentity::from_seed(&[seed; 32])
}

fn key(seed: u8) -> DeviceKey {
    device(seed).public_key()
}

fn host() -> HostKeyHash {
    device(1).key_hash()
}

fn order() -> RoomOrder {
    RoomOrder {
        room: ROOM,
        host: host(),
        participant: ParticipantId([2; 16]),
        number: OrderNumber::try_from(1).unwrap(),
        command: RoomCommand::SetAccess { access: Access::Lobby },
    }
}

fn handover(revision: u64, from: u8, to: u8) -> Signed<Handover> {
    let handover = Handover { room: ROOM, epoch: Epoch(0), revision, from: key(from), to: key(to) };
    Signed::sign(handover, &device(from)).unwrap()
}

fn policy_of(signer: u8, co_hosts: &[u8], room: RoomId) -> Signed<Policy> {
    let policy = Policy {
        room,
        epoch: Epoch(0),
        revision: 1,
        access: policy::Access::Lobby,
        password: PasswordRule::None,
        lock: Lock::Unlocked,
        co_hosts: co_hosts.iter().map(|seed| key(*seed)).collect(),
    };
    Signed::sign(policy, &device(signer)).unwrap()
}

fn given(signer: u8, handovers: &[Signed<Handover>], policy: Option<&Signed<Policy>>) -> Result<(), RoomOrderError> {
    let signed = sign(&order(), &device(signer), handovers, policy).unwrap();
    verify(host(), &signed).map(|read| assert_eq!(read, order()))
}

#[test]
fn what_the_host_s_device_signed_is_an_order() {
    assert_eq!(given(1, &[], None), Ok(()));
    assert_eq!(given(8, &[], None), Err(RoomOrderError::NotTheHost), "another device");
}

#[test]
fn whom_the_role_was_handed_to_orders_with_the_whole_chain_only() {
    let chain = [handover(1, 1, 2), handover(2, 2, 3)];
    assert_eq!(given(3, &chain, None), Ok(()));
    for credentials in [&chain[..1], &chain[1..], &[chain[1].clone(), chain[0].clone()], &[]] {
        assert_eq!(given(3, credentials, None), Err(RoomOrderError::NotTheHost), "{credentials:?}");
    }
    assert_eq!(given(2, &chain, None), Err(RoomOrderError::NotTheHost), "it has handed on");
    assert_eq!(given(4, &[handover(1, 4, 4 + 1)], None), Err(RoomOrderError::NotTheHost));
    assert_eq!(given(2, &[chain[0].clone(), chain[0].clone()], None), Err(RoomOrderError::NotTheHost), "superfluous");
}

#[test]
fn a_co_host_orders_by_the_policy_that_names_it() {
    let policy = policy_of(1, &[4, 5], ROOM);
    assert_eq!(given(5, &[], Some(&policy)), Ok(()));
    assert_eq!(given(6, &[], Some(&policy)), Err(RoomOrderError::NotTheHost));
    assert_eq!(given(5, &[], Some(&policy_of(5, &[5], ROOM))), Err(RoomOrderError::NotTheHost), "by itself");
    let elsewhere = policy_of(1, &[5], RoomId([9; 16]));
    assert_eq!(given(5, &[], Some(&elsewhere)), Err(RoomOrderError::NotTheHost));
    let chain = [handover(1, 1, 2)];
    assert_eq!(given(5, &chain, Some(&policy)), Err(RoomOrderError::NotTheHost), "the former host's policy");
    assert_eq!(given(5, &chain, Some(&policy_of(2, &[5], ROOM))), Ok(()));
}

#[test]
fn an_altered_byte_anywhere_is_noticed() {
    let signed = sign(&order(), &device(1), &[], None).unwrap();
    for at in 0..64 {
        let mut altered = signed.clone();
        altered.signature.0[at] ^= 1;
        assert_eq!(verify(host(), &altered), Err(RoomOrderError::Forged), "byte {at} of the signature");
    }
    for at in 0..signed.body.as_slice().len() {
        let mut body = signed.body.as_slice().to_vec();
        body[at] ^= 1;
        let altered = SignedOrder { body: BoundedBytes::new(body).unwrap(), ..signed.clone() };
        assert_eq!(verify(host(), &altered), Err(RoomOrderError::Forged), "byte {at} of the body");
    }
    for at in 0..32 {
        let mut altered = signed.clone();
        altered.key.0[at] ^= 1;
        assert_eq!(verify(host(), &altered), Err(RoomOrderError::NotTheHost), "byte {at} of the key");
    }
}

#[test]
fn a_signature_of_another_domain_is_none() {
    let mut signed = sign(&order(), &device(1), &[], None).unwrap();
    signed.signature = DeviceSignature(device(1).sign(signed.body.as_slice()));
    assert_eq!(verify(host(), &signed), Err(RoomOrderError::Forged));
}

#[test]
fn what_is_signed_and_no_order_is_malformed() {
    let json = String::from_utf8(order().to_json()).unwrap();
    let beyond = json.replace(r#""number":1"#, r#""number":9007199254740992"#);
    let more = json.replace('{', r#"{"more":1,"#);
    for body in ["", "{}", &beyond, &more, &json[1..]] {
        let mut signed = sign(&order(), &device(1), &[], None).unwrap();
        signed.body = BoundedBytes::new(body.as_bytes().to_vec()).unwrap();
        signed.signature = DeviceSignature(device(1).sign(&signed_bytes(&key(1), body.as_bytes())));
        assert_eq!(verify(host(), &signed), Err(RoomOrderError::Malformed), "{body}");
    }
}

#[test]
fn a_key_of_small_order_signs_nothing_even_for_the_room_that_is_named_after_it() {
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut signed = sign(&order(), &device(1), &[], None).unwrap();
    signed.key = DevicePublicKey(identity);
    let mut signature = [0; 64];
    signature[0] = 1;
    signed.signature = DeviceSignature(signature);
    assert_eq!(verify(hash(signed.key), &signed), Err(RoomOrderError::Forged));
}
