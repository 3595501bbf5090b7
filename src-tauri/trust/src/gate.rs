//! Whom this end has anything to do with: who may greet it, and whose link it builds.

use std::collections::BTreeSet;

use conclave_keys::epoch::Epoch;
use conclave_keys::identity::DeviceKey;
use conclave_keys::statement::policy::{Access, Lock};

use super::admissions::Admissions;
use super::authority::{Authority, Moment};

/// The most devices that are remembered as having been in the room.
const MAX_SEEN: usize = 64;

/// The devices that have proven who they are in this room: a lock doesn't keep them out.
#[derive(Debug, Default)]
pub(super) struct SeenDevices(BTreeSet<DeviceKey>);

impl SeenDevices {
    pub(super) fn insert(&mut self, device: DeviceKey) {
        if self.0.len() < MAX_SEEN {
            self.0.insert(device);
        }
    }

    pub(super) fn forget(&mut self, device: &DeviceKey) {
        self.0.remove(device);
    }

    fn contains(&self, device: &DeviceKey) -> bool {
        self.0.contains(device)
    }
}

/// Where the server has somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Inside,
    /// Before the room, to be let in.
    Outside,
}

/// The rules at one moment.
#[derive(Clone, Copy)]
pub(super) struct Gate<'a> {
    pub(super) authority: &'a Authority,
    pub(super) admissions: &'a Admissions,
    pub(super) seen: &'a SeenDevices,
    pub(super) moment: Moment<'a>,
    pub(super) own_device: DeviceKey,
}

impl Gate<'_> {
    /// Whether links are built with the device: with the host's always; in an open room that nobody was put out of with
    /// all, or while it is locked with those who were there; otherwise with those whom the host has let in.
    pub(super) fn lets_in(&self, device: &DeviceKey, place: Place) -> bool {
        let Moment { epoch, present, .. } = self.moment;
        if self.authority.removed().contains(device) {
            return false;
        }
        let rules = self.authority.rules(present);
        // Whoever was put out has the link, and can make itself another device.
        let nobody_was_put_out = epoch == Epoch::FIRST && !self.authority.has_begun(Epoch::FIRST.next());
        let open = nobody_was_put_out && rules.access == Access::Open && place == Place::Inside;
        let known = rules.lock == Lock::Unlocked || self.seen.contains(device);
        (open && known) || self.is_expected(device)
    }

    /// Whether the Hello of a device that comes in is answered: in a locked room only of those who were there, or were
    /// let in; and by whoever governs, to tell it.
    pub(super) fn greets(&self, device: &DeviceKey) -> bool {
        let rules = self.authority.rules(self.moment.present);
        self.governs() || rules.lock == Lock::Unlocked || self.seen.contains(device) || self.is_expected(device)
    }

    /// The host, whom it trusts to act for it, and whom it has let in.
    fn is_expected(&self, device: &DeviceKey) -> bool {
        self.authority.host().is_host(device)
            || self.authority.names_as_co_host(device)
            || self.admissions.contains(device, self.moment)
            || self.admissions.were_mine(device, self.moment.now_ms)
    }

    /// Whether this end has to be let in, and isn't.
    pub(super) fn has_to_ask(&self) -> bool {
        !self.lets_in(&self.own_device, Place::Inside)
    }

    pub(super) fn is_locked(&self) -> bool {
        self.authority.rules(self.moment.present).lock == Lock::Locked
    }

    /// Whether this end and the device may speak in the first epoch though this end is in a later one: newcomers do so
    /// with who governs, and the host, if it comes back and knows nothing any more, with everybody.
    pub(super) fn greets_newcomer(&self, device: &DeviceKey) -> bool {
        self.governs() || self.authority.host().is_host(device)
    }

    /// Whether the device would speak for the room if it is who it says.
    pub(super) fn may_govern(&self, device: &DeviceKey) -> bool {
        let present = [self.moment.present, &[*device]].concat();
        self.authority.rank(device, &present).is_some()
    }

    /// Whether this end speaks for the room.
    pub(super) fn governs(&self) -> bool {
        self.authority.rank(&self.own_device, self.moment.present).is_some()
    }
}
