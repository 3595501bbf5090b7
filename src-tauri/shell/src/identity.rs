//! Who this device is: its key pair, in the system's keyring, or where there is none in a file of its own.

use std::path::PathBuf;

use conclave_call::keys::identity::DeviceIdentity;
use conclave_call::keys::identity_store::{self, IdentityStoreError, Storage, StoreLocation};
use serde::Serialize;
use thiserror::Error;
use ts_rs::TS;

/// Why this device can't say who it is, as the window is told. None of it is answered by becoming another device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum IdentityError {
    /// The keyring can't be reached, or is locked.
    #[error("the keyring can't be reached")]
    KeyringUnavailable,
    /// The keyring has lost it.
    #[error("the keyring has lost this device's identity")]
    Lost,
    /// Its file is damaged, or others can read it.
    #[error("this device's identity is damaged")]
    Damaged,
    /// The system failed.
    #[error("this device's identity can't be read")]
    Failed,
}

impl From<IdentityStoreError> for IdentityError {
    fn from(error: IdentityStoreError) -> Self {
        tracing::error!(%error, "no identity");
        match error {
            IdentityStoreError::KeyringUnavailable => Self::KeyringUnavailable,
            IdentityStoreError::Lost(_) => Self::Lost,
            IdentityStoreError::Damaged(_) | IdentityStoreError::Exposed(_) | IdentityStoreError::NotAFile(_) => {
                Self::Damaged
            }
            IdentityStoreError::File { .. } | IdentityStoreError::Random(_) => Self::Failed,
        }
    }
}

/// Where this device's identity is kept.
pub struct IdentityKeeper {
    location: StoreLocation,
}

impl IdentityKeeper {
    /// In the keyring, or in this file.
    #[must_use]
    pub fn new(file: PathBuf) -> Self {
        Self { location: StoreLocation::KeyringOrFile(file) }
    }

    /// Reads the identity, or makes it. Asked for anew each time: a keyring that was locked may be open by now, and the
    /// key is in memory no longer than it is used.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn identity(&self) -> Result<DeviceIdentity, IdentityError> {
        let location = self.location.clone();
        // A keyring may ask the person first.
        let read = tokio::task::spawn_blocking(move || identity_store::load_or_create(&location)).await;
        let (identity, storage) = read.map_err(|_| IdentityError::Failed)??;
        tracing::debug!(in_keyring = storage == Storage::Keyring, "this device's identity was read");
        Ok(identity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_damaged_identity_is_told_of_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("identity");
        std::fs::write(&file, "nonsense").unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let keeper = IdentityKeeper { location: StoreLocation::File(file.clone()) };
        assert_eq!(keeper.identity().await.err(), Some(IdentityError::Damaged));
        std::fs::remove_file(&file).unwrap();
        let first = keeper.identity().await.unwrap();
        assert_eq!(keeper.identity().await.unwrap().public_key(), first.public_key());
    }
}
