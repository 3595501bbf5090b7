use super::*;
use crate::canonical::Canonical;
use crate::epoch::{Epoch, EpochSecret};
use crate::hello::{Features, HelloPart};
use crate::identity::DeviceIdentity;
use crate::room_key::RoomKey;
use crate::test_ends::{ANNE, BERT, End, first_epoch, friends, greet, meet, strangers, verify};
use conclave_protocol::ids::{HostKeyHash, ParticipantId, RoomId};
use conclave_protocol::invite::InviteSecret;
use std::num::NonZeroU64;

/// Anne's Hello as somebody writes it who has the link and is not bound by this program.
fn hello_of_anne(anne: &mut End) -> Hello {
    let sealed = anne.start();
    let reader = Pair { me: BERT, peer: ANNE, role: Role::Answerer };
    Hello::open(&anne.keys, reader, &sealed).unwrap()
}

#[test]
fn a_hello_opens_for_whom_it_is_and_only_in_the_name_of_whom_it_is_from() {
    let (mut anne, mut bert) = strangers();
    let hello = anne.start();
    let cleo = ParticipantId([0xC3; 16]);
    for (me, peer) in [(cleo, ANNE), (BERT, cleo), (ANNE, BERT)] {
        let mut other = PairSessions::new(Pair { me, peer, role: Role::Answerer });
        let refused = other.receive_hello(&bert.keys, bert.own(), &bert.removed, &hello);
        assert_eq!(refused, Err(HelloError::NotGenuine));
    }
    assert!(bert.hear(&hello).is_ok());
}

#[test]
fn every_altered_and_every_missing_byte_of_a_hello_is_noticed() {
    let (mut anne, mut bert) = strangers();
    let hello = anne.start();
    for at in 0..hello.0.len() {
        let mut altered = hello.clone();
        altered.0[at] ^= 1;
        assert!(bert.hear(&altered).is_err(), "byte {at}");
        assert!(bert.hear(&SealedBytes(hello.0[..at].to_vec())).is_err());
        assert!(!bert.sessions.has_pending());
    }
}

#[test]
fn a_hello_with_another_link_does_not_open() {
    let (mut anne, _) = strangers();
    let mut bert = End::new(Role::Answerer, first_epoch(8));
    assert_eq!(bert.hear(&anne.start()), Err(HelloError::NotGenuine));
}

type Tamper = fn(&mut Hello);

#[test]
fn each_fault_of_a_hello_has_its_error() {
    let tampers: [(Tamper, HelloError); 6] = [
        (|hello| hello.room = RoomId([9; 16]), HelloError::OtherRoom),
        (|hello| hello.epoch = Epoch(1), HelloError::NewerEpoch(Epoch(1))),
        (|hello| hello.part = HelloPart::Answerer { answers: [0; 32], signature: [0; 64] }, HelloError::WrongRole),
        (|hello| hello.device_key = DeviceIdentity::from_seed(&[2; 32]).public_key(), HelloError::Reflected),
        (|hello| hello.agreement_key = [0; 32], HelloError::WeakAgreementKey),
        (|hello| hello.agreement_key = std::array::from_fn(|i| u8::from(i == 0)), HelloError::WeakAgreementKey),
    ];
    for (tamper, error) in tampers {
        let (mut anne, mut bert) = strangers();
        let mut hello = hello_of_anne(&mut anne);
        tamper(&mut hello);
        assert_eq!(bert.hear(&hello.seal(&anne.keys, [9; 12])), Err(error));
        assert!(!bert.sessions.has_pending());
    }
}

#[test]
fn who_was_left_behind_is_told_which_way_round() {
    let room = RoomKey::new(&InviteSecret([7; 16]), HostKeyHash([3; 16]), None).unwrap();
    let later = room.later_epoch(NonZeroU64::MIN, &EpochSecret::from_bytes([1; 32]));
    let (mut anne, mut bert) = strangers();
    bert.keys = later.clone();
    assert_eq!(bert.hear(&anne.start()), Err(HelloError::OlderEpoch(Epoch(0))));
    let (mut anne, mut bert) = strangers();
    anne.keys = later;
    assert_eq!(bert.hear(&anne.start()), Err(HelloError::NewerEpoch(Epoch(1))));
}

