//! The Hello: the first that two participants say to each other, sealed under a key from the link's secret alone.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{ParticipantId, RoomId};
use thiserror::Error;

use crate::canonical::{Canonical, CanonicalReader};
use crate::epoch::Epoch;
use crate::identity::{DeviceKey, SIGNATURE_LENGTH};
use crate::pair::{Pair, Role};
use crate::room_key::EpochKey;
use crate::wire::MessageKind;

/// The version that this program speaks.
pub const VERSION: u16 = 1;
/// The domain and the two fields behind it stay the same in every version, so that a newer one is recognised.
const DOMAIN: &str = "conclave hello";
const SEAL_DOMAIN: &str = "conclave hello seal";
pub(crate) const SEAL_NONCE_LENGTH: usize = 12;
const TAG_LENGTH: usize = 16;
/// More than any Hello of this version; a later version's may be longer.
const MAX_SEALED_LENGTH: usize = 4096;

/// A set of abilities. Unknown ones are ignored: both ends use what both have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Features(pub u32);

impl Features {
    /// What both have.
    #[must_use]
    pub fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether all of `wanted` is there.
    #[must_use]
    pub fn has(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }
}

/// What an offerer's and an answerer's Hello differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelloPart {
    /// The offerer's.
    Offerer {
        /// SHA-256 that commits to the share of the safety emoji, which only its proof reveals.
        commitment: [u8; 32],
    },
    /// The answerer's.
    Answerer {
        /// SHA-256 of the Hello that is answered.
        answers: [u8; 32],
        /// By the answerer's device, of both Hellos.
        signature: [u8; SIGNATURE_LENGTH],
    },
}

/// A Hello as its sender wrote it. Nothing in an offerer's is proven yet but that the sender knows the link; an
/// answerer's is signed by its device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hello {
    /// What the sender can do.
    pub features: Features,
    /// R.
    pub room: RoomId,
    /// The epoch that the sender is in.
    pub epoch: Epoch,
    /// Who says it.
    pub from: ParticipantId,
    /// To whom.
    pub to: ParticipantId,
    /// The sender's device.
    pub device_key: DeviceKey,
    /// The sender's X25519 public key (RFC 7748), for this handshake only.
    pub agreement_key: [u8; 32],
    /// 32 random bytes.
    pub nonce: [u8; 32],
    /// The role, and what goes with it.
    pub part: HelloPart,
}

