//! What the host has said: who it is, how the room is run, who was put out.

use conclave_keys::epoch::{Epoch, EpochSecretHash};
use conclave_keys::identity::DeviceKey;
use conclave_keys::statement::Signed;
use conclave_keys::statement::authority::{Change, HostAuthority, PolicyError, Rank};
use conclave_keys::statement::handover::{Handover, HandoverError};
use conclave_keys::statement::policy::{Access, Lock, PasswordRule, Policy};
use conclave_keys::statement::removal::{MAX_REMOVED_DEVICES, Removal, RemovalError, RemovedDevices};
use conclave_protocol::ids::{HostKeyHash, RoomId};

use super::problem::Distrust;

/// How the room is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rules {
    pub(super) access: Access,
    pub(super) lock: Lock,
    pub(super) password: PasswordRule,
    pub(super) co_hosts: Vec<DeviceKey>,
}

impl Default for Rules {
    /// Of a room whose host has said nothing.
    fn default() -> Self {
        Self { access: Access::Open, lock: Lock::Unlocked, password: PasswordRule::None, co_hosts: Vec::new() }
    }
}

impl From<&Policy> for Rules {
    fn from(policy: &Policy) -> Self {
        let Policy { access, lock, password, co_hosts, .. } = policy.clone();
        Self { access, lock, password, co_hosts }
    }
}

/// Where and when something is said, and who is there to hear it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment<'a> {
    pub(super) epoch: Epoch,
    pub(super) now_ms: u64,
    /// The devices of verified links, and this end's.
    pub(super) present: &'a [DeviceKey],
}

/// Whether this end has spoken for the room since it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tenure {
    /// Not yet: a host may have been there before, and have forgotten all that it said.
    Returning,
    Established,
}

/// What the host has said.
#[derive(Debug)]
pub(super) struct Authority {
    first: HostKeyHash,
    host: HostAuthority,
    removed: RemovedDevices,
    removals: Vec<Signed<Removal>>,
    /// Of those who might remove once, at most [`MAX_REMOVED_DEVICES`] of each: they put nobody out any more, but tell
    /// what secret their epoch has.
    former_removals: Vec<Signed<Removal>>,
    /// The latest epoch that somebody began who might do so then.
    begun: Epoch,
    /// The rules that were in force last: a new host's are not there at once, and no gap may open the room.
    last_rules: Rules,
}

impl Authority {
    pub(super) fn new(room: RoomId, first: HostKeyHash) -> Self {
        Self {
            first,
            host: HostAuthority::new(room, first),
            removed: RemovedDevices::default(),
            removals: Vec::new(),
            former_removals: Vec::new(),
            begun: Epoch::FIRST,
            last_rules: Rules::default(),
        }
    }

    pub(super) fn room(&self) -> RoomId {
        self.host.room()
    }

    /// H of the link.
    pub(super) fn first(&self) -> HostKeyHash {
        self.first
    }

    pub(super) fn host(&self) -> &HostAuthority {
        &self.host
    }

    pub(super) fn removed(&self) -> &RemovedDevices {
        &self.removed
    }

    pub(super) fn rank(&self, device: &DeviceKey, present: &[DeviceKey]) -> Option<Rank> {
        self.host.rank(device, present)
    }

    pub(super) fn policy(&self, present: &[DeviceKey]) -> Option<&Policy> {
        self.host.policy(present).map(Signed::statement)
    }

    pub(super) fn rules(&self, present: &[DeviceKey]) -> Rules {
        self.policy(present).map_or_else(|| self.last_rules.clone(), Rules::from)
    }

    /// Whether the epoch was begun by a host, or by one who might act for it: what a host that was gone can know.
    pub(super) fn has_begun(&self, epoch: Epoch) -> bool {
        epoch <= self.begun
    }

    /// Whether a host, or one who might act for it, has signed a removal into this epoch with this secret.
    pub(super) fn names(&self, epoch: Epoch, secret: EpochSecretHash) -> bool {
        let mut known = self.removals.iter().chain(&self.former_removals).map(Signed::statement);
        known.any(|removal| removal.epoch == epoch && removal.secret_hash == secret)
    }

    /// What was said, by who acts for the host, of whom it put out.
    pub(super) fn removals_by_co_hosts(&self) -> Vec<Removal> {
        let by_co_host = |removal: &&Signed<Removal>| self.names_as_co_host(&removal.signer());
        self.former_removals.iter().filter(by_co_host).map(|removal| removal.statement().clone()).collect()
    }

