//! Envelopes: what two participants say to each other by way of the server once both have said Hello.
//!
//! Kind, type, number (u64), key check (16 bytes), then ciphertext and tag. The additional data binds everything that
//! an envelope could be mistaken in.

use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{ParticipantId, RoomId};
use subtle::ConstantTimeEq as _;
use thiserror::Error;

use super::counter_cipher::{Counter, CounterCipher, TAG_LENGTH};
use super::replay_window::{ReplayWindow, Seen};
use crate::canonical::Canonical;
use crate::epoch::Epoch;
use crate::secret::Secret;
use crate::wire::MessageKind;

/// The longest text that is sealed and opened, in bytes.
pub const MAX_ENVELOPE_LENGTH: usize = 48 * 1024;

pub(crate) const KEY_CHECK_LENGTH: usize = 16;
/// Kind, type and number.
const HEAD_LENGTH: usize = 1 + 1 + 8;
/// What an envelope adds to its text, in bytes.
pub const ENVELOPE_OVERHEAD: usize = HEAD_LENGTH + KEY_CHECK_LENGTH + TAG_LENGTH;

/// What is in an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EnvelopeType {
    /// A signal: offer, candidate, restart, name; what needs no proof beside it.
    Signal,
    /// The answerer's proof and then its answer to the session's first offer.
    Answer,
    /// The offerer's proof.
    Confirm,
    /// A statement that the host signed.
    Statement,
    /// An epoch's secret: only ever in a verified session.
    EpochSecret,
    /// Why I give up on this session.
    Refusal,
    /// The offerer's proof of its device: its first envelope in every session.
    Device,
}

impl EnvelopeType {
    const ALL: [Self; 7] =
        [Self::Signal, Self::Answer, Self::Confirm, Self::Statement, Self::EpochSecret, Self::Refusal, Self::Device];

    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Signal => 1,
            Self::Answer => 2,
            Self::Confirm => 3,
            Self::Statement => 4,
            Self::EpochSecret => 5,
            Self::Refusal => 6,
            Self::Device => 7,
        }
    }

    fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

/// Why an envelope was not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealError {
    /// Longer than [`MAX_ENVELOPE_LENGTH`].
    #[error("the text is too long for an envelope")]
    TooLong,
    /// All numbers of the session are used.
    #[error("the session has no numbers left")]
    Exhausted,
    /// There is no session yet.
    #[error("there is no session yet")]
    NoSession,
    /// An epoch's secret is only for somebody who has proven who it is.
    #[error("the session is not verified")]
    NotVerified,
    /// The other has not proven its device: nothing is said to it.
    #[error("the other's device is not proven")]
    DeviceNotProven,
}

/// Why an envelope was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Not of an envelope's form.
    #[error("the envelope is malformed")]
    Malformed,
    /// Sealed under another key: another password, another session, an older one, or noise.
    #[error("the envelope was sealed under another key")]
    OtherKey,
    /// Altered.
    #[error("the envelope is not genuine")]
    NotGenuine,
    /// Opened before.
    #[error("the envelope was opened before")]
    Replayed,
    /// So far behind the newest that it can't be told whether it was opened before.
    #[error("the envelope is too old")]
    TooOld,
    /// There is no session yet.
    #[error("there is no session yet")]
    NoSession,
    /// An epoch's secret from somebody who hasn't proven who it is.
    #[error("the session is not verified")]
    NotVerified,
    /// Came before the proof of the sender's device.
    #[error("the other has not proven its device yet")]
    DeviceNotProven,
    /// A proof that is not of the device of the Hello, or not of this session.
    #[error("the other does not have the device of its hello")]
    WrongDevice,
    /// A proof of a device that is proven.
    #[error("the other's device was proven before")]
    DeviceProvenBefore,
}

impl From<Seen> for OpenError {
    fn from(seen: Seen) -> Self {
        match seen {
            Seen::Replayed => Self::Replayed,
            Seen::TooOld => Self::TooOld,
        }
    }
}

