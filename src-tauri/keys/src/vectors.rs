//! The published test vectors, `tests/vectors/keys.json`: computed here from fixed inputs and compared with the file.
//! `CONCLAVE_WRITE_VECTORS=1 cargo test -p conclave-keys vectors` writes it anew. What is random elsewhere is fixed here.

use std::num::NonZeroU64;
use std::path::PathBuf;

use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{HostKeyHash, ParticipantId, RoomId};
use conclave_protocol::invite::InviteSecret;
use serde_json::{Value, json};

use crate::epoch::{Epoch, EpochSecret, EpochSecretHash};
use crate::handshake::{Entropy, Offering, OwnDevice, answer, open_offer};
use crate::hello::{Features, Hello, HelloPart};
use crate::identity::{DeviceIdentity, DeviceKey};
use crate::pair::{Pair, Role};
use crate::password::Password;
use crate::room_key::{EpochKey, RoomKey, password_salt};
use crate::safety::emoji::EMOJI;
use crate::safety::room_code::RoomCode;
use crate::secret::Secret;
use crate::session::Session;
use crate::session::channel::Delivery;
use crate::session::device;
use crate::session::envelope::EnvelopeType;
use crate::session::keys::{SessionKeys, agree, agreement_key, commitment, hello_hash};
use crate::statement::admission::{Admission, AdmittedRole};
use crate::statement::handover::Handover;
use crate::statement::policy::{Access, Lock, PasswordRule, Policy};
use crate::statement::removal::Removal;
use crate::statement::{Signed, Statement};
use crate::transcript::{DtlsFingerprint, Setup, TransportParameters};

/// Some bytes that are easy to tell apart: they count up from `start`.
fn counting<const N: usize>(start: u8) -> [u8; N] {
    std::array::from_fn(|i| start.wrapping_add(i as u8))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const EPOCH: u64 = 5;
const SECRET: fn() -> InviteSecret = || InviteSecret(counting(0));
const NEXT_SECRET: fn() -> EpochSecret = || EpochSecret::from_bytes(counting(0x61));
const HOST: HostKeyHash = HostKeyHash([0x33; 16]);
const OFFERER: ParticipantId = ParticipantId([0xA1; 16]);
const ANSWERER: ParticipantId = ParticipantId([0xB2; 16]);
/// As typed: with a composed letter that NFKC leaves, and one that it takes apart.
const PASSWORD: &str = "caf\u{e9} e\u{301} \u{fb01}ne";

/// One end's fixed inputs.
struct Side {
    role: Role,
    identity: DeviceIdentity,
    features: Features,
    transport: TransportParameters,
    start: u8,
}

impl Side {
    fn offerer() -> Self {
        Self::new(Role::Offerer, 0x10, Features(0b101), "oFfR", Setup::ActPass)
    }

    fn answerer() -> Self {
        Self::new(Role::Answerer, 0x80, Features(0b110), "aNsWeR+/9", Setup::Active)
    }

    fn new(role: Role, start: u8, features: Features, ufrag: &str, setup: Setup) -> Self {
        let fingerprint = DtlsFingerprint(counting(start + 8));
        let transport = TransportParameters { fingerprint, ice_ufrag: ufrag.parse().unwrap(), setup };
        Self { role, identity: DeviceIdentity::from_seed(&counting(start)), features, transport, start }
    }

    fn own(&self) -> OwnDevice<'_> {
        OwnDevice { identity: &self.identity, features: self.features }
    }

    fn pair(&self) -> Pair {
        let (me, peer) = if self.role == Role::Offerer { (OFFERER, ANSWERER) } else { (ANSWERER, OFFERER) };
        Pair { me, peer, role: self.role }
    }

    fn agreement(&self) -> Secret<32> {
        Secret::new(counting(self.start + 2))
    }

    fn share(&self) -> Secret<32> {
        Secret::new(counting(self.start + 4))
    }

    fn entropy(&self) -> Entropy {
        Entropy {
            nonce: counting(self.start + 1),
            agreement: self.agreement(),
            share: self.share(),
            seal_nonce: counting(self.start + 3),
        }
    }

    fn json(&self, hello: &Hello, sealed: &SealedBytes) -> Value {
        let entropy = self.entropy();
        json!({
            "participant": hex(&self.pair().me.0),
            "deviceSeed": hex(self.identity.seed().as_slice()),
            "deviceKey": hex(self.own().key().as_bytes()),
            "features": self.features.0,
            "agreementSecret": hex(self.agreement().expose()),
            "agreementKey": hex(&agreement_key(&self.agreement())),
            "nonce": hex(&entropy.nonce),
            "share": hex(self.share().expose()),
            "sealNonce": hex(&entropy.seal_nonce),
            "hello": hex(&hello.to_bytes()),
            "sealedHello": hex(&sealed.0),
            "fingerprint": hex(&self.transport.fingerprint.0),
            "iceUfrag": self.transport.ice_ufrag.as_str(),
            "setup": self.transport.setup.as_str(),
        })
    }
}