    pub(super) fn take_policy(&mut self, policy: &Signed<Policy>, moment: Moment<'_>) -> Result<Change, Distrust> {
        let taken = self.host.accept_policy(policy, moment.epoch, moment.present);
        let taken = taken.map_err(|error| match error {
            PolicyError::NotHost if self.might_have_been(&policy.signer()) => Distrust::Overruled,
            error => error.into(),
        })?;
        self.last_rules = self.rules(moment.present);
        Ok(taken)
    }

    pub(super) fn take_handover(&mut self, handover: &Signed<Handover>) -> Result<Change, Distrust> {
        let taken = self.host.accept_handover(handover);
        taken.map_err(|error| match error {
            HandoverError::NotHost if self.might_have_been(&handover.signer()) => Distrust::Overruled,
            error => error.into(),
        })
    }

    /// `tenure` is that of a host that hears of it, and nothing to all others.
    pub(super) fn take_removal(
        &mut self,
        removal: &Signed<Removal>,
        moment: Moment<'_>,
        tenure: Tenure,
    ) -> Result<Change, Distrust> {
        let known = self.removals.iter().any(|known| known.statement() == removal.statement());
        let taken = self.removed.accept(removal, &self.host, moment.epoch, moment.present);
        if taken == Err(RemovalError::NotHost) && self.might_have_been(&removal.signer()) {
            if tenure == Tenure::Returning && self.names_as_co_host(&removal.signer()) {
                // The host itself, which was gone when its co-host said so.
                self.begun = self.begun.max(removal.statement().epoch);
            }
            self.keep_former(removal);
            return Err(Distrust::Overruled);
        }
        taken?;
        let Removal { device_key: device, epoch, .. } = *removal.statement();
        self.begun = self.begun.max(epoch);
        let later = |known: &Removal| known.device_key == device && known.epoch > epoch;
        if known || self.removals.iter().map(Signed::statement).any(later) {
            return Ok(Change::Unchanged);
        }
        // One device more than once, as the host put it out again: only the latest is worth telling.
        self.removals.retain(|known| known.statement().device_key != device);
        self.removals.push(removal.clone());
        Ok(Change::Changed)
    }

    fn keep_former(&mut self, removal: &Signed<Removal>) {
        if self.former_removals.iter().any(|known| known.statement() == removal.statement()) {
            return;
        }
        let of_signer = |known: &&Signed<Removal>| known.signer() == removal.signer();
        if self.former_removals.iter().filter(of_signer).count() >= MAX_REMOVED_DEVICES
            && let Some(oldest) = self.former_removals.iter().position(|known| of_signer(&known))
        {
            self.former_removals.remove(oldest);
        }
        self.former_removals.push(removal.clone());
    }

    /// Whether the signer is no stranger to the role: it was host, or may act for it. Its word can be late.
    pub(super) fn might_have_been(&self, device: &DeviceKey) -> bool {
        let former = self.host.handovers().iter().any(|handover| handover.statement().from == *device);
        former || device.key_hash() == self.first || self.last_rules.co_hosts.contains(device)
    }

    /// Whether the host itself has named the device as one that acts for it.
    pub(super) fn names_as_co_host(&self, device: &DeviceKey) -> bool {
        self.host.host_policy().is_some_and(|policy| policy.statement().co_hosts.contains(device))
    }

    /// All that a newcomer has to know, in the order in which it can be checked.
    pub(super) fn told(&self, moment: Moment<'_>) -> Vec<Vec<u8>> {
        let handovers = self.host.handovers().iter().map(Signed::to_bytes);
        // Whose co-hosts act is the host's word; what one of them says comes after it.
        let host_policy = self.host.host_policy();
        let policy = self.host.policy(moment.present).filter(|policy| Some(*policy) != host_policy);
        let policies = host_policy.into_iter().chain(policy).map(Signed::to_bytes);
        let began = |removal: &&Signed<Removal>| {
            removal.statement().epoch == moment.epoch && self.might_have_been(&removal.signer())
        };
        let removals = self.removals.iter().chain(self.former_removals.iter().filter(began)).map(Signed::to_bytes);
        handovers.chain(policies).chain(removals).collect()
    }
}
