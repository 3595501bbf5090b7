//! What this device keeps from one call to the next, in files beside each other: its identity, the rooms it made, the
//! devices it has seen.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use conclave_call::keys::hosted_rooms::{HostedRoom, HostedRooms, TooManyRooms};
use conclave_call::keys::identity::DeviceIdentity;
use conclave_call::keys::identity_store::{self, IdentityStoreError, StoreLocation};
use conclave_call::keys::known_devices::KnownDevices;
use conclave_call::protocol::ids::RoomId;
use etcetera::BaseStrategy as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// More than a thousand devices or rooms need.
const MAX_LENGTH: u64 = 1024 * 1024;

/// Why what a device keeps can't be had or kept.
#[derive(Debug, Error)]
pub(crate) enum DeviceError {
    #[error(transparent)]
    Identity(#[from] IdentityStoreError),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{} is damaged: restore it, or delete it", .0.display())]
    Damaged(PathBuf),
    #[error(transparent)]
    Rooms(#[from] TooManyRooms),
    #[error("this user has no home folder to keep a device's key in: name a file with --identity")]
    NoHome,
}

/// A device that is the same in every call.
pub(crate) struct Device {
    identity_file: PathBuf,
    rooms: HostedRooms,
    known: KnownDevices,
}

impl Device {
    /// Reads what is kept beside the identity in this file, and the identity; made when it isn't there.
    pub(crate) fn load_or_create(identity_file: &Path) -> Result<(Self, DeviceIdentity), DeviceError> {
        let (identity, _) = identity_store::load_or_create(&StoreLocation::File(identity_file.to_owned()))?;
        let identity_file = identity_file.to_owned();
        let (rooms, known) = (read(&beside(&identity_file, "rooms"))?, read(&beside(&identity_file, "known"))?);
        Ok((Self { identity_file, rooms, known }, identity))
    }

    /// Where a device's identity is kept that no argument says the place of.
    pub(crate) fn usual_place() -> Result<PathBuf, DeviceError> {
        let folders = etcetera::choose_base_strategy().map_err(|_| DeviceError::NoHome)?;
        Ok(folders.data_dir().join("conclave").join("headless-identity"))
    }

    pub(crate) fn identity_file(&self) -> &Path {
        &self.identity_file
    }

    /// How a room is run that this device made.
    pub(crate) fn hosted(&self, room: &RoomId) -> Option<HostedRoom> {
        self.rooms.get(room)
    }

    pub(crate) fn known(&self) -> &KnownDevices {
        &self.known
    }

    pub(crate) fn keep_hosted(&mut self, room: RoomId, hosted: HostedRoom) -> Result<(), DeviceError> {
        self.rooms.insert(room, hosted)?;
        write(&beside(&self.identity_file, "rooms"), &self.rooms)
    }

    pub(crate) fn keep_known(&mut self, known: KnownDevices) -> Result<(), DeviceError> {
        self.known = known;
        write(&beside(&self.identity_file, "known"), &self.known)
    }
}

fn beside(identity_file: &Path, what: &str) -> PathBuf {
    let mut name = identity_file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{what}.json"));
    identity_file.with_file_name(name)
}

fn read<Kept: DeserializeOwned + Default>(path: &Path) -> Result<Kept, DeviceError> {
    let failed = |source| DeviceError::File { path: path.to_owned(), source };
    let file = match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Kept::default()),
        file => file.map_err(failed)?,
    };
    let mut text = Vec::new();
    file.take(MAX_LENGTH).read_to_end(&mut text).map_err(failed)?;
    serde_json::from_slice(&text).map_err(|_| DeviceError::Damaged(path.to_owned()))
}

/// Whole or not at all, and for nobody else to read: it says whom this device has met.
fn write(path: &Path, kept: &impl Serialize) -> Result<(), DeviceError> {
    let failed = |source| DeviceError::File { path: path.to_owned(), source };
    let text = serde_json::to_vec_pretty(kept).map_err(|error| failed(error.into()))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut draft = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    draft.write_all(&text).map_err(failed)?;
    draft.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use conclave_call::keys::statement::policy::Access;
    use conclave_call::protocol::peer::DisplayName;

    use super::*;

    #[test]
    fn what_is_kept_is_there_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("device");
        let (mut device, identity) = Device::load_or_create(&file).unwrap();
        let hosted = HostedRoom { access: Access::Lobby, password: None };
        device.keep_hosted(RoomId([1; 16]), hosted).unwrap();
        let mut known = KnownDevices::default();
        known.confirm(identity.public_key(), &DisplayName::from_untrusted("Ada"), 1).unwrap();
        device.keep_known(known.clone()).unwrap();
        let (again, same) = Device::load_or_create(&file).unwrap();
        assert_eq!(same.public_key(), identity.public_key());
        assert_eq!(again.hosted(&RoomId([1; 16])), Some(hosted));
        assert_eq!(again.known(), &known);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.path().join("device.known.json")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_file_is_named_and_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("device");
        std::fs::write(folder.path().join("device.rooms.json"), "[").unwrap();
        assert!(matches!(Device::load_or_create(&file), Err(DeviceError::Damaged(_))));
        assert_eq!(std::fs::read(folder.path().join("device.rooms.json")).unwrap(), b"[");
    }
}
