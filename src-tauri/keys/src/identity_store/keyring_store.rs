//! The system's keyring: Secret Service on Linux (over D-Bus, in Rust), Keychain on macOS, Credential Manager on
//! Windows.

use keyring::{Entry, Error};
use zeroize::Zeroizing;

const SERVICE: &str = "Conclave device identity";

/// Why a keyring has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyringFailure {
    /// It is there, and has nothing of this name.
    NoEntry,
    /// There is none, it is locked, or it fails.
    Unavailable,
}

/// Something that keeps secrets by name.
pub(crate) trait SecretStore {
    fn get(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, KeyringFailure>;
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeyringFailure>;
    /// As far as possible.
    fn delete(&self, name: &str);
}

/// The keyring of whoever is logged in.
pub(crate) struct SystemKeyring;

impl SystemKeyring {
    fn entry(name: &str) -> Result<Entry, KeyringFailure> {
        Entry::new(SERVICE, name).map_err(|_| KeyringFailure::Unavailable)
    }
}

impl SecretStore for SystemKeyring {
    fn get(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, KeyringFailure> {
        match Self::entry(name)?.get_secret() {
            Ok(secret) => Ok(Zeroizing::new(secret)),
            Err(Error::NoEntry) => Err(KeyringFailure::NoEntry),
            Err(_) => Err(KeyringFailure::Unavailable),
        }
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeyringFailure> {
        Self::entry(name)?.set_secret(secret).map_err(|_| KeyringFailure::Unavailable)
    }

    fn delete(&self, name: &str) {
        if let Ok(entry) = Self::entry(name) {
            // What can't be deleted is a key that nothing names.
            let _ = entry.delete_credential();
        }
    }
}
