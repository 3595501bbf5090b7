//! What the bytes that the server relays are: the first byte tells.

/// A kind of relayed message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// A sealed Hello.
    Hello,
    /// An envelope of a session.
    Envelope,
    /// A sealed note.
    Note,
}

impl MessageKind {
    /// What the bytes say they are; `None` when they are neither.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let number = *bytes.first()?;
        [Self::Hello, Self::Envelope, Self::Note].into_iter().find(|kind| kind.number() == number)
    }

    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Hello => 1,
            Self::Envelope => 2,
            Self::Note => 3,
        }
    }
}
