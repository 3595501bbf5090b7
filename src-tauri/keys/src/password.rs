//! A room's password: what has to be known beside the link.

use argon2::{Algorithm, Argon2, Params, Version};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::random::RandomSourceFailed;
use crate::secret::Secret;

/// The most characters (Unicode scalar values) of a normalised password.
pub const MAX_PASSWORD_CHARACTERS: usize = 128;

/// Memory in KiB, passes and lanes of Argon2id (RFC 9106, section 4, with lanes that a browser's WebAssembly has).
const ARGON2_MEMORY_KIB: u32 = 64 * 1024;
const ARGON2_PASSES: u32 = 3;
const ARGON2_LANES: u32 = 1;

const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
const VOWELS: &[u8; 4] = b"aiou";
const WORDS: usize = 4;

/// A text that can't be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// No character.
    #[error("a password has at least one character")]
    Empty,
    /// More than [`MAX_PASSWORD_CHARACTERS`].
    #[error("a password has at most 128 characters")]
    TooLong,
    /// The stretching got no 64 MiB, or was not given what it wants.
    #[error("the password could not be stretched")]
    Unstretchable,
}

/// A password in Unicode's NFKC form, so that it is the same however a keyboard composes it.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// The password that `text` is.
    ///
    /// # Errors
    /// [`PasswordError::Empty`], [`PasswordError::TooLong`].
    pub fn new(text: &str) -> Result<Self, PasswordError> {
        // One character more than allowed tells too long from long enough, and bounds the work for hostile text.
        let mut normalised = Zeroizing::new(String::with_capacity(4 * (MAX_PASSWORD_CHARACTERS + 1)));
        normalised.extend(text.nfkc().take(MAX_PASSWORD_CHARACTERS + 1));
        match normalised.chars().count() {
            0 => Err(PasswordError::Empty),
            1..=MAX_PASSWORD_CHARACTERS => Ok(Self(normalised)),
            _ => Err(PasswordError::TooLong),
        }
    }

    /// One worth offering: four words of five letters, 64 random bits, like `lusab-babad-gutih-tugad`.
    ///
    /// The words are proquints (D. Wilkerson, arXiv:0901.4016): consonants and vowels by turns, 16 and 4 that sound
    /// different, so they can be said over a telephone, and need no list of words.
    ///
    /// # Errors
    /// [`RandomSourceFailed`].
    pub fn generate() -> Result<Self, RandomSourceFailed> {
        Ok(Self::of_bits(&Secret::<{ 2 * WORDS }>::draw()?))
    }

    fn of_bits(bits: &Secret<{ 2 * WORDS }>) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(6 * WORDS));
        for pair in bits.expose().chunks_exact(2) {
            if !text.is_empty() {
                text.push('-');
            }
            let bits = u16::from_be_bytes([pair[0], pair[1]]);
            for (shift, alphabet) in
                [(12, &CONSONANTS[..]), (10, &VOWELS[..]), (6, &CONSONANTS[..]), (4, &VOWELS[..]), (0, &CONSONANTS[..])]
            {
                text.push(char::from(alphabet[usize::from(bits >> shift) % alphabet.len()]));
            }
        }
        Self(text)
    }

    /// The normalised text, to be shown to the person who chose it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Argon2id (RFC 9106) version 0x13: m = 64 MiB, t = 3, p = 1, 32 bytes.
    pub(crate) fn stretch(&self, salt: &[u8; 16]) -> Result<Secret<32>, PasswordError> {
        let parameters = Params::new(ARGON2_MEMORY_KIB, ARGON2_PASSES, ARGON2_LANES, Some(32))
            .map_err(|_| PasswordError::Unstretchable)?;
        let mut stretched = Secret::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
            .hash_password_into(self.0.as_bytes(), salt, stretched.expose_mut())
            .map_err(|_| PasswordError::Unstretchable)?;
        Ok(stretched)
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_word_typed_differently_is_the_same_password() {
        // "é" as one character, and as "e" with an accent; the ligature "ﬁ".
        let composed = Password::new("caf\u{e9} \u{fb01}").unwrap();
        let decomposed = Password::new("cafe\u{301} fi").unwrap();
        assert_eq!(composed.as_str(), decomposed.as_str());
        assert_ne!(Password::new("Cafe").unwrap().as_str(), Password::new("cafe").unwrap().as_str());
    }

    #[test]
    fn length_is_counted_after_normalising() {
        assert_eq!(Password::new("").err(), Some(PasswordError::Empty));
        assert!(Password::new(&"é".repeat(128)).is_ok());
        assert!(Password::new(&"e\u{301}".repeat(128)).is_ok());
        assert_eq!(Password::new(&"x".repeat(129)).err(), Some(PasswordError::TooLong));
        // One character that NFKC makes 18 of.
        assert_eq!(Password::new(&"\u{fdfa}".repeat(8)).err(), Some(PasswordError::TooLong));
        assert_eq!(Password::new(&"x".repeat(10_000_000)).err(), Some(PasswordError::TooLong));
    }

    /// The example of arXiv:0901.4016: 127.0.0.1 and 63.84.220.193.
    #[test]
    fn an_offered_password_is_made_of_proquints() {
        let bits = Secret::new([127, 0, 0, 1, 63, 84, 220, 193]);
        assert_eq!(Password::of_bits(&bits).as_str(), "lusab-babad-gutih-tugad");
    }

    #[test]
    fn offered_passwords_differ_and_are_what_typing_them_gives() {
        let (one, other) = (Password::generate().unwrap(), Password::generate().unwrap());
        assert_ne!(one.as_str(), other.as_str());
        assert_eq!(Password::new(one.as_str()).unwrap().as_str(), one.as_str());
    }

    #[test]
    fn a_password_does_not_show() {
        assert_eq!(format!("{:?}", Password::new("hunter2").unwrap()), "Password(…)");
    }
}
