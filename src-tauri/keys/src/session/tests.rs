use super::envelope::{ENVELOPE_OVERHEAD, MAX_ENVELOPE_LENGTH};
use super::proof::PROOF_LENGTH;
use super::*;
use crate::epoch::EpochSecret;
use crate::pair::Role;
use crate::room_key::RoomKey;
use crate::test_ends::{End, first_epoch, friends, greet, meet, strangers, transport, verify};
use crate::transcript::{DtlsFingerprint, Setup};
use conclave_protocol::ids::HostKeyHash;
use conclave_protocol::invite::InviteSecret;
use std::num::NonZeroU64;

#[test]
fn two_ends_that_saw_the_same_are_verified_and_show_the_same_emoji() {
    let (mut anne, mut bert) = friends();
    assert!(anne.session().is_verified() && bert.session().is_verified());
    assert_eq!(anne.session().safety_emoji(), bert.session().safety_emoji());
    assert_eq!(anne.session().peer_device(), Some(bert.key()));
    assert_eq!(bert.session().peer_device(), Some(anne.key()));
    assert_eq!(anne.session().features(), Features(0b11));
}

#[test]
fn another_session_of_the_same_two_shows_other_emoji() {
    let (mut anne, mut bert) = friends();
    let first = anne.session().safety_emoji();
    meet(&mut anne, &mut bert);
    assert_eq!(anne.session().safety_emoji(), None);
    verify(&mut anne, &mut bert).unwrap();
    assert_ne!(anne.session().safety_emoji(), first);
}

type Tamper = fn(&mut End);

#[test]
fn a_swapped_fingerprint_fragment_or_setup_in_either_end_s_view_fails_the_proof() {
    let tampers: [(&str, Tamper); 7] = [
        ("own fingerprint", |end| end.transport[0].fingerprint = DtlsFingerprint([99; 32])),
        ("the other's fingerprint", |end| end.transport[1].fingerprint = DtlsFingerprint([99; 32])),
        ("own fragment", |end| end.transport[0].ice_ufrag = "else".parse().unwrap()),
        ("the other's fragment", |end| end.transport[1].ice_ufrag = "else".parse().unwrap()),
        ("own setup", |end| end.transport[0].setup = Setup::Passive),
        ("the other's setup", |end| end.transport[1].setup = Setup::Passive),
        ("both exchanged", |end| end.transport.swap(0, 1)),
    ];
    for (what, tamper) in tampers {
        for role in [Role::Offerer, Role::Answerer] {
            let (mut anne, mut bert) = strangers();
            meet(&mut anne, &mut bert);
            tamper(if role == Role::Offerer { &mut anne } else { &mut bert });
            assert_eq!(verify(&mut anne, &mut bert), Err(ProofError::WrongKey), "{what} of the {role:?}");
            assert!(!anne.session().is_verified() && !bert.session().is_verified());
        }
    }
}

#[test]
fn every_altered_byte_of_a_proof_is_noticed_and_ends_the_session() {
    for at in 0..PROOF_LENGTH {
        let (mut anne, mut bert) = strangers();
        meet(&mut anne, &mut bert);
        bert.bind().unwrap();
        anne.bind().unwrap();
        let genuine = bert.prove().unwrap();
        let mut bytes = genuine.to_bytes();
        bytes[at] ^= 1;
        let Ok(altered) = Proof::parse(&bytes) else { continue };
        assert!(anne.session().verify(&altered).is_err(), "byte {at}");
        assert_eq!(anne.session().verify(&genuine), Err(ProofError::Refused));
        assert_eq!(anne.prove().err(), Some(ProofError::Refused));
        assert!(!anne.session().is_verified());
    }
}

#[test]
fn a_proof_by_another_device_is_refused() {
    let (mut anne, mut bert) = strangers();
    meet(&mut anne, &mut bert);
    bert.bind().unwrap();
    anne.bind().unwrap();
    let genuine = bert.prove().unwrap().to_bytes();
    // The right MAC with another device's signature of the right bytes.
    let mallory = DeviceIdentity::from_seed(&[66; 32]);
    let transcript = bert.session().progress.transcript().unwrap();
    let session = bert.session();
    let forged = Proof::make(&session.proof_key, &mallory, Role::Answerer, &transcript, &session.share);
    assert_eq!(forged.to_bytes()[..33], genuine[..33]);
    assert_eq!(anne.session().verify(&forged), Err(ProofError::WrongSignature));
    bert.identity = mallory;
    assert_eq!(bert.prove().err(), Some(ProofError::OtherIdentity));
}

#[test]
fn a_share_other_than_the_promised_one_is_refused() {
    let (mut anne, mut bert) = strangers();
    meet(&mut anne, &mut bert);
    bert.bind().unwrap();
    anne.bind().unwrap();
    let answer = bert.prove().unwrap();
    anne.session().verify(&answer).unwrap();
    // An offerer that looks for nicer emoji once it knows the answerer's share.
    anne.session().share = Secret::new([0x5A; 32]);
    let confirm = anne.prove().unwrap();
    assert_eq!(bert.session().verify(&confirm), Err(ProofError::WrongCommitment));
    assert!(!bert.session().is_verified());
}