fn room(root: &RoomKey) -> Value {
    json!({
        "secret": hex(&SECRET().0),
        "host": hex(&HOST.0),
        "roomId": hex(&root.room().0),
        "helloKey": hex(root.first_epoch().hello_key()),
        "rootKey": hex(root.root()),
        "epochKey": hex(root.first_epoch().key()),
    })
}

fn with_password(password: &Password, root: &RoomKey, epoch: &EpochKey) -> Value {
    let salt = password_salt(&SECRET());
    json!({
        "typed": PASSWORD,
        "normalised": hex(password.as_str().as_bytes()),
        "salt": hex(salt.expose()),
        "stretched": hex(password.stretch(salt.expose()).unwrap().expose()),
        "rootKey": hex(root.root()),
        "epoch": EPOCH,
        "epochSecret": hex(&counting::<32>(0x60)),
        "epochKey": hex(epoch.key()),
    })
}

fn session_keys(keys: &EpochKey, offerer: &Hello, answerer: &Hello) -> Value {
    let agreed = agree(&Side::offerer().agreement(), &answerer.agreement_key).unwrap();
    let derived = SessionKeys::derive(keys, &agreed, offerer, answerer);
    json!({
        "commitment": hex(&commitment(&Side::offerer().share())),
        "answers": hex(&hello_hash(offerer)),
        "agreed": hex(agreed.expose()),
        "offererToAnswerer": hex(derived.offerer_to_answerer.expose()),
        "answererToOfferer": hex(derived.answerer_to_offerer.expose()),
        "keyCheck": hex(derived.key_check.expose()),
        "proof": hex(derived.proof.expose()),
        "channels": hex(derived.channels.expose()),
    })
}

/// The signatures that prove the devices, and some that don't.
fn devices(offer: &Hello, answer: &Hello, device_proof: &[u8]) -> Value {
    let HelloPart::Answerer { signature, .. } = &answer.part else { panic!("no answer") };
    let (offers, answers) = (Side::offerer().identity, Side::answerer().identity);
    let [by_offerer, by_answerer] =
        [device::signed_by_offerer(offer, answer), device::signed_by_answerer(offer, answer)];
    assert!(offers.public_key().has_signed(&by_offerer, device_proof.try_into().unwrap()));
    assert!(answers.public_key().has_signed(&by_answerer, signature));
    let earlier = Hello { nonce: counting(0xD0), ..*offer };
    let refused = [
        ("the words of the other role", 1, offers.sign(&by_answerer)),
        ("the words of the other role", 2, answers.sign(&by_offerer)),
        ("another session's", 1, offers.sign(&device::signed_by_offerer(&earlier, answer))),
        ("another session's", 2, answers.sign(&device::signed_by_answerer(&earlier, answer))),
        ("another device's", 1, answers.sign(&by_offerer)),
        ("another device's", 2, offers.sign(&by_answerer)),
    ];
    let refused = refused.map(|(what, role, signature)| {
        let (key, signed) = if role == 1 { (&offers, &by_offerer) } else { (&answers, &by_answerer) };
        assert!(!key.public_key().has_signed(signed, &signature), "{what} of {role}");
        json!({ "what": what, "role": role, "signature": hex(&signature) })
    });
    json!({ "offerer": hex(device_proof), "answerer": hex(signature), "refused": refused.to_vec() })
}

