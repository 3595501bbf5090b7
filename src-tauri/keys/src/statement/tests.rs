use super::admission::{AdmissionCheck, AdmissionError, AdmittedRole, check};
use super::authority::HostAuthority;
use super::policy::{Access, Lock, PasswordRule};
use super::removal::{MAX_REMOVED_DEVICES, RemovalEffect, RemovalError, RemovedDevices};
use super::*;
use crate::epoch::{Epoch, EpochSecretHash};
use conclave_protocol::ids::RoomId;

pub(super) const ROOM: RoomId = RoomId([3; 16]);
const NOW_MS: u64 = 1_800_000_000_000;

pub(super) fn device(seed: u8) -> DeviceIdentity {
    DeviceIdentity::from_seed(&[seed; 32])
}

pub(super) fn key(seed: u8) -> DeviceKey {
    device(seed).public_key()
}

pub(super) fn policy(revision: u64, co_hosts: &[u8]) -> Policy {
    Policy {
        room: ROOM,
        epoch: Epoch(2),
        revision,
        access: Access::Lobby,
        password: PasswordRule::None,
        lock: Lock::Unlocked,
        co_hosts: co_hosts.iter().map(|seed| key(*seed)).collect(),
    }
}

fn admission() -> Admission {
    Admission {
        room: ROOM,
        epoch: Epoch(2),
        device_key: key(9),
        role: AdmittedRole::Participant,
        expires_at_ms: NOW_MS + 1,
    }
}

fn removal() -> Removal {
    Removal { room: ROOM, epoch: Epoch(3), device_key: key(9), secret_hash: EpochSecretHash([5; 32]) }
}

fn authority() -> HostAuthority {
    let mut authority = HostAuthority::new(ROOM, device(1).key_hash());
    authority.accept_policy(&Signed::sign(policy(1, &[2, 3]), &device(1)).unwrap(), Epoch(2), &[key(1)]).unwrap();
    authority
}

fn admitted(admission: Admission, signer: u8, present: &[DeviceKey]) -> Result<(), AdmissionError> {
    let bytes = Signed::sign(admission, &device(signer)).unwrap().to_bytes();
    let now = AdmissionCheck { now_ms: NOW_MS, epoch: Epoch(2), device_key: key(9), present };
    check(&bytes, &authority(), now).map(|_| ())
}

#[test]
fn a_statement_reads_back_with_its_signer() {
    let signed = Signed::sign(policy(1, &[2]), &device(1)).unwrap();
    let read = Signed::<Policy>::parse(&signed.to_bytes()).unwrap();
    assert_eq!((&read, read.signer()), (&signed, key(1)));
    assert_eq!(AnyStatement::parse(&signed.to_bytes()), Ok(AnyStatement::Policy(signed)));
}

#[test]
fn every_altered_and_every_missing_byte_of_a_statement_is_noticed() {
    let bytes = Signed::sign(admission(), &device(1)).unwrap().to_bytes();
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        assert!(AnyStatement::parse(&altered).is_err(), "byte {at}");
        assert!(AnyStatement::parse(&bytes[..at]).is_err());
    }
}

#[test]
fn one_kind_s_signature_is_not_another_s() {
    let mut bytes = Signed::sign(removal(), &device(1)).unwrap().to_bytes();
    bytes[0] = Admission::KIND;
    assert_eq!(AnyStatement::parse(&bytes), Err(StatementError::Forged));
}

#[test]
fn a_signer_that_is_exchanged_for_another_is_a_forgery() {
    let mut bytes = Signed::sign(admission(), &device(4)).unwrap().to_bytes();
    bytes[1..33].copy_from_slice(key(1).as_bytes());
    assert_eq!(AnyStatement::parse(&bytes), Err(StatementError::Forged));
}

#[test]
fn signed_words_that_say_more_or_less_than_they_should_are_malformed() {
    let sign = |json: &str| {
        let signature = device(1).sign(&signed_bytes::<Removal>(&key(1), json.as_bytes()));
        [&[Removal::KIND], key(1).as_bytes().as_slice(), &signature, json.as_bytes()].concat()
    };
    let whole = serde_json::to_string(&removal()).unwrap();
    assert!(AnyStatement::parse(&sign(&whole)).is_ok());
    let open = whole.strip_suffix('}').unwrap();
    for json in [
        format!("{open},\"more\":1}}"),
        format!("{open},\"epoch\":4}}"),
        whole.replace("\"epoch\":3", "\"epoch\":9007199254740992"),
        whole.replace("\"epoch\":3", "\"epoch\":-3"),
        format!("{whole} x"),
        "{}".to_owned(),
    ] {
        assert_eq!(AnyStatement::parse(&sign(&json)), Err(StatementError::Malformed), "{json}");
    }
}

