//! Sealed messages of data channels: nothing that goes over a channel depends on DTLS alone.
//!
//! Number (u64), then ciphertext and tag. Each direction of each channel has a key of its own.

use thiserror::Error;

use super::counter_cipher::{Counter, CounterCipher, TAG_LENGTH};
use super::replay_window::{ReplayWindow, Seen};
use crate::canonical::Canonical;
use crate::pair::Role;
use crate::secret::Secret;

/// The longest message that is sealed and opened, in bytes.
pub const MAX_CHANNEL_MESSAGE_LENGTH: usize = 256 * 1024;
/// The longest label of a channel, in bytes.
pub const MAX_CHANNEL_LABEL_LENGTH: usize = 256;
/// The most channels of a session, over its whole life.
pub const MAX_CHANNELS: usize = 4096;
/// What sealing adds to a message, in bytes.
pub const CHANNEL_OVERHEAD: usize = 8 + TAG_LENGTH;

/// How a channel delivers, and so which numbers its opener takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Reliable and in order: exactly the next number.
    Strict,
    /// With loss or out of order: any number of the last 128 that was not seen, and any higher one.
    Window,
}

/// Why a channel got no keys, or a message was not sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ChannelError {
    /// The session is not verified yet.
    #[error("the session is not verified")]
    NotVerified,
    /// The channel has its keys already: a second use of one key would number from 0 again. A channel that is opened
    /// anew in one session needs a new label.
    #[error("a channel of this label and stream has its keys already")]
    Twice,
    /// [`MAX_CHANNELS`] were opened, or the label is longer than [`MAX_CHANNEL_LABEL_LENGTH`].
    #[error("too many channels, or too long a label")]
    TooMany,
    /// Longer than [`MAX_CHANNEL_MESSAGE_LENGTH`].
    #[error("the message is too long")]
    TooLong,
    /// All numbers are used.
    #[error("the channel has no numbers left")]
    Exhausted,
    /// Not of a sealed message's form.
    #[error("the message is malformed")]
    Malformed,
    /// Altered, or of another channel, direction or session.
    #[error("the message is not genuine")]
    NotGenuine,
    /// Opened before.
    #[error("the message was opened before")]
    Replayed,
    /// Too far behind the newest one.
    #[error("the message is too old")]
    TooOld,
    /// Not the next one of a [`Delivery::Strict`] channel: something is missing.
    #[error("a message is missing")]
    Gap,
}

impl From<Seen> for ChannelError {
    fn from(seen: Seen) -> Self {
        match seen {
            Seen::Replayed => Self::Replayed,
            Seen::TooOld => Self::TooOld,
        }
    }
}

struct Direction {
    cipher: CounterCipher,
    label: String,
    stream: u16,
    sender: Role,
}

impl Direction {
    fn new(root: &Secret<32>, label: &str, stream: u16, sender: Role) -> Self {
        let info = Canonical::new("conclave v1 channel")
            .bytes(label.as_bytes())
            .number(stream.into())
            .number(sender.number())
            .finish();
        let key = Secret::derive(root.expose(), &[], &info);
        Self { cipher: CounterCipher::new(&key), label: label.to_owned(), stream, sender }
    }

    fn additional_data(&self, sequence: u64) -> Vec<u8> {
        Canonical::new("conclave v1 channel message")
            .bytes(self.label.as_bytes())
            .number(self.stream.into())
            .number(self.sender.number())
            .number(sequence)
            .finish()
    }
}

/// Seals what I send over one channel.
pub struct ChannelSealer {
    direction: Direction,
    counter: Counter,
}

impl ChannelSealer {
    pub(crate) fn new(root: &Secret<32>, label: &str, stream: u16, me: Role) -> Self {
        Self { direction: Direction::new(root, label, stream, me), counter: Counter::default() }
    }

    /// The bytes to send for `plain`.
    ///
    /// # Errors
    /// [`ChannelError::TooLong`], [`ChannelError::Exhausted`].
    pub fn seal(&mut self, plain: &[u8]) -> Result<Vec<u8>, ChannelError> {
        if plain.len() > MAX_CHANNEL_MESSAGE_LENGTH {
            return Err(ChannelError::TooLong);
        }
        let sequence = self.counter.take().ok_or(ChannelError::Exhausted)?;
        let data = self.direction.additional_data(sequence);
        let text = self.direction.cipher.seal(sequence, plain, &data).ok_or(ChannelError::TooLong)?;
        Ok([&sequence.to_be_bytes(), text.as_slice()].concat())
    }
}

impl std::fmt::Debug for ChannelSealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChannelSealer(…)")
    }
}

enum Expected {
    Next(u64),
    Unseen(ReplayWindow),
}

/// Opens what the other sends over one channel.
pub struct ChannelOpener {
    direction: Direction,
    expected: Expected,
}

impl ChannelOpener {
    pub(crate) fn new(root: &Secret<32>, label: &str, stream: u16, peer: Role, delivery: Delivery) -> Self {
        let expected = match delivery {
            Delivery::Strict => Expected::Next(0),
            Delivery::Window => Expected::Unseen(ReplayWindow::default()),
        };
        Self { direction: Direction::new(root, label, stream, peer), expected }
    }

    /// The message in `sealed`.
    ///
    /// # Errors
    /// [`ChannelError::Malformed`], [`ChannelError::NotGenuine`], [`ChannelError::Replayed`],
    /// [`ChannelError::TooOld`], [`ChannelError::Gap`]. After any of them the channel goes on as if nothing had come.
    pub fn open(&mut self, sealed: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let longest = CHANNEL_OVERHEAD + MAX_CHANNEL_MESSAGE_LENGTH;
        let (sequence, text) = sealed
            .split_first_chunk()
            .filter(|(_, text)| text.len() >= TAG_LENGTH && sealed.len() <= longest)
            .ok_or(ChannelError::Malformed)?;
        let sequence = u64::from_be_bytes(*sequence);
        if sequence == u64::MAX {
            return Err(ChannelError::Malformed);
        }
        let data = self.direction.additional_data(sequence);
        let plain = self.direction.cipher.open(sequence, text, &data).ok_or(ChannelError::NotGenuine)?;
        match &mut self.expected {
            Expected::Next(next) if sequence < *next => return Err(ChannelError::Replayed),
            Expected::Next(next) if sequence > *next => return Err(ChannelError::Gap),
            Expected::Next(next) => *next = sequence + 1,
            Expected::Unseen(window) => {
                window.check(sequence)?;
                window.note(sequence);
            }
        }
        Ok(plain)
    }
}

impl std::fmt::Debug for ChannelOpener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChannelOpener(…)")
    }
}