fn envelopes(offerer: &mut Session, answerer: &mut Session, device_proof: &SealedBytes) -> (Value, Vec<u8>) {
    let (kind, signature) = answerer.open(device_proof).unwrap();
    let mut sealed = vec![json!({
        "from": 1, "number": 0, "type": kind.number(), "plain": hex(&signature), "sealed": hex(&device_proof.0),
    })];
    for (from, number, kind, plain) in [
        (Role::Offerer, 1, EnvelopeType::Signal, "an offer"),
        (Role::Offerer, 2, EnvelopeType::Signal, ""),
        (Role::Answerer, 0, EnvelopeType::Answer, "an answer"),
    ] {
        let (one, other) =
            if from == Role::Offerer { (&mut *offerer, &mut *answerer) } else { (&mut *answerer, &mut *offerer) };
        let envelope = one.seal(kind, plain.as_bytes()).unwrap();
        assert_eq!(other.open(&envelope), Ok((kind, plain.as_bytes().to_vec())));
        sealed.push(json!({
            "from": from.number(), "number": number, "type": kind.number(), "plain": hex(plain.as_bytes()),
            "sealed": hex(&envelope.0),
        }));
    }
    (Value::Array(sealed), signature)
}

fn proofs(offerer: &mut Session, answerer: &mut Session) -> Value {
    let (offers, answers) = (Side::offerer(), Side::answerer());
    answerer.bind(&answers.transport, &offers.transport).unwrap();
    offerer.bind(&offers.transport, &answers.transport).unwrap();
    let answer = answerer.prove(&answers.identity).unwrap();
    offerer.verify(&answer).unwrap();
    let confirm = offerer.prove(&offers.identity).unwrap();
    answerer.verify(&confirm).unwrap();
    let emoji = offerer.safety_emoji().unwrap();
    assert_eq!(answerer.safety_emoji(), Some(emoji));
    json!({
        "transcript": hex(&offerer.transcript().unwrap()),
        "answerer": hex(&answer.to_bytes()),
        "offerer": hex(&confirm.to_bytes()),
        "emoji": emoji.numbers(),
        "emojiNames": emoji.emoji().map(|emoji| emoji.name),
        "emojiList": EMOJI.map(|emoji| json!({ "symbol": emoji.symbol, "name": emoji.name })).to_vec(),
    })
}

fn channel(offerer: &mut Session, answerer: &mut Session) -> Value {
    let (label, stream) = ("chat", 4);
    let (mut one, _) = offerer.channel(label, stream, Delivery::Strict).unwrap();
    let (mut other, _) = answerer.channel(label, stream, Delivery::Strict).unwrap();
    one.seal(b"").unwrap();
    json!({
        "label": label,
        "stream": stream,
        "messages": [
            { "from": 1, "number": 1, "plain": hex(b"a word"), "sealed": hex(&one.seal(b"a word").unwrap()) },
            { "from": 2, "number": 0, "plain": hex(b"another"), "sealed": hex(&other.seal(b"another").unwrap()) },
        ],
    })
}

fn statement<T: Statement>(statement: T, identity: &DeviceIdentity) -> Value {
    let json = serde_json::to_string(&statement).unwrap();
    let bytes = Signed::sign(statement, identity).unwrap().to_bytes();
    json!({ "domain": T::DOMAIN, "kind": T::KIND, "json": json, "bytes": hex(&bytes) })
}