#[test]
fn one_s_own_proof_is_no_proof() {
    let (mut anne, mut bert) = strangers();
    meet(&mut anne, &mut bert);
    bert.bind().unwrap();
    let own = bert.prove().unwrap();
    assert_eq!(bert.session().verify(&own), Err(ProofError::WrongRole));
}

#[test]
fn no_step_can_be_taken_before_its_time_or_twice() {
    let (mut anne, mut bert) = strangers();
    meet(&mut anne, &mut bert);
    assert_eq!((anne.prove().err(), bert.prove().err()), (Some(ProofError::TooEarly), Some(ProofError::TooEarly)));
    bert.bind().unwrap();
    let answer = bert.prove().unwrap();
    assert_eq!(bert.prove().err(), Some(ProofError::Twice));
    assert_eq!(bert.bind(), Err(ProofError::Twice));
    assert_eq!(anne.session().verify(&answer), Err(ProofError::TooEarly), "before the transport is known");
    anne.bind().unwrap();
    assert_eq!(anne.prove().err(), Some(ProofError::TooEarly), "before the answerer has proven");
    anne.session().verify(&answer).unwrap();
    assert_eq!(anne.session().verify(&answer), Err(ProofError::Twice));
    let confirm = anne.prove().unwrap();
    assert_eq!(anne.prove().err(), Some(ProofError::Twice));
    bert.session().verify(&confirm).unwrap();
    assert_eq!(bert.session().verify(&confirm), Err(ProofError::Twice));
    assert!(bert.session().is_verified(), "what comes too late changes nothing");
}

#[test]
fn a_confirmation_before_my_own_proof_is_too_early_and_changes_nothing() {
    let (mut anne, mut bert) = strangers();
    meet(&mut anne, &mut bert);
    bert.bind().unwrap();
    let transcript = bert.session().progress.transcript().unwrap();
    let identity = DeviceIdentity::from_seed(&anne.identity.seed());
    let early = Proof::make(&anne.session().proof_key, &identity, Role::Offerer, &transcript, &Secret::new([0; 32]));
    assert_eq!(bert.session().verify(&early), Err(ProofError::TooEarly));
    assert_eq!(verify_rest(&mut anne, &mut bert), Ok(()));
}

fn verify_rest(anne: &mut End, bert: &mut End) -> Result<(), ProofError> {
    anne.bind()?;
    let answer = bert.prove()?;
    anne.session().verify(&answer)?;
    let confirm = anne.prove()?;
    bert.session().verify(&confirm)
}

#[test]
fn a_restart_may_change_the_fragment_and_not_the_fingerprint() {
    let (mut anne, _) = friends();
    let mut restarted = transport(12, Setup::Active);
    restarted.ice_ufrag = "fresh".parse().unwrap();
    assert_eq!(anne.session().check_restart(&restarted), Ok(()));
    restarted.fingerprint = DtlsFingerprint([99; 32]);
    assert_eq!(anne.session().check_restart(&restarted), Err(RestartError::OtherFingerprint));
    let (mut anne, mut bert) = strangers();
    meet(&mut anne, &mut bert);
    assert_eq!(anne.session().check_restart(&restarted), Err(RestartError::TooEarly));
}

#[test]
fn an_envelope_says_what_was_sealed_and_of_which_type() {
    let (mut anne, mut bert) = friends();
    for (kind, plain) in [(EnvelopeType::Signal, &b""[..]), (EnvelopeType::Statement, b"words")] {
        let sealed = anne.seal(kind, plain);
        assert_eq!(sealed.0.len(), plain.len() + ENVELOPE_OVERHEAD);
        let opened = bert.open(&sealed);
        assert_eq!((opened.kind, opened.plain.as_slice()), (kind, plain));
    }
}

#[test]
fn every_altered_and_every_missing_byte_of_an_envelope_is_noticed() {
    let (mut anne, mut bert) = friends();
    let sealed = anne.seal(EnvelopeType::Signal, b"words");
    for at in 0..sealed.0.len() {
        for bit in [1, 0x80] {
            let mut altered = sealed.clone();
            altered.0[at] ^= bit;
            assert!(bert.session().open(&altered).is_err(), "byte {at}");
        }
        assert!(bert.session().open(&SealedBytes(sealed.0[..at].to_vec())).is_err());
    }
    assert_eq!(bert.open(&sealed).plain, b"words", "nothing of it changed the window");
}

#[test]
fn an_envelope_does_not_open_as_another_type() {
    let (mut anne, mut bert) = friends();
    let mut sealed = anne.seal(EnvelopeType::Signal, b"words");
    sealed.0[1] = EnvelopeType::Statement.number();
    assert_eq!(bert.session().open(&sealed), Err(OpenError::NotGenuine));
    sealed.0[1] = 0;
    assert_eq!(bert.session().open(&sealed), Err(OpenError::Malformed));
}

