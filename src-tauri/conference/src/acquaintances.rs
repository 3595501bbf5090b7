//! Who has been looked up among the known devices: each person once, and again under another name.

use std::collections::HashMap;

use conclave_keys::identity::DeviceKey;
use conclave_protocol::ids::ParticipantId;
use conclave_protocol::peer::DisplayName;

/// Those who are there and were looked up; no more than there are participants.
#[derive(Debug, Default)]
pub(crate) struct Acquaintances(HashMap<ParticipantId, (DeviceKey, DisplayName)>);

impl Acquaintances {
    /// Whether the device has not been looked up under this name.
    pub(crate) fn is_news(&mut self, peer: ParticipantId, device: DeviceKey, name: &DisplayName) -> bool {
        if self.0.get(&peer).is_some_and(|(known, called)| *known == device && called == name) {
            return false;
        }
        self.0.insert(peer, (device, name.clone()));
        true
    }

    /// Forgets those who are gone.
    pub(crate) fn keep_only(&mut self, present: impl Fn(&ParticipantId) -> bool) {
        self.0.retain(|peer, _| present(peer));
    }
}