/// What every envelope of one direction is bound to.
pub(crate) struct EnvelopeContext {
    pub(crate) room: RoomId,
    pub(crate) epoch: Epoch,
    pub(crate) from: ParticipantId,
    pub(crate) to: ParticipantId,
    pub(crate) nonce_offerer: [u8; 32],
    pub(crate) nonce_answerer: [u8; 32],
    /// Commits to the session's keys. AES-GCM alone does not: one ciphertext can be made to open under thousands of
    /// keys, and so try thousands of passwords at once (Len, Grubbs and Ristenpart, "Partitioning Oracle Attacks").
    pub(crate) key_check: Secret<KEY_CHECK_LENGTH>,
}

impl EnvelopeContext {
    fn additional_data(&self, sequence: u64, kind: EnvelopeType) -> Vec<u8> {
        Canonical::new("conclave v1 envelope")
            .bytes(&self.room.0)
            .number(self.epoch.0)
            .bytes(&self.from.0)
            .bytes(&self.to.0)
            .bytes(&self.nonce_offerer)
            .bytes(&self.nonce_answerer)
            .number(sequence)
            .number(kind.number().into())
            .finish()
    }
}

/// Seals one direction.
pub(crate) struct EnvelopeSealer {
    cipher: CounterCipher,
    context: EnvelopeContext,
    counter: Counter,
}

impl EnvelopeSealer {
    pub(crate) fn new(key: &Secret<32>, context: EnvelopeContext) -> Self {
        Self { cipher: CounterCipher::new(key), context, counter: Counter::default() }
    }

    pub(crate) fn seal(&mut self, kind: EnvelopeType, plain: &[u8]) -> Result<SealedBytes, SealError> {
        if plain.len() > MAX_ENVELOPE_LENGTH {
            return Err(SealError::TooLong);
        }
        let sequence = self.counter.take().ok_or(SealError::Exhausted)?;
        let data = self.context.additional_data(sequence, kind);
        let text = self.cipher.seal(sequence, plain, &data).ok_or(SealError::TooLong)?;
        let mut sealed = Vec::with_capacity(ENVELOPE_OVERHEAD + plain.len());
        sealed.extend_from_slice(&[MessageKind::Envelope.number(), kind.number()]);
        sealed.extend_from_slice(&sequence.to_be_bytes());
        sealed.extend_from_slice(self.context.key_check.expose());
        sealed.extend_from_slice(&text);
        Ok(SealedBytes(sealed))
    }
}

/// Opens one direction.
pub(crate) struct EnvelopeOpener {
    cipher: CounterCipher,
    context: EnvelopeContext,
    window: ReplayWindow,
}

/// A genuine envelope, not yet noted as opened.
pub(crate) struct Genuine {
    pub(crate) kind: EnvelopeType,
    pub(crate) plain: Vec<u8>,
    sequence: u64,
}

impl EnvelopeOpener {
    pub(crate) fn new(key: &Secret<32>, context: EnvelopeContext) -> Self {
        Self { cipher: CounterCipher::new(key), context, window: ReplayWindow::default() }
    }

    /// Opens without noting: only [`Self::note`] changes the window.
    pub(crate) fn open(&self, sealed: &SealedBytes) -> Result<Genuine, OpenError> {
        let (kind, sequence, key_check, text) = split(&sealed.0).ok_or(OpenError::Malformed)?;
        if !bool::from(key_check.ct_eq(self.context.key_check.expose())) {
            return Err(OpenError::OtherKey);
        }
        let data = self.context.additional_data(sequence, kind);
        let plain = self.cipher.open(sequence, text, &data).ok_or(OpenError::NotGenuine)?;
        self.window.check(sequence)?;
        Ok(Genuine { kind, plain, sequence })
    }

    pub(crate) fn note(&mut self, genuine: &Genuine) {
        self.window.note(genuine.sequence);
    }
}

fn split(bytes: &[u8]) -> Option<(EnvelopeType, u64, &[u8; KEY_CHECK_LENGTH], &[u8])> {
    if !(ENVELOPE_OVERHEAD..=ENVELOPE_OVERHEAD + MAX_ENVELOPE_LENGTH).contains(&bytes.len()) {
        return None;
    }
    let ([kind, number], rest) = bytes.split_first_chunk()?;
    let (sequence, rest) = rest.split_first_chunk()?;
    let (key_check, text) = rest.split_first_chunk()?;
    let sequence = u64::from_be_bytes(*sequence);
    let is_envelope = *kind == MessageKind::Envelope.number() && sequence != u64::MAX;
    is_envelope.then_some((EnvelopeType::from_number(*number)?, sequence, key_check, text))
}