#[test]
fn a_hello_inside_that_names_others_than_outside_is_refused() {
    let (mut anne, mut bert) = strangers();
    let genuine = hello_of_anne(&mut anne);
    let cleo = ParticipantId([0xC3; 16]);
    for (from, to) in [(cleo, BERT), (ANNE, cleo)] {
        let inner = Hello { from, to, ..genuine };
        // Sealed for Bert in Anne's name, as only a program of one's own does.
        let sealed = crate::hello::seal_as(&inner, &anne.keys, (ANNE, BERT));
        assert_eq!(bert.hear(&sealed), Err(HelloError::OtherParticipant));
    }
}

#[test]
fn a_newer_version_is_told_from_noise() {
    let newer = Canonical::new("conclave hello").number(2).bytes(b"whatever it holds").finish();
    assert_eq!(Hello::parse(&newer), Err(HelloError::UnknownVersion(2)));
    let none = Canonical::new("conclave hello").number(1 << 20).finish();
    assert_eq!(Hello::parse(&none), Err(HelloError::Malformed));
}

#[test]
fn a_hello_is_read_strictly() {
    let (mut anne, _) = strangers();
    let hello = hello_of_anne(&mut anne);
    let bytes = hello.to_bytes();
    assert_eq!(Hello::parse(&bytes), Ok(hello));
    assert_eq!(Hello::parse(&[&bytes[..], &[0]].concat()), Err(HelloError::Malformed));
    assert_eq!(Hello::parse(&[&bytes[..], &[0; 4]].concat()), Err(HelloError::Malformed));
    for length in 0..bytes.len() {
        assert_eq!(Hello::parse(&bytes[..length]), Err(HelloError::Malformed));
    }
}

#[test]
fn an_answer_to_another_hello_or_to_none_is_refused() {
    let (mut anne, mut bert) = strangers();
    let first_answer = bert.answer(&anne.start());
    let second = anne.start();
    assert_eq!(anne.hear(&first_answer), Err(HelloError::NotMyHello));
    let second_answer = bert.answer(&second);
    anne.hear_answer(&second_answer);
    assert_eq!(anne.hear(&second_answer), Err(HelloError::NotMyHello), "it was answered");
}

#[test]
fn one_s_own_hello_comes_back_as_nobody_s() {
    let (mut anne, mut bert) = strangers();
    let sealed = anne.start();
    assert_eq!(anne.hear(&sealed), Err(HelloError::NotGenuine));
    // Turned round by somebody who has the link: her device, nonce or agreement key in an answer.
    let hello = Hello::open(&anne.keys, bert.pair, &sealed).unwrap();
    let sealed_answer = bert.answer(&sealed);
    let answer = Hello::open(&anne.keys, anne.pair, &sealed_answer).unwrap();
    for reflected in [
        Hello { device_key: hello.device_key, ..answer },
        Hello { nonce: hello.nonce, ..answer },
        Hello { agreement_key: hello.agreement_key, ..answer },
    ] {
        assert_eq!(anne.hear(&reflected.seal(&anne.keys, [8; 12])), Err(HelloError::Reflected));
    }
    anne.hear_answer(&sealed_answer);
}

#[test]
fn who_answers_cannot_start_and_who_offers_takes_no_offer() {
    let (mut anne, mut bert) = strangers();
    let entropy = bert.entropy();
    let own = OwnDevice { identity: &bert.identity, features: Features(0) };
    assert_eq!(bert.sessions.start_with(&bert.keys, own, entropy), Err(HelloError::WrongRole));
    let offer = Hello { from: BERT, to: ANNE, device_key: bert.key(), ..hello_of_anne(&mut anne) };
    assert_eq!(anne.hear(&offer.seal(&bert.keys, [8; 12])), Err(HelloError::WrongRole));
}

#[test]
fn nothing_is_sealed_or_opened_before_there_is_a_session() {
    let (mut anne, mut bert) = strangers();
    assert_eq!(anne.sessions.seal(EnvelopeType::Signal, b""), Err(SealError::NoSession));
    let hello = anne.start();
    assert_eq!(anne.sessions.seal(EnvelopeType::Signal, b""), Err(SealError::NoSession));
    bert.answer(&hello);
    assert_eq!(bert.sessions.seal(EnvelopeType::Signal, b""), Err(SealError::NoSession), "Anne is not there yet");
    assert_eq!(anne.sessions.open(&SealedBytes(vec![2; 64])), Err(OpenError::NoSession));
}