/// Why a Hello was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HelloError {
    /// Altered, not from or for whom the server says, or made with another link.
    #[error("the hello is not genuine")]
    NotGenuine,
    /// Sealed by somebody who has the link, but not of a Hello's form.
    #[error("the hello is malformed")]
    Malformed,
    /// Of a version that this program doesn't know.
    #[error("the other's program speaks version {0} of the protocol")]
    UnknownVersion(u16),
    /// Of another room than the one it was sealed for.
    #[error("the hello is of another room")]
    OtherRoom,
    /// Its sender or recipient is not the one it was sealed for.
    #[error("the hello names other participants")]
    OtherParticipant,
    /// Not of the role that the other has.
    #[error("the hello is of the wrong role")]
    WrongRole,
    /// Of a newer epoch than mine: I was left behind.
    #[error("the other is in a newer epoch")]
    NewerEpoch(Epoch),
    /// Of an older epoch than mine: the other was left behind.
    #[error("the other is in an older epoch")]
    OlderEpoch(Epoch),
    /// Carries my own device key, nonce or agreement key.
    #[error("the hello is a reflection")]
    Reflected,
    /// Answers another Hello than mine, or none that I said.
    #[error("the hello answers another one")]
    NotMyHello,
    /// The Hello that the session was made from, once more.
    #[error("the hello is a repetition")]
    Repeated,
    /// Its device was removed from the room.
    #[error("the device was removed from the room")]
    Removed,
    /// Not signed by the device that it names.
    #[error("the hello is not signed by its device")]
    WrongSignature,
    /// Another device than the one that this participant has proven to be.
    #[error("the participant has another device than before")]
    OtherDevice,
    /// Its agreement key gives no secret.
    #[error("the hello's agreement key is weak")]
    WeakAgreementKey,
    /// The system gave no random bytes for the answer.
    #[error(transparent)]
    Random(#[from] crate::random::RandomSourceFailed),
    /// My proof of my device could not be sealed.
    #[error(transparent)]
    Seal(#[from] crate::session::envelope::SealError),
}

impl Hello {
    /// The role of its sender.
    #[must_use]
    pub fn role(&self) -> Role {
        match self.part {
            HelloPart::Offerer { .. } => Role::Offerer,
            HelloPart::Answerer { .. } => Role::Answerer,
        }
    }

    /// The canonical bytes, which are what is sealed and what every later key and proof depends on.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match &self.part {
            HelloPart::Offerer { .. } => self.unsigned_bytes(),
            HelloPart::Answerer { signature, .. } => self.with_signature(signature),
        }
    }

    /// The same with no signature in its place, as an offerer's is anyway.
    pub(crate) fn unsigned_bytes(&self) -> Vec<u8> {
        self.with_signature(&[])
    }

    fn with_signature(&self, signature: &[u8]) -> Vec<u8> {
        let (commitment, answers): (&[u8], &[u8]) = match &self.part {
            HelloPart::Offerer { commitment } => (commitment, &[]),
            HelloPart::Answerer { answers, .. } => (&[], answers),
        };
        Canonical::new(DOMAIN)
            .number(VERSION.into())
            .number(self.features.0.into())
            .bytes(&self.room.0)
            .number(self.epoch.0)
            .number(self.role().number())
            .bytes(&self.from.0)
            .bytes(&self.to.0)
            .bytes(self.device_key.as_bytes())
            .bytes(&self.agreement_key)
            .bytes(&self.nonce)
            .bytes(commitment)
            .bytes(answers)
            .bytes(signature)
            .finish()
    }

    /// Reads canonical bytes: every length exact, nothing behind.
    ///
    /// # Errors
    /// [`HelloError::Malformed`], [`HelloError::UnknownVersion`].
    pub fn parse(bytes: &[u8]) -> Result<Self, HelloError> {
        let malformed = |_| HelloError::Malformed;
        let mut reader = CanonicalReader::new(DOMAIN, bytes).map_err(malformed)?;
        let version = reader.number().map_err(malformed)?;
        let version = u16::try_from(version).map_err(|_| HelloError::Malformed)?;
        if version != VERSION {
            return Err(HelloError::UnknownVersion(version));
        }
        Self::read(reader).ok_or(HelloError::Malformed)
    }

    fn read(mut reader: CanonicalReader<'_>) -> Option<Self> {
        let features = Features(u32::try_from(reader.number().ok()?).ok()?);
        let room = RoomId(reader.array().ok()?);
        let epoch = Epoch(reader.number().ok()?);
        let role = Role::from_number(reader.number().ok()?)?;
        let from = ParticipantId(reader.array().ok()?);
        let to = ParticipantId(reader.array().ok()?);
        let device_key = DeviceKey::from_bytes(reader.array().ok()?).ok()?;
        let agreement_key = reader.array().ok()?;
        let nonce = reader.array().ok()?;
        let (commitment, answers, signature) = (reader.bytes().ok()?, reader.bytes().ok()?, reader.bytes().ok()?);
        let part = match role {
            Role::Offerer if answers.is_empty() && signature.is_empty() => {
                HelloPart::Offerer { commitment: commitment.try_into().ok()? }
            }
            Role::Answerer if commitment.is_empty() => {
                HelloPart::Answerer { answers: answers.try_into().ok()?, signature: signature.try_into().ok()? }
            }
            Role::Offerer | Role::Answerer => return None,
        };
        reader.finish().ok()?;
        Some(Self { features, room, epoch, from, to, device_key, agreement_key, nonce, part })
    }

    /// Kind, 12 bytes nonce, then ciphertext and tag of AES-256-GCM under the hello key.
    pub(crate) fn seal(&self, keys: &EpochKey, nonce: [u8; SEAL_NONCE_LENGTH]) -> SealedBytes {
        self.seal_as(keys, (self.from, self.to), nonce)
    }

    fn seal_as(
        &self,
        keys: &EpochKey,
        (from, to): (ParticipantId, ParticipantId),
        nonce: [u8; SEAL_NONCE_LENGTH],
    ) -> SealedBytes {
        let data = additional_data(keys.room(), from, to);
        let sealed = cipher(keys)
            .encrypt(Nonce::from_slice(&nonce), Payload { msg: &self.to_bytes(), aad: &data })
            // AES-GCM takes 64 GiB; a Hello has some 400 bytes.
            .unwrap_or_default();
        SealedBytes([&[MessageKind::Hello.number()], nonce.as_slice(), &sealed].concat())
    }

    /// Opens what the server says is a Hello from `pair.peer`, and checks all that one alone can be checked for.
    pub(crate) fn open(keys: &EpochKey, pair: Pair, sealed: &SealedBytes) -> Result<Self, HelloError> {
        let hello = Self::parse(&Self::unseal(keys, pair, sealed)?)?;
        if hello.room != keys.room() {
            return Err(HelloError::OtherRoom);
        }
        if (hello.from, hello.to) != (pair.peer, pair.me) {
            return Err(HelloError::OtherParticipant);
        }
        if hello.role() == pair.role {
            return Err(HelloError::WrongRole);
        }
        match hello.epoch.cmp(&keys.epoch()) {
            std::cmp::Ordering::Greater => Err(HelloError::NewerEpoch(hello.epoch)),
            std::cmp::Ordering::Less => Err(HelloError::OlderEpoch(hello.epoch)),
            std::cmp::Ordering::Equal => Ok(hello),
        }
    }

    fn unseal(keys: &EpochKey, pair: Pair, sealed: &SealedBytes) -> Result<Vec<u8>, HelloError> {
        let lengths = 1 + SEAL_NONCE_LENGTH + TAG_LENGTH..=MAX_SEALED_LENGTH;
        let (kind, rest) = sealed.0.split_first().ok_or(HelloError::Malformed)?;
        if *kind != MessageKind::Hello.number() || !lengths.contains(&sealed.0.len()) {
            return Err(HelloError::Malformed);
        }
        let (nonce, text) = rest.split_at(SEAL_NONCE_LENGTH);
        let data = additional_data(keys.room(), pair.peer, pair.me);
        cipher(keys)
            .decrypt(Nonce::from_slice(nonce), Payload { msg: text, aad: &data })
            .map_err(|_| HelloError::NotGenuine)
    }
}

fn cipher(keys: &EpochKey) -> Aes256Gcm {
    Aes256Gcm::new(keys.hello_key().into())
}

fn additional_data(room: RoomId, from: ParticipantId, to: ParticipantId) -> Vec<u8> {
    Canonical::new(SEAL_DOMAIN).bytes(&room.0).bytes(&from.0).bytes(&to.0).finish()
}

/// A Hello that names others inside than outside.
#[cfg(test)]
pub(crate) fn seal_as(hello: &Hello, keys: &EpochKey, outside: (ParticipantId, ParticipantId)) -> SealedBytes {
    hello.seal_as(keys, outside, [5; SEAL_NONCE_LENGTH])
}
