use super::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;

#[derive(Default)]
struct FakeKeyring {
    secrets: RefCell<BTreeMap<String, Vec<u8>>>,
    unavailable: std::cell::Cell<bool>,
}

impl SecretStore for FakeKeyring {
    fn get(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, KeyringFailure> {
        if self.unavailable.get() {
            return Err(KeyringFailure::Unavailable);
        }
        self.secrets.borrow().get(name).cloned().map(Zeroizing::new).ok_or(KeyringFailure::NoEntry)
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeyringFailure> {
        if self.unavailable.get() {
            return Err(KeyringFailure::Unavailable);
        }
        self.secrets.borrow_mut().insert(name.to_owned(), secret.to_vec());
        Ok(())
    }

    fn delete(&self, name: &str) {
        self.secrets.borrow_mut().remove(name);
    }
}

fn folder_and_path() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("conclave").join("identity");
    (folder, path)
}

fn with(keyring: &FakeKeyring, path: &Path) -> Result<(DeviceIdentity, Storage), IdentityStoreError> {
    load_or_create_with(path, Some(keyring))
}

#[test]
fn a_file_keeps_the_identity() {
    let (_folder, path) = folder_and_path();
    let location = StoreLocation::File(path.clone());
    let (made, storage) = load_or_create(&location).unwrap();
    assert_eq!(storage, Storage::File(path));
    let (found, _) = load_or_create(&location).unwrap();
    assert_eq!(found.public_key(), made.public_key());
}

#[test]
fn a_keyring_keeps_the_identity_and_the_file_does_not_hold_it() {
    let (_folder, path) = folder_and_path();
    let keyring = FakeKeyring::default();
    let (made, storage) = with(&keyring, &path).unwrap();
    assert_eq!(storage, Storage::Keyring);
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains(&encode(made.seed().as_slice())), "the seed is in {text}");
    assert_eq!(with(&keyring, &path).unwrap().0.public_key(), made.public_key());
}

#[test]
fn without_a_keyring_the_file_does() {
    let (_folder, path) = folder_and_path();
    let keyring = FakeKeyring::default();
    keyring.unavailable.set(true);
    let (made, storage) = with(&keyring, &path).unwrap();
    assert_eq!(storage, Storage::File(path.clone()));
    // And goes on to when there is one.
    keyring.unavailable.set(false);
    let (found, storage) = with(&keyring, &path).unwrap();
    assert_eq!((found.public_key(), storage), (made.public_key(), Storage::File(path)));
}

#[test]
fn a_keyring_that_cannot_be_reached_or_has_lost_it_makes_no_second_identity() {
    let (_folder, path) = folder_and_path();
    let keyring = FakeKeyring::default();
    with(&keyring, &path).unwrap();
    keyring.unavailable.set(true);
    assert!(matches!(with(&keyring, &path), Err(IdentityStoreError::KeyringUnavailable)));
    assert!(matches!(load_or_create_with(&path, None), Err(IdentityStoreError::KeyringUnavailable)));
    keyring.unavailable.set(false);
    for secret in keyring.secrets.borrow_mut().values_mut() {
        secret[0] ^= 1;
    }
    assert!(matches!(with(&keyring, &path), Err(IdentityStoreError::Lost(_))));
    keyring.secrets.borrow_mut().clear();
    assert!(matches!(with(&keyring, &path), Err(IdentityStoreError::Lost(_))));
}

#[test]
fn a_damaged_file_makes_no_second_identity() {
    let (_folder, path) = folder_and_path();
    let location = StoreLocation::File(path.clone());
    load_or_create(&location).unwrap();
    let whole = fs::read(&path).unwrap();
    for damaged in [&whole[..whole.len() - 2], &[], b"conclave device identity 1\nseed AAAA\n", &[0xFF; 40]] {
        fs::write(&path, damaged).unwrap();
        assert!(matches!(load_or_create(&location), Err(IdentityStoreError::Damaged(_))));
        assert_eq!(fs::read(&path).unwrap(), damaged);
    }
}

#[test]
fn programs_that_start_at_the_same_time_have_one_identity() {
    let (_folder, path) = folder_and_path();
    let location = StoreLocation::File(path.clone());
    let keys: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> =
            (0..8).map(|_| scope.spawn(|| load_or_create(&location).unwrap().0.public_key())).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]));
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "a draft was left");
}

#[test]
fn the_slower_of_two_programs_leaves_nothing_in_the_keyring() {
    let (_folder, path) = folder_and_path();
    let keyring = FakeKeyring::default();
    with(&keyring, &path).unwrap();
    assert!(create(&path, Some(&keyring)).unwrap().is_none());
    assert_eq!(keyring.secrets.borrow().len(), 1);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn only_the_owner_may_read_the_file_and_its_folder() {
        let (_folder, path) = folder_and_path();
        load_or_create(&StoreLocation::File(path.clone())).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let (_folder, path) = folder_and_path();
        let location = StoreLocation::File(path.clone());
        load_or_create(&location).unwrap();
        for exposed in [0o640, 0o604, 0o620] {
            fs::set_permissions(&path, fs::Permissions::from_mode(exposed)).unwrap();
            assert!(matches!(load_or_create(&location), Err(IdentityStoreError::Exposed(_))), "{exposed:o}");
        }
    }

    #[test]
    fn a_symbolic_link_and_a_folder_are_refused() {
        let (folder, path) = folder_and_path();
        load_or_create(&StoreLocation::File(path.clone())).unwrap();
        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        let dangling = folder.path().join("dangling");
        symlink(folder.path().join("nowhere"), &dangling).unwrap();
        for path in [link, dangling, folder.path().to_owned()] {
            assert!(matches!(load_or_create(&StoreLocation::File(path)), Err(IdentityStoreError::NotAFile(_))));
        }
    }
}