#[test]
fn a_hello_alone_displaces_nothing() {
    let (mut anne, mut bert) = friends();
    for _ in 0..3 {
        bert.answer(&anne.start());
        assert!(bert.session().is_verified());
        let still = bert.seal(EnvelopeType::Signal, b"still here");
        assert_eq!(anne.open(&still).under, OpenedUnder::Current);
    }
}

#[test]
fn the_first_envelope_of_a_new_session_replaces_the_old_one_which_is_gone() {
    let (mut anne, mut bert) = friends();
    let old = [anne.seal(EnvelopeType::Signal, b"old"), anne.seal(EnvelopeType::Signal, b"older")];
    let first = greet(&mut anne, &mut bert);
    assert_eq!(bert.open(&old[0]).under, OpenedUnder::Current);
    assert_eq!(bert.open(&first).under, OpenedUnder::NewlyCurrent);
    assert_eq!(bert.sessions.open(&old[1]), Err(OpenError::OtherKey));
    assert_eq!(bert.sessions.open(&first), Err(OpenError::Replayed));
    assert!(!bert.session().is_verified() && !bert.sessions.has_pending());
    let answer = bert.seal(EnvelopeType::Signal, b"answer");
    assert_eq!(anne.open(&answer).under, OpenedUnder::NewlyCurrent);
    assert_eq!(verify(&mut anne, &mut bert), Ok(()));
}

#[test]
fn a_hello_that_comes_twice_gets_one_answer() {
    let (mut anne, mut bert) = strangers();
    let hello = anne.start();
    let (first, second) = (bert.answer(&hello), bert.answer(&hello));
    assert_eq!(first, second);
    let device_proof = anne.hear_answer(&second);
    bert.open(&device_proof);
    assert_eq!(bert.hear(&hello), Err(HelloError::Repeated), "its session is in use");
}

#[test]
fn an_old_hello_that_is_replayed_leads_nowhere() {
    let (mut anne, mut bert) = strangers();
    let old = anne.start();
    bert.answer(&old);
    meet(&mut anne, &mut bert);
    verify(&mut anne, &mut bert).unwrap();
    let answer = bert.answer(&old);
    assert_eq!(anne.hear(&answer), Err(HelloError::NotMyHello));
    let words = anne.seal(EnvelopeType::Signal, b"words");
    assert_eq!(bert.open(&words).under, OpenedUnder::Current);
}

#[test]
fn a_removed_device_gets_no_handshake() {
    let (mut anne, mut bert) = strangers();
    let hello = anne.start();
    bert.removed = crate::statement::removal::RemovedDevices::of(&[anne.key()]);
    assert_eq!(bert.hear(&hello), Err(HelloError::Removed));
    let (mut anne, mut bert) = strangers();
    let answer = bert.answer(&anne.start());
    anne.removed = crate::statement::removal::RemovedDevices::of(&[bert.key()]);
    assert_eq!(anne.hear(&answer), Err(HelloError::Removed));
}

#[test]
fn a_proven_device_is_not_replaced_by_another_even_in_two_steps() {
    let (mut anne, mut bert) = friends();
    let device = anne.identity.public_key();
    anne.identity = DeviceIdentity::from_seed(&[66; 32]);
    assert_eq!(bert.hear(&anne.start()), Err(HelloError::OtherDevice));
    // First in the proven device's name, which nobody can verify, then in one's own.
    anne.identity = DeviceIdentity::from_seed(&[1; 32]);
    meet(&mut anne, &mut bert);
    assert!(!bert.session().is_verified());
    anne.identity = DeviceIdentity::from_seed(&[66; 32]);
    assert_eq!(bert.hear(&anne.start()), Err(HelloError::OtherDevice));
    assert_eq!(bert.sessions.proven_device(), Some(device));
}

#[test]
fn an_unknown_feature_does_no_harm() {
    let (mut anne, mut bert) = strangers();
    let mut hello = hello_of_anne(&mut anne);
    hello.features = Features(u32::MAX);
    assert!(bert.hear(&hello.seal(&anne.keys, [9; 12])).is_ok());
}