#[test]
fn too_many_co_hosts_and_too_high_numbers_are_not_signed() {
    let signed = |policy| Signed::sign(policy, &device(1)).map(|_| ());
    assert_eq!(signed(policy(1, &[2; 10])), Ok(()));
    assert_eq!(signed(policy(1, &[2; 11])), Err(StatementError::Unsayable));
    assert_eq!(signed(policy(1 << 53, &[])), Err(StatementError::Unsayable));
}

#[test]
fn the_host_s_admission_lets_its_device_in() {
    assert_eq!(admitted(admission(), 1, &[]), Ok(()));
}

#[test]
fn an_admission_that_does_not_fit_lets_nobody_in() {
    let cases = [
        (Admission { room: RoomId([4; 16]), ..admission() }, AdmissionError::OtherRoom),
        (Admission { epoch: Epoch(1), ..admission() }, AdmissionError::OtherEpoch),
        (Admission { epoch: Epoch(3), ..admission() }, AdmissionError::OtherEpoch),
        (Admission { device_key: key(8), ..admission() }, AdmissionError::OtherDevice),
        (Admission { expires_at_ms: NOW_MS, ..admission() }, AdmissionError::Expired),
    ];
    for (admission, error) in cases {
        assert_eq!(admitted(admission, 1, &[]), Err(error));
    }
    assert_eq!(admitted(admission(), 9, &[]), Err(AdmissionError::NotHost), "by oneself");
}

#[test]
fn a_forged_admission_lets_nobody_in() {
    let mut bytes = Signed::sign(admission(), &device(1)).unwrap().to_bytes();
    bytes[40] ^= 1;
    let now = AdmissionCheck { now_ms: NOW_MS, epoch: Epoch(2), device_key: key(9), present: &[] };
    assert_eq!(check(&bytes, &authority(), now), Err(AdmissionError::Forged));
    assert_eq!(check(&[], &authority(), now), Err(AdmissionError::Malformed));
}

#[test]
fn an_acting_host_admits_participants_while_the_host_is_gone() {
    assert_eq!(admitted(admission(), 2, &[key(2), key(3)]), Ok(()));
    assert_eq!(admitted(admission(), 3, &[key(2), key(3)]), Err(AdmissionError::NotHost), "the second co-host");
    assert_eq!(admitted(admission(), 3, &[key(3)]), Ok(()));
    assert_eq!(admitted(admission(), 2, &[key(1), key(2)]), Err(AdmissionError::NotHost), "the host is back");
    for role in [AdmittedRole::CoHost, AdmittedRole::Host] {
        assert_eq!(admitted(Admission { role, ..admission() }, 2, &[key(2)]), Err(AdmissionError::NotHost));
    }
}

fn remove(removed: &mut RemovedDevices, removal: Removal, signer: u8) -> Result<RemovalEffect, RemovalError> {
    removed.accept(&Signed::sign(removal, &device(signer)).unwrap(), &authority(), Epoch(2), &[key(1)])
}

#[test]
fn a_removal_by_the_host_removes() {
    let mut removed = RemovedDevices::default();
    let removal = removal();
    assert_eq!(remove(&mut removed, removal.clone(), 9), Err(RemovalError::NotHost));
    assert_eq!(remove(&mut removed, removal.clone(), 2), Err(RemovalError::NotHost), "a co-host beside the host");
    let other_room = Removal { room: RoomId([4; 16]), ..removal.clone() };
    assert_eq!(remove(&mut removed, other_room, 1), Err(RemovalError::OtherRoom));
    let host = Removal { device_key: key(1), ..removal.clone() };
    assert_eq!(remove(&mut removed, host, 1), Err(RemovalError::HostItself));
    assert!(!removed.contains(&key(9)));
    assert_eq!(remove(&mut removed, removal, 1), Ok(RemovalEffect::BeginsEpoch(Epoch(3))));
    assert!(removed.contains(&key(9)));
}

#[test]
fn a_newcomer_learns_of_those_who_were_removed_before() {
    let mut removed = RemovedDevices::default();
    let past = Removal { epoch: Epoch(2), ..removal() };
    assert_eq!(remove(&mut removed, past.clone(), 1), Ok(RemovalEffect::Past));
    assert_eq!(remove(&mut removed, past, 1), Ok(RemovalEffect::Past), "again");
    assert!(removed.contains(&key(9)));
}

#[test]
fn removed_devices_are_bounded() {
    let mut removed = RemovedDevices::default();
    for seed in 0..MAX_REMOVED_DEVICES as u8 {
        let removal = Removal { device_key: key(100 + seed), ..removal() };
        assert!(remove(&mut removed, removal, 1).is_ok());
    }
    assert_eq!(remove(&mut removed, removal(), 1), Err(RemovalError::TooMany));
}