#[test]
fn an_envelope_opens_once_and_only_inside_the_window() {
    let (mut anne, mut bert) = friends();
    let sealed: Vec<_> = (0..200).map(|_| anne.seal(EnvelopeType::Signal, b"words")).collect();
    for at in [5, 3, 4, 150, 60] {
        assert!(bert.session().open(&sealed[at]).is_ok());
        assert_eq!(bert.session().open(&sealed[at]), Err(OpenError::Replayed));
    }
    assert_eq!(bert.session().open(&sealed[10]), Err(OpenError::TooOld));
}

#[test]
fn one_s_own_envelope_does_not_open() {
    let (mut anne, mut bert) = friends();
    let sealed = anne.seal(EnvelopeType::Signal, b"words");
    assert_eq!(anne.session().open(&sealed), Err(OpenError::NotGenuine));
    assert!(bert.session().open(&sealed).is_ok());
}

#[test]
fn an_envelope_of_another_pair_or_another_session_does_not_open() {
    let (mut anne, _) = friends();
    let (_, mut stranger) = {
        let (mut cleo, mut dora) = strangers();
        let _ = cleo.entropy();
        meet(&mut cleo, &mut dora);
        (cleo, dora)
    };
    let sealed = anne.seal(EnvelopeType::Signal, b"words");
    assert_eq!(stranger.session().open(&sealed), Err(OpenError::OtherKey));
}

#[test]
fn who_has_the_room_s_keys_and_both_hellos_does_not_have_the_session_s_keys() {
    let (mut anne, mut bert) = friends();
    let (own, peer) = (anne.session().own, anne.session().peer);
    let secrets = OwnSecrets { agreement: Secret::new([1; 32]), share: Secret::new([2; 32]) };
    let mut cleo = Session::new(&first_epoch(7), anne.pair, own, peer, secrets).unwrap();
    let sealed = bert.seal(EnvelopeType::EpochSecret, &[3; 32]);
    assert_eq!(cleo.open(&sealed), Err(OpenError::OtherKey));
    let forged = cleo.seal(EnvelopeType::Signal, b"words").unwrap();
    assert_eq!(bert.session().open(&forged), Err(OpenError::OtherKey));
    assert_eq!(anne.open(&sealed).plain, [3; 32]);
}

#[test]
fn ends_with_different_links_passwords_or_epochs_have_different_keys() {
    let secret = InviteSecret([7; 16]);
    let password = crate::password::Password::new("one").unwrap();
    let epoch = |secret| {
        let room = RoomKey::new(&InviteSecret([7; 16]), HostKeyHash([3; 16]), None).unwrap();
        room.later_epoch(NonZeroU64::new(1).unwrap(), &EpochSecret::from_bytes([secret; 32]))
    };
    let with_password = RoomKey::new(&secret, HostKeyHash([3; 16]), Some(&password)).unwrap().first_epoch();
    for (anne_s, bert_s) in [(first_epoch(7), with_password), (epoch(1), epoch(2))] {
        let (mut anne, mut bert) = (End::new(Role::Offerer, anne_s), End::new(Role::Answerer, bert_s));
        // The Hellos open: they depend on the link only.
        let device_proof = greet(&mut anne, &mut bert);
        assert_eq!(bert.sessions.open(&device_proof), Err(OpenError::OtherKey));
        assert_eq!(bert.sessions.device(), None);
    }
}

#[test]
fn what_is_too_long_is_neither_sealed_nor_opened() {
    let (mut anne, mut bert) = friends();
    let longest = vec![7; MAX_ENVELOPE_LENGTH];
    let sealed = anne.seal(EnvelopeType::Signal, &longest);
    assert_eq!(bert.open(&sealed).plain, longest);
    assert_eq!(anne.session().seal(EnvelopeType::Signal, &vec![7; MAX_ENVELOPE_LENGTH + 1]), Err(SealError::TooLong));
    let longer = SealedBytes([&sealed.0[..], &[0]].concat());
    assert_eq!(bert.session().open(&longer), Err(OpenError::Malformed));
}

#[test]
fn an_epoch_s_secret_is_only_for_the_verified() {
    let (mut anne, mut bert) = strangers();
    meet(&mut anne, &mut bert);
    assert_eq!(anne.session().seal(EnvelopeType::EpochSecret, &[1; 32]), Err(SealError::NotVerified));
    bert.bind().unwrap();
    anne.bind().unwrap();
    let answer = bert.prove().unwrap();
    anne.session().verify(&answer).unwrap();
    let sealed = anne.seal(EnvelopeType::EpochSecret, &[1; 32]);
    assert_eq!(bert.session().open(&sealed), Err(OpenError::NotVerified));
    let confirm = anne.prove().unwrap();
    bert.session().verify(&confirm).unwrap();
    assert_eq!(bert.open(&sealed).plain, [1; 32], "it can come again once it is its time");
}

#[test]
fn a_session_does_not_show_its_secrets() {
    let (anne, _) = friends();
    let shown = format!("{:?}", anne.sessions);
    assert!(!shown.contains("ufrag") && !shown.contains("191"), "{shown}");
}
