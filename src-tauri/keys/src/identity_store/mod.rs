//! Keeps the device's identity: in the system's keyring, or where there is none in a file that only its owner can
//! read. The one part of this crate that does I/O.
//!
//! The file is always there and says where the key is. So a keyring that can't be reached today never leads to a second
//! identity, and of two programs that start at the same time for the first time one makes the identity, and the other
//! finds it.

mod file;
mod keyring_store;

use std::path::{Path, PathBuf};

use conclave_protocol::bytes::{decode_exact, encode};
use conclave_protocol::ids::HostKeyHash;
use thiserror::Error;
use zeroize::Zeroizing;

use self::keyring_store::{KeyringFailure, SecretStore, SystemKeyring};
use crate::identity::DeviceIdentity;
use crate::random::RandomSourceFailed;

const FIRST_LINE: &str = "conclave device identity 1";
const IN_FILE: &str = "seed ";
const IN_KEYRING: &str = "keyring ";

/// Where the identity is looked for and made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreLocation {
    /// In the system's keyring, with this file to say so; in the file when there is no keyring.
    KeyringOrFile(PathBuf),
    /// In this file: for tests, and for programs that nobody is logged in for.
    File(PathBuf),
}

/// Where the identity is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// In the system's keyring.
    Keyring,
    /// In this file.
    File(PathBuf),
}

/// Why there is no identity. None of these is answered by making a new one.
#[derive(Debug, Error)]
pub enum IdentityStoreError {
    /// The file or its folder can't be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// What is in the file is no identity.
    #[error("{0} is damaged: restore it, or delete it to become a new device")]
    Damaged(PathBuf),
    /// Others than its owner can read or write the file.
    #[error("{0} can be read by others: anybody could have copied the identity in it")]
    Exposed(PathBuf),
    /// The file is a symbolic link, or no file.
    #[error("{0} is not a plain file")]
    NotAFile(PathBuf),
    /// The identity is in the keyring, which can't be reached or is locked.
    #[error("the keyring with this device's identity can't be reached")]
    KeyringUnavailable,
    /// The identity was in the keyring and is there no more, or not as it was.
    #[error("the keyring has lost this device's identity: restore it, or delete {0} to become a new device")]
    Lost(PathBuf),
    /// The system gave no random bytes.
    #[error(transparent)]
    Random(#[from] RandomSourceFailed),
}

/// This device's identity, made when there is none.
///
/// Blocks, on a keyring that asks to be unlocked for as long as that takes: not for a thread that must not wait.
///
/// # Errors
/// [`IdentityStoreError`].
pub fn load_or_create(location: &StoreLocation) -> Result<(DeviceIdentity, Storage), IdentityStoreError> {
    match location {
        StoreLocation::KeyringOrFile(path) => load_or_create_with(path, Some(&SystemKeyring)),
        StoreLocation::File(path) => load_or_create_with(path, None),
    }
}

fn load_or_create_with(
    path: &Path,
    keyring: Option<&dyn SecretStore>,
) -> Result<(DeviceIdentity, Storage), IdentityStoreError> {
    if let Some(found) = load(path, keyring)? {
        return Ok(found);
    }
    match create(path, keyring)? {
        Some(made) => Ok(made),
        // Another program was faster.
        None => load(path, keyring)?.ok_or_else(|| IdentityStoreError::Damaged(path.to_owned())),
    }
}

/// What the file says.
enum Record {
    Seed(Zeroizing<[u8; 32]>),
    InKeyring(HostKeyHash),
}

impl Record {
    fn parse(text: &str) -> Option<Self> {
        let line = text.strip_prefix(FIRST_LINE)?.strip_prefix('\n')?.strip_suffix('\n')?;
        if let Some(seed) = line.strip_prefix(IN_FILE) {
            return decode_exact(seed).ok().map(|seed| Self::Seed(Zeroizing::new(seed)));
        }
        line.strip_prefix(IN_KEYRING)?.parse().ok().map(Self::InKeyring)
    }

    fn to_text(&self) -> Zeroizing<String> {
        let line = match self {
            Self::Seed(seed) => Zeroizing::new(format!("{IN_FILE}{}", *Zeroizing::new(encode(seed.as_slice())))),
            Self::InKeyring(hash) => Zeroizing::new(format!("{IN_KEYRING}{}", hash.to_text())),
        };
        Zeroizing::new(format!("{FIRST_LINE}\n{}\n", *line))
    }
}

fn load(
    path: &Path,
    keyring: Option<&dyn SecretStore>,
) -> Result<Option<(DeviceIdentity, Storage)>, IdentityStoreError> {
    let Some(text) = file::read(path)? else { return Ok(None) };
    let record = Record::parse(&text).ok_or_else(|| IdentityStoreError::Damaged(path.to_owned()))?;
    let hash = match record {
        Record::Seed(seed) => {
            return Ok(Some((DeviceIdentity::from_seed(&seed), Storage::File(path.to_owned()))));
        }
        Record::InKeyring(hash) => hash,
    };
    let keyring = keyring.ok_or(IdentityStoreError::KeyringUnavailable)?;
    let seed = match keyring.get(&hash.to_text()) {
        Ok(seed) => seed,
        Err(KeyringFailure::NoEntry) => return Err(IdentityStoreError::Lost(path.to_owned())),
        Err(KeyringFailure::Unavailable) => return Err(IdentityStoreError::KeyringUnavailable),
    };
    let seed: Option<&[u8; 32]> = seed.as_slice().try_into().ok();
    let identity = seed.map(DeviceIdentity::from_seed).filter(|identity| identity.key_hash() == hash);
    let identity = identity.ok_or_else(|| IdentityStoreError::Lost(path.to_owned()))?;
    Ok(Some((identity, Storage::Keyring)))
}

/// Makes an identity; `None` when the file has come into being meanwhile.
fn create(
    path: &Path,
    keyring: Option<&dyn SecretStore>,
) -> Result<Option<(DeviceIdentity, Storage)>, IdentityStoreError> {
    let identity = DeviceIdentity::generate()?;
    let (hash, seed) = (identity.key_hash(), identity.seed());
    // Under a name of its own, so that two programs at the same time don't overwrite each other's. Read back, as there
    // are keyrings that take everything and keep nothing.
    let kept = keyring.filter(|keyring| {
        keyring.set(&hash.to_text(), seed.as_slice()).is_ok()
            && keyring.get(&hash.to_text()).is_ok_and(|read| read.as_slice() == seed.as_slice())
    });
    let (record, storage) = match kept {
        Some(_) => (Record::InKeyring(hash), Storage::Keyring),
        None => (Record::Seed(seed), Storage::File(path.to_owned())),
    };
    let written = file::create(path, &record.to_text());
    if let (Some(keyring), Ok(file::Created::ThereAlready) | Err(_)) = (kept, &written) {
        keyring.delete(&hash.to_text());
    }
    match written? {
        file::Created::Created => Ok(Some((identity, storage))),
        file::Created::ThereAlready => Ok(None),
    }
}

#[cfg(test)]
mod tests;
