//! Nobody is told or believed anything before it has shown that it has the device of its Hello.

use super::*;
use crate::hello::HelloPart;
use crate::identity::{DeviceIdentity, SIGNATURE_LENGTH};
use crate::session::device;
use crate::test_ends::{End, greet, meet, strangers, verify};

/// The answer to Anne's Hello as somebody changes it who has the link and is not bound by this program.
fn changed_answer(anne: &mut End, bert: &mut End, change: impl FnOnce(&Hello, &mut Hello)) -> SealedBytes {
    let offer = anne.start();
    let sealed = bert.answer(&offer);
    let offer = Hello::open(&anne.keys, bert.pair, &offer).unwrap();
    let mut answer = Hello::open(&anne.keys, anne.pair, &sealed).unwrap();
    change(&offer, &mut answer);
    answer.seal(&anne.keys, [8; 12])
}

fn sign_with(identity: &DeviceIdentity, bytes: &[u8], answer: &mut Hello) {
    let HelloPart::Answerer { signature, .. } = &mut answer.part else { panic!("no answer") };
    *signature = identity.sign(bytes);
}

type Change = fn(&Hello, &mut Hello);

#[test]
fn an_answer_that_its_device_did_not_sign_makes_no_session() {
    let changes: [(&str, Change); 7] = [
        ("another's key", |_, answer| answer.device_key = DeviceIdentity::from_seed(&[66; 32]).public_key()),
        ("another's signature", |offer, answer| {
            let signed = device::signed_by_answerer(offer, answer);
            sign_with(&DeviceIdentity::from_seed(&[66; 32]), &signed, answer);
        }),
        ("the offerer's words", |offer, answer| {
            let signed = device::signed_by_offerer(offer, answer);
            sign_with(&DeviceIdentity::from_seed(&[2; 32]), &signed, answer);
        }),
        ("another handshake's", |offer, answer| {
            let signed = device::signed_by_answerer(&Hello { nonce: [9; 32], ..*offer }, answer);
            sign_with(&DeviceIdentity::from_seed(&[2; 32]), &signed, answer);
        }),
        ("another nonce", |_, answer| answer.nonce[0] ^= 1),
        ("another agreement key", |_, answer| answer.agreement_key[0] ^= 1),
        ("other features", |_, answer| answer.features.0 ^= 1),
    ];
    for (what, change) in changes {
        let (mut anne, mut bert) = strangers();
        let changed = changed_answer(&mut anne, &mut bert, change);
        assert_eq!(anne.hear(&changed), Err(HelloError::WrongSignature), "{what}");
        assert_eq!(anne.sessions.device(), None);
        assert_eq!(anne.sessions.seal(EnvelopeType::Signal, b""), Err(SealError::NoSession));
    }
}

#[test]
fn the_genuine_answer_is_still_taken_after_a_forged_one() {
    let (mut anne, mut bert) = strangers();
    let hello = anne.start();
    let genuine = bert.answer(&hello);
    let mut answer = Hello::open(&anne.keys, anne.pair, &genuine).unwrap();
    answer.nonce[0] ^= 1;
    assert_eq!(anne.hear(&answer.seal(&anne.keys, [8; 12])), Err(HelloError::WrongSignature));
    let device_proof = anne.hear_answer(&genuine);
    assert_eq!(anne.sessions.device(), Some(bert.key()));
    assert!(bert.sessions.open(&device_proof).is_ok());
}

#[test]
fn an_answer_without_a_signature_or_an_offer_with_one_is_malformed() {
    let (mut anne, mut bert) = strangers();
    let sealed = anne.start();
    let offer = Hello::open(&anne.keys, bert.pair, &sealed).unwrap();
    let answer = Hello::open(&anne.keys, anne.pair, &bert.answer(&sealed)).unwrap();
    assert_eq!(Hello::parse(&answer.unsigned_bytes()), Err(HelloError::Malformed));
    let mut signed_offer = offer.to_bytes();
    signed_offer.truncate(signed_offer.len() - 4);
    signed_offer.extend_from_slice(&64_u32.to_be_bytes());
    signed_offer.extend_from_slice(&[1; SIGNATURE_LENGTH]);
    assert_eq!(Hello::parse(&signed_offer), Err(HelloError::Malformed));
}

#[test]
fn the_offerer_s_first_envelope_proves_its_device_and_begins_the_session() {
    let (mut anne, mut bert) = strangers();
    let device_proof = greet(&mut anne, &mut bert);
    assert_eq!((anne.sessions.device(), bert.sessions.device()), (Some(bert.key()), None));
    assert_eq!(bert.sessions.claimed_device(), Some(anne.key()));
    assert_eq!(device_proof.0[1..10], [7, 0, 0, 0, 0, 0, 0, 0, 0]);
    let opened = bert.open(&device_proof);
    assert_eq!((opened.kind, opened.under), (EnvelopeType::Device, OpenedUnder::NewlyCurrent));
    assert_eq!(bert.sessions.device(), Some(anne.key()));
    assert!(!bert.session().is_verified(), "where the link leads is another proof");
}

