//! Who the devices belong to, as far as this device remembers and people have compared.

use conclave_keys::identity::DeviceKey;
use conclave_keys::known_devices::{self, KnownDevices, TooManyConfirmed};
use conclave_protocol::peer::DisplayName;
use conclave_protocol::snapshot::Recognition;

use super::Trust;

impl Trust {
    /// Takes note of a device that has proven itself, and its name.
    pub fn see(&mut self, device: &DeviceKey, name: &DisplayName) -> Recognition {
        told(self.known.see(*device, name, self.now_ms))
    }

    /// People have compared: the device is this name's.
    pub fn confirm(&mut self, device: DeviceKey, name: &DisplayName) -> Result<(), TooManyConfirmed> {
        self.known.confirm(device, name, self.now_ms)
    }

    /// Forgets all devices that were seen.
    pub fn forget_devices(&mut self) {
        self.known = KnownDevices::default();
    }

    /// All devices that were seen.
    pub fn known_devices(&self) -> &KnownDevices {
        &self.known
    }

    /// What is known of a device that says it has this name.
    pub(super) fn recognise(&self, device: &DeviceKey, name: &DisplayName) -> Recognition {
        told(self.known.recognise(device, name))
    }
}

fn told(recognition: known_devices::Recognition) -> Recognition {
    match recognition {
        known_devices::Recognition::New => Recognition::New,
        known_devices::Recognition::Known => Recognition::Known,
        known_devices::Recognition::Confirmed => Recognition::Confirmed,
        known_devices::Recognition::NameWithOtherKey => Recognition::NameWithOtherKey,
    }
}
