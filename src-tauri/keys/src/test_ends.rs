//! Two ends of a pair, for tests. Everything random about them follows from seeds.

use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{HostKeyHash, ParticipantId};
use conclave_protocol::invite::InviteSecret;

use crate::canonical::Canonical;
use crate::handshake::{Entropy, OwnDevice};
use crate::hello::{Features, HelloError};
use crate::identity::{DeviceIdentity, DeviceKey};
use crate::pair::{Pair, Role};
use crate::pair_sessions::{HelloOutcome, Opened, PairSessions};
use crate::room_key::{EpochKey, RoomKey};
use crate::secret::Secret;
use crate::session::Session;
use crate::session::envelope::EnvelopeType;
use crate::session::proof::{Proof, ProofError};
use crate::statement::removal::RemovedDevices;
use crate::transcript::{DtlsFingerprint, Setup, TransportParameters};

pub(crate) const ANNE: ParticipantId = ParticipantId([0xA1; 16]);
pub(crate) const BERT: ParticipantId = ParticipantId([0xB2; 16]);

/// One end.
pub(crate) struct End {
    pub(crate) identity: DeviceIdentity,
    pub(crate) keys: EpochKey,
    pub(crate) pair: Pair,
    pub(crate) sessions: PairSessions,
    pub(crate) removed: RemovedDevices,
    /// What this end thinks of the transport, its own first.
    pub(crate) transport: [TransportParameters; 2],
    drawn: u64,
}

fn own(identity: &DeviceIdentity) -> OwnDevice<'_> {
    OwnDevice { identity, features: Features(0b11) }
}

pub(crate) fn first_epoch(secret: u8) -> EpochKey {
    RoomKey::new(&InviteSecret([secret; 16]), HostKeyHash([3; 16]), None).unwrap().first_epoch()
}

pub(crate) fn transport(seed: u8, setup: Setup) -> TransportParameters {
    let ice_ufrag = format!("ufrag{seed}").parse().unwrap();
    TransportParameters { fingerprint: DtlsFingerprint([seed; 32]), ice_ufrag, setup }
}

impl End {
    pub(crate) fn new(role: Role, keys: EpochKey) -> Self {
        let (me, peer, seed) = match role {
            Role::Offerer => (ANNE, BERT, 1),
            Role::Answerer => (BERT, ANNE, 2),
        };
        let (offers, answers) = (transport(11, Setup::ActPass), transport(12, Setup::Active));
        let pair = Pair { me, peer, role };
        Self {
            identity: DeviceIdentity::from_seed(&[seed; 32]),
            keys,
            pair,
            sessions: PairSessions::new(pair),
            removed: RemovedDevices::default(),
            transport: if role == Role::Offerer { [offers, answers] } else { [answers, offers] },
            drawn: u64::from(seed) << 32,
        }
    }

    pub(crate) fn own(&self) -> OwnDevice<'_> {
        own(&self.identity)
    }

    pub(crate) fn key(&self) -> DeviceKey {
        self.identity.public_key()
    }

    pub(crate) fn entropy(&mut self) -> Entropy {
        self.drawn += 1;
        let drawn = |what| Canonical::new(what).number(self.drawn).sha_256();
        Entropy {
            nonce: drawn("nonce"),
            agreement: Secret::new(drawn("agreement")),
            share: Secret::new(drawn("share")),
            seal_nonce: std::array::from_fn(|i| drawn("seal")[i]),
        }
    }

    pub(crate) fn start(&mut self) -> SealedBytes {
        let entropy = self.entropy();
        self.sessions.start_with(&self.keys, own(&self.identity), entropy).unwrap()
    }

    pub(crate) fn hear(&mut self, hello: &SealedBytes) -> Result<HelloOutcome, HelloError> {
        let entropy = self.entropy();
        let own = own(&self.identity);
        if self.pair.role == Role::Answerer {
            return self.sessions.receive_offer(&self.keys, own, &self.removed, hello, entropy);
        }
        self.sessions.receive_hello(&self.keys, own, &self.removed, hello)
    }

    /// Hears the answer, as the offerer: the envelope that proves its device.
    pub(crate) fn hear_answer(&mut self, hello: &SealedBytes) -> SealedBytes {
        match self.hear(hello) {
            Ok(HelloOutcome::Ready { device_proof }) => device_proof,
            other => panic!("{other:?}"),
        }
    }

    /// Answers, as the answerer.
    pub(crate) fn answer(&mut self, hello: &SealedBytes) -> SealedBytes {
        match self.hear(hello) {
            Ok(HelloOutcome::Answer(answer)) => answer,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn seal(&mut self, kind: EnvelopeType, plain: &[u8]) -> SealedBytes {
        self.sessions.seal(kind, plain).unwrap()
    }

    pub(crate) fn open(&mut self, sealed: &SealedBytes) -> Opened {
        self.sessions.open(sealed).unwrap()
    }

    pub(crate) fn session(&mut self) -> &mut Session {
        self.sessions.current_mut().unwrap()
    }

    pub(crate) fn bind(&mut self) -> Result<(), ProofError> {
        let [local, remote] = self.transport.clone();
        self.session().bind(&local, &remote)
    }

    pub(crate) fn prove(&mut self) -> Result<Proof, ProofError> {
        let Self { identity, sessions, .. } = self;
        sessions.current_mut().unwrap().prove(identity)
    }
}

/// Anne, who offers, and Bert, who have not spoken yet.
pub(crate) fn strangers() -> (End, End) {
    (End::new(Role::Offerer, first_epoch(7)), End::new(Role::Answerer, first_epoch(7)))
}

/// Both said Hello: what Anne has to say first.
pub(crate) fn greet(anne: &mut End, bert: &mut End) -> SealedBytes {
    let answer = bert.answer(&anne.start());
    anne.hear_answer(&answer)
}

/// Each has opened an envelope of the other.
pub(crate) fn meet(anne: &mut End, bert: &mut End) {
    let device_proof = greet(anne, bert);
    assert_eq!(bert.open(&device_proof).kind, EnvelopeType::Device);
    let offer = anne.seal(EnvelopeType::Signal, b"offer");
    assert_eq!(bert.open(&offer).plain, b"offer");
    let name = bert.seal(EnvelopeType::Signal, b"name");
    assert_eq!(anne.open(&name).plain, b"name");
}

/// Both bind, the answerer proves, the offerer verifies and proves, the answerer verifies. The first error of the two.
pub(crate) fn verify(anne: &mut End, bert: &mut End) -> Result<(), ProofError> {
    bert.bind()?;
    anne.bind()?;
    let answer = bert.prove()?;
    anne.session().verify(&answer)?;
    let confirm = anne.prove()?;
    bert.session().verify(&confirm)
}

/// Anne and Bert with a verified session.
pub(crate) fn friends() -> (End, End) {
    let (mut anne, mut bert) = strangers();
    meet(&mut anne, &mut bert);
    verify(&mut anne, &mut bert).unwrap();
    (anne, bert)
}
