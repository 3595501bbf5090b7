//! What a host says to the whole room: signed, so that it can go through anybody's hands.
//!
//! A statement is a kind byte, the signer's key, its signature and JSON. The signature is over those very bytes of
//! JSON, with the statement's kind and the signer before them; they are parsed after it was checked.

pub mod admission;
pub mod authority;
pub mod handover;
pub mod policy;
pub mod removal;

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use self::admission::Admission;
use self::handover::Handover;
use self::policy::Policy;
use self::removal::Removal;
use crate::canonical::Canonical;
use crate::identity::{DeviceIdentity, DeviceKey, SIGNATURE_LENGTH};

/// The longest statement in bytes.
pub const MAX_STATEMENT_LENGTH: usize = 4096;
/// The highest number in a statement: beyond it JavaScript's numbers skip some (RFC 8259, section 6).
pub const MAX_NUMBER: u64 = (1 << 53) - 1;

/// Why a statement is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StatementError {
    /// Not of a statement's form, or of a kind that this program doesn't know.
    #[error("the statement is malformed")]
    Malformed,
    /// The signature is not the signer's, or not of these bytes as this kind of statement.
    #[error("the statement is forged")]
    Forged,
    /// Longer than [`MAX_STATEMENT_LENGTH`], or with a number beyond [`MAX_NUMBER`], when it was to be signed.
    #[error("the statement says more than one can")]
    Unsayable,
}

/// A kind of statement.
pub trait Statement: Serialize + DeserializeOwned {
    /// Its kind's number, the first byte.
    const KIND: u8;
    /// The domain of its signatures.
    const DOMAIN: &'static str;

    /// Whether lists and numbers are within their bounds.
    fn is_bounded(&self) -> bool;
}

/// A statement with a signature that fits its signer. What the signer may say is another question.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed<T> {
    signer: DeviceKey,
    signature: [u8; SIGNATURE_LENGTH],
    json: Vec<u8>,
    statement: T,
}

impl<T: Statement> Signed<T> {
    /// Signs a statement.
    ///
    /// # Errors
    /// [`StatementError::Unsayable`].
    pub fn sign(statement: T, identity: &DeviceIdentity) -> Result<Self, StatementError> {
        let json = serde_json::to_vec(&statement).map_err(|_| StatementError::Unsayable)?;
        if json.len() > MAX_STATEMENT_LENGTH - HEAD_LENGTH || !statement.is_bounded() {
            return Err(StatementError::Unsayable);
        }
        let signer = identity.public_key();
        let signature = identity.sign(&signed_bytes::<T>(&signer, &json));
        Ok(Self { signer, signature, json, statement })
    }

    /// Reads a statement of this kind and checks its signature.
    ///
    /// # Errors
    /// [`StatementError::Malformed`], [`StatementError::Forged`].
    pub fn parse(bytes: &[u8]) -> Result<Self, StatementError> {
        let raw = Raw::<T>::split(bytes).ok_or(StatementError::Malformed)?;
        if !raw.signer.has_signed(&signed_bytes::<T>(&raw.signer, raw.json), &raw.signature) {
            return Err(StatementError::Forged);
        }
        let statement: T = serde_json::from_slice(raw.json).map_err(|_| StatementError::Malformed)?;
        if !statement.is_bounded() {
            return Err(StatementError::Malformed);
        }
        Ok(Self { signer: raw.signer, signature: raw.signature, json: raw.json.to_vec(), statement })
    }

    /// The bytes to hand on.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [&[T::KIND], self.signer.as_bytes().as_slice(), &self.signature, &self.json].concat()
    }

    /// Who signed it.
    #[must_use]
    pub fn signer(&self) -> DeviceKey {
        self.signer
    }

    /// What it says.
    #[must_use]
    pub fn statement(&self) -> &T {
        &self.statement
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signed({:?}, by {:?})", self.statement, self.signer)
    }
}

/// Any statement, its signature checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnyStatement {
    /// How the room is run.
    Policy(Signed<Policy>),
    /// Somebody is let in.
    Admission(Signed<Admission>),
    /// Somebody is put out.
    Removal(Signed<Removal>),
    /// Somebody else becomes host.
    Handover(Signed<Handover>),
}

impl AnyStatement {
    /// Reads the bytes of a `Statement` envelope.
    ///
    /// # Errors
    /// [`StatementError::Malformed`], [`StatementError::Forged`].
    pub fn parse(bytes: &[u8]) -> Result<Self, StatementError> {
        match bytes.first() {
            Some(&Policy::KIND) => Signed::parse(bytes).map(Self::Policy),
            Some(&Admission::KIND) => Signed::parse(bytes).map(Self::Admission),
            Some(&Removal::KIND) => Signed::parse(bytes).map(Self::Removal),
            Some(&Handover::KIND) => Signed::parse(bytes).map(Self::Handover),
            Some(_) | None => Err(StatementError::Malformed),
        }
    }
}

const HEAD_LENGTH: usize = 1 + 32 + SIGNATURE_LENGTH;

struct Raw<'a, T> {
    signer: DeviceKey,
    signature: [u8; SIGNATURE_LENGTH],
    json: &'a [u8],
    kind: PhantomData<T>,
}

impl<'a, T: Statement> Raw<'a, T> {
    fn split(bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() > MAX_STATEMENT_LENGTH {
            return None;
        }
        let rest = bytes.strip_prefix(&[T::KIND])?;
        let (signer, rest) = rest.split_first_chunk()?;
        let (signature, json) = rest.split_first_chunk()?;
        let signer = DeviceKey::from_bytes(*signer).ok()?;
        Some(Self { signer, signature: *signature, json, kind: PhantomData })
    }
}

fn signed_bytes<T: Statement>(signer: &DeviceKey, json: &[u8]) -> Vec<u8> {
    Canonical::new(T::DOMAIN).bytes(signer.as_bytes()).bytes(json).finish()
}

#[cfg(test)]
mod tests;
