//! AES-256-GCM (NIST SP 800-38D) with a message's number as its nonce: each key seals each number once.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};

use crate::secret::Secret;

/// What a tag adds to a text, in bytes.
pub(crate) const TAG_LENGTH: usize = 16;

/// One direction's cipher.
pub(crate) struct CounterCipher(Aes256Gcm);

impl CounterCipher {
    pub(crate) fn new(key: &Secret<32>) -> Self {
        Self(Aes256Gcm::new(key.expose().into()))
    }

    /// `None` only for texts beyond AES-GCM's 64 GiB.
    pub(crate) fn seal(&self, sequence: u64, plain: &[u8], additional_data: &[u8]) -> Option<Vec<u8>> {
        self.0.encrypt(&nonce(sequence), Payload { msg: plain, aad: additional_data }).ok()
    }

    pub(crate) fn open(&self, sequence: u64, sealed: &[u8], additional_data: &[u8]) -> Option<Vec<u8>> {
        self.0.decrypt(&nonce(sequence), Payload { msg: sealed, aad: additional_data }).ok()
    }
}

/// Four zero bytes, then the number.
fn nonce(sequence: u64) -> Nonce<aes_gcm::aead::consts::U12> {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&sequence.to_be_bytes());
    nonce.into()
}

/// The numbers of what one end seals: from 0 on, each once.
#[derive(Debug, Default)]
pub(crate) struct Counter(u64);

impl Counter {
    /// The next number; `None` once they are used up.
    pub(crate) fn take(&mut self) -> Option<u64> {
        let number = self.0;
        self.0 = number.checked_add(1)?;
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_start_at_zero_and_never_repeat() {
        let mut counter = Counter::default();
        assert_eq!([counter.take(), counter.take()], [Some(0), Some(1)]);
        let mut counter = Counter(u64::MAX - 1);
        assert_eq!([counter.take(), counter.take(), counter.take()], [Some(u64::MAX - 1), None, None]);
    }
}