#[test]
fn nothing_is_opened_before_the_device_is_proven_and_everything_after() {
    let kinds = [
        EnvelopeType::Signal,
        EnvelopeType::Answer,
        EnvelopeType::Confirm,
        EnvelopeType::Statement,
        EnvelopeType::Refusal,
    ];
    for kind in kinds {
        let (mut anne, mut bert) = strangers();
        let device_proof = greet(&mut anne, &mut bert);
        let early = anne.seal(kind, b"early");
        assert_eq!(bert.sessions.open(&early), Err(OpenError::DeviceNotProven), "{kind:?}");
        assert_eq!((bert.sessions.device(), bert.sessions.current().is_none()), (None, true));
        bert.open(&device_proof);
        assert_eq!(bert.open(&early).plain, b"early", "it can come again once it is its time");
    }
}

#[test]
fn nothing_is_sealed_for_one_that_has_not_proven_its_device() {
    let (mut anne, mut bert) = strangers();
    greet(&mut anne, &mut bert);
    let Pending::Ready { session, .. } = &mut bert.sessions.pending else { panic!("no session is coming up") };
    assert_eq!(session.seal(EnvelopeType::Statement, b""), Err(SealError::DeviceNotProven));
    assert_eq!(session.peer_device(), None);
    assert_eq!(bert.sessions.seal(EnvelopeType::Statement, b""), Err(SealError::NoSession));
}

/// Seals a signature in place of Anne's proof, in the session that she has begun.
fn forged(anne: &mut End, bert: &mut End, signature: impl FnOnce(&Hello, &Hello) -> Vec<u8>) -> SealedBytes {
    let hello = anne.start();
    let sealed_answer = bert.answer(&hello);
    let offer = Hello::open(&anne.keys, bert.pair, &hello).unwrap();
    let answer = Hello::open(&anne.keys, anne.pair, &sealed_answer).unwrap();
    anne.hear_answer(&sealed_answer);
    anne.seal(EnvelopeType::Device, &signature(&offer, &answer))
}

type Signature = fn(&Hello, &Hello) -> Vec<u8>;

#[test]
fn a_proof_of_another_device_role_or_session_is_refused() {
    let signatures: [(&str, Signature); 6] = [
        ("another device", |offer, answer| {
            DeviceIdentity::from_seed(&[66; 32]).sign(&device::signed_by_offerer(offer, answer)).to_vec()
        }),
        ("the answerer's", |_, answer| match answer.part {
            HelloPart::Answerer { signature, .. } => signature.to_vec(),
            HelloPart::Offerer { .. } => Vec::new(),
        }),
        ("the answerer's words", |offer, answer| {
            DeviceIdentity::from_seed(&[1; 32]).sign(&device::signed_by_answerer(offer, answer)).to_vec()
        }),
        ("another session", |offer, answer| {
            let earlier = Hello { nonce: [9; 32], ..*answer };
            DeviceIdentity::from_seed(&[1; 32]).sign(&device::signed_by_offerer(offer, &earlier)).to_vec()
        }),
        ("none", |_, _| Vec::new()),
        ("something behind", |offer, answer| {
            let signed = device::signed_by_offerer(offer, answer);
            [&DeviceIdentity::from_seed(&[1; 32]).sign(&signed)[..], &[0]].concat()
        }),
    ];
    for (what, signature) in signatures {
        let (mut anne, mut bert) = strangers();
        let forged = forged(&mut anne, &mut bert, signature);
        assert_eq!(bert.sessions.open(&forged), Err(OpenError::WrongDevice), "{what}");
        assert_eq!((bert.sessions.device(), bert.sessions.current().is_none()), (None, true));
    }
}

#[test]
fn a_proof_counts_once_and_in_its_session() {
    let (mut anne, mut bert) = strangers();
    let first = greet(&mut anne, &mut bert);
    let signature = bert.open(&first).plain;
    assert_eq!(bert.sessions.open(&first), Err(OpenError::Replayed));
    let again = anne.seal(EnvelopeType::Device, &signature);
    assert_eq!(bert.sessions.open(&again), Err(OpenError::DeviceProvenBefore));
    // The envelope, and what was in it, in the next session.
    greet(&mut anne, &mut bert);
    assert_eq!(bert.sessions.open(&first), Err(OpenError::Replayed));
    let repeated = anne.seal(EnvelopeType::Device, &signature);
    assert_eq!(bert.sessions.open(&repeated), Err(OpenError::WrongDevice));
}

#[test]
fn an_answerer_proves_its_device_in_its_hello_only() {
    let (mut anne, mut bert) = strangers();
    meet(&mut anne, &mut bert);
    let proof = bert.seal(EnvelopeType::Device, &[1; SIGNATURE_LENGTH]);
    assert_eq!(anne.sessions.open(&proof), Err(OpenError::DeviceProvenBefore));
}

#[test]
fn who_only_claims_the_proven_device_displaces_nothing() {
    let (mut anne, mut bert) = strangers();
    meet(&mut anne, &mut bert);
    verify(&mut anne, &mut bert).unwrap();
    let forged = forged(&mut anne, &mut bert, |_, _| vec![0; SIGNATURE_LENGTH]);
    assert_eq!(bert.sessions.open(&forged), Err(OpenError::WrongDevice));
    assert!(bert.session().is_verified());
    assert_eq!(bert.sessions.device(), Some(anne.key()));
}

#[test]
fn an_answer_is_only_taken_with_the_device_that_said_hello() {
    let (mut anne, mut bert) = strangers();
    let answer = bert.answer(&anne.start());
    anne.identity = DeviceIdentity::from_seed(&[66; 32]);
    assert_eq!(anne.hear(&answer), Err(HelloError::NotMyHello));
}
