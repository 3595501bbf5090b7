//! What is kept from one start to the next: what the person chose, and what this device knows of rooms and devices. In
//! one JSON file of the app's data folder, which only its owner can read.

mod kept;
mod preferences;
mod recent;

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use conclave_call::keys::hosted_rooms::HostedRoom;
use conclave_call::keys::known_devices::KnownDevices;
use conclave_call::protocol::ids::RoomId;
use conclave_call::protocol::invite::InviteLink;
use conclave_call::protocol::peer::DisplayName;
use serde::Serialize;
use tauri::{AppHandle, Runtime};
use tauri_plugin_store::{Store, StoreBuilder, resolve_store_path};
use thiserror::Error;
use ts_rs::TS;

pub use kept::{Kept, Unreadable, VERSION};
pub use preferences::{
    GlobalKeys, NetworkSettings, OwnServer, Preferences, RecentRoomsKept, RoomPlace, Route, Theme, WhenClosed,
};
pub use recent::{RecentRoom, RecentRooms};

/// In the app's data folder.
const FILE: &str = "settings.json";

/// Why something is not kept, as the window is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum SettingsError {
    /// The file or its folder can't be written.
    #[error("the settings can't be saved")]
    NotSaved,
    /// This device has made as many rooms as are remembered.
    #[error("this device has made too many rooms")]
    TooManyRooms,
}

/// What was found at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SettingsFound {
    /// Settings.
    Kept,
    /// None: the first start.
    Fresh,
    /// Some that can't be read. They were put aside, and the defaults hold.
    Unreadable,
}

/// The settings, in memory and in their file.
pub struct Settings<R: Runtime> {
    store: Arc<Store<R>>,
    kept: Mutex<Kept>,
    found: SettingsFound,
}

impl<R: Runtime> Settings<R> {
    /// Reads the file.
    ///
    /// # Errors
    /// What the system says of the data folder.
    pub fn open(app: &AppHandle<R>) -> Result<Self, tauri_plugin_store::Error> {
        let path = resolve_store_path(app, FILE)?;
        if let Some(folder) = path.parent() {
            create_private_folder(folder)?;
        }
        let (kept, found) = read(&path)?;
        let store = StoreBuilder::new(app, FILE).disable_auto_save().build()?;
        Ok(Self { store, kept: Mutex::new(kept), found })
    }

    /// What was found at the start.
    pub fn found(&self) -> SettingsFound {
        self.found
    }

    /// Everything, as it is now.
    pub fn kept(&self) -> Kept {
        self.lock().clone()
    }

    /// How a room is run, if this device made it.
    pub fn hosted(&self, room: RoomId) -> Option<HostedRoom> {
        self.lock().hosted_rooms.get(&room)
    }

    /// Puts others in the place of all of the person's choices.
    ///
    /// # Errors
    /// [`SettingsError::NotSaved`]; they hold until the program ends.
    pub fn set_preferences(&self, preferences: Preferences) -> Result<(), SettingsError> {
        self.change(|kept| kept.preferences = preferences.tidied())
    }

    /// This device made a room.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn keep_hosted(&self, room: RoomId, hosted: HostedRoom) -> Result<(), SettingsError> {
        let mut refused = false;
        self.change(|kept| refused = kept.hosted_rooms.insert(room, hosted).is_err())?;
        if refused { Err(SettingsError::TooManyRooms) } else { Ok(()) }
    }

    /// Devices were seen or confirmed.
    ///
    /// # Errors
    /// [`SettingsError::NotSaved`].
    pub fn keep_known(&self, known: &KnownDevices) -> Result<(), SettingsError> {
        self.change(|kept| kept.known_devices.clone_from(known))
    }

    /// A room was made, or is being joined. Without a name it keeps the one it had.
    ///
    /// # Errors
    /// [`SettingsError::NotSaved`].
    pub fn visit(&self, link: &InviteLink, name: Option<&str>) -> Result<(), SettingsError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        self.change(|kept| {
            if kept.preferences.recent_rooms == RecentRoomsKept::NotKept {
                return;
            }
            let hosted = kept.hosted_rooms.get(&link.room).is_some();
            kept.recent_rooms.visit(link, name, hosted, now_ms);
        })
    }

    /// Who was in a room.
    ///
    /// # Errors
    /// [`SettingsError::NotSaved`].
    pub fn met(&self, room: RoomId, people: Vec<DisplayName>) -> Result<(), SettingsError> {
        self.change(|kept| kept.recent_rooms.met(room, people))
    }

    /// Takes a room from the recent ones. How it is run is remembered: its link may be somewhere else still.
    ///
    /// # Errors
    /// [`SettingsError::NotSaved`].
    pub fn forget_recent(&self, room: RoomId) -> Result<(), SettingsError> {
        self.change(|kept| {
            kept.recent_rooms.remove(room);
        })
    }

    /// Forgets where this device was. How its own rooms are run is remembered: their links may be somewhere else still.
    ///
    /// # Errors
    /// [`SettingsError::NotSaved`].
    pub fn forget_all_recent(&self) -> Result<(), SettingsError> {
        self.change(|kept| kept.recent_rooms = RecentRooms::default())
    }

    /// Forgets whom this device has met and confirmed.
    ///
    /// # Errors
    /// [`SettingsError::NotSaved`].
    pub fn forget_known(&self) -> Result<(), SettingsError> {
        self.change(|kept| kept.known_devices = KnownDevices::default())
    }

    fn change(&self, change: impl FnOnce(&mut Kept)) -> Result<(), SettingsError> {
        let mut kept = self.lock();
        change(&mut kept);
        let entries = kept.entries().map_err(|_| SettingsError::NotSaved)?;
        for (key, value) in entries {
            self.store.set(key, value);
        }
        // Under the lock, so that of two changes the later one is written last.
        self.store.save().map_err(|error| {
            tracing::error!(%error, "the settings could not be saved");
            SettingsError::NotSaved
        })
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is in the file; one that can't be read is put aside, as the store would write over it.
fn read(path: &Path) -> Result<(Kept, SettingsFound), std::io::Error> {
    let text = match fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok((Kept::default(), SettingsFound::Fresh));
        }
        text => text?,
    };
    match Kept::read(&text) {
        Ok(kept) => Ok((kept, SettingsFound::Kept)),
        Err(Unreadable) => {
            fs::rename(path, path.with_extension("unreadable.json"))?;
            tracing::error!("the settings could not be read, and were put aside");
            Ok((Kept::default(), SettingsFound::Unreadable))
        }
    }
}

/// For nobody else to read: the file holds the keys of rooms, and whom this device has met.
fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_t_be_read_is_put_aside_and_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        assert_eq!(read(&path).unwrap(), (Kept::default(), SettingsFound::Fresh));
        fs::write(&path, "[damaged").unwrap();
        assert_eq!(read(&path).unwrap().1, SettingsFound::Unreadable);
        assert!(!path.exists());
        assert_eq!(fs::read(folder.path().join("settings.unreadable.json")).unwrap(), b"[damaged");
        fs::write(&path, r#"{"version":1}"#).unwrap();
        assert_eq!(read(&path).unwrap(), (Kept::default(), SettingsFound::Kept));
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_is_its_owner_s() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        create_private_folder(&data).unwrap();
        assert_eq!(fs::metadata(data).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