fn next_secret_hash(room: RoomId) -> EpochSecretHash {
    NEXT_SECRET().commitment(room, Epoch(EPOCH).next())
}

fn statements(room: RoomId) -> Value {
    let (host, guest) = (Side::offerer().identity, Side::answerer().identity.public_key());
    let epoch = Epoch(EPOCH);
    let policy = Policy {
        room,
        epoch,
        revision: 3,
        access: Access::Lobby,
        password: PasswordRule::Needed,
        lock: Lock::Unlocked,
        co_hosts: vec![guest],
    };
    let role = AdmittedRole::Participant;
    let admission = Admission { room, epoch, device_key: guest, role, expires_at_ms: 1_800_000_000_000 };
    let handover = Handover { room, epoch, revision: 1, from: host.public_key(), to: guest };
    json!([
        statement(policy, &host),
        statement(admission, &host),
        statement(Removal { room, epoch: epoch.next(), device_key: guest, secret_hash: next_secret_hash(room) }, &host),
        statement(handover, &host),
    ])
}

fn vectors() -> Value {
    let open = RoomKey::new(&SECRET(), HOST, None).unwrap();
    let password = Password::new(PASSWORD).unwrap();
    let root = RoomKey::new(&SECRET(), HOST, Some(&password)).unwrap();
    let keys = root.later_epoch(NonZeroU64::new(EPOCH).unwrap(), &EpochSecret::from_bytes(counting(0x60)));
    let (offers, answers) = (Side::offerer(), Side::answerer());
    let (offering, sealed_offer) = Offering::begin(&keys, offers.pair(), offers.own(), offers.entropy());
    let offer = open_offer(&keys, answers.pair(), answers.own(), &sealed_offer).unwrap();
    let (mut answerer, sealed_answer) = answer(&keys, answers.pair(), answers.own(), offer, answers.entropy()).unwrap();
    let (mut offerer, device_proof) = offering.answered(offers.own(), &sealed_answer, |_| Ok(())).unwrap();
    let answer = Hello::open(&keys, offers.pair(), &sealed_answer).unwrap();
    let (envelopes, signature) = envelopes(&mut offerer, &mut answerer, &device_proof);
    let third = DeviceIdentity::from_seed(&counting(0xC0));
    let roster: Vec<DeviceKey> =
        [&third, &offers.identity, &answers.identity].into_iter().map(DeviceIdentity::public_key).collect();
    json!({
        "about": "Test vectors of docs/key-agreement.md. Bytes are hexadecimal. Roles: 1 offerer, 2 answerer.",
        "room": room(&open),
        "password": with_password(&password, &root, &keys),
        "offerer": offers.json(&offer, &sealed_offer),
        "answerer": answers.json(&answer, &sealed_answer),
        "session": session_keys(&keys, &offer, &answer),
        "devices": devices(&offer, &answer, &signature),
        "envelopes": envelopes,
        "proofs": proofs(&mut offerer, &mut answerer),
        "channel": channel(&mut offerer, &mut answerer),
        "roomCode": {
            "devices": roster.iter().map(|device| hex(device.as_bytes())).collect::<Vec<_>>(),
            "code": RoomCode::of(root.room(), &roster).to_string(),
        },
        "nextEpoch": {
            "epoch": EPOCH + 1,
            "secret": hex(NEXT_SECRET().as_bytes()),
            "secretHash": hex(&next_secret_hash(root.room()).0),
        },
        "statements": statements(root.room()),
    })
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/keys.json")
}

#[test]
fn the_published_vectors_are_what_the_code_computes() {
    let text = format!("{:#}\n", vectors());
    if std::env::var_os("CONCLAVE_WRITE_VECTORS").is_some() {
        std::fs::create_dir_all(path().parent().unwrap()).unwrap();
        std::fs::write(path(), &text).unwrap();
    }
    let published = std::fs::read_to_string(path()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), serde_json::from_str::<Value>(&published).unwrap());
}
