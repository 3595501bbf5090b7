//! What a conference needs to know before it starts.

use conclave_keys::hosted_rooms::HostedRoom;
use conclave_keys::identity::DeviceIdentity;
use conclave_keys::known_devices::KnownDevices;
use conclave_keys::room_key::RoomKey;
use conclave_room::RoomConfig;

/// What a conference needs to know before it starts.
pub struct ConferenceConfig {
    /// The room, and what this end begins with in it.
    pub room: RoomConfig,
    /// The room's key, of the link's secret and the password if there is one.
    pub key: RoomKey,
    /// Who this device proves to be.
    pub identity: DeviceIdentity,
    /// How this room is run, if this device made it; without effect on other devices.
    pub hosted: Option<HostedRoom>,
    /// The devices that were seen before.
    pub known: KnownDevices,
}
