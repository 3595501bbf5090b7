//! Who the host is: the device of the link's H, and after it whom the role was handed to.
//!
//! The n-th handover carries the number n and is signed by the host at that time, so of two chains one continues the
//! other, or they part at a place where one host signed twice, which is reported and changes nothing. While the host is
//! gone the first of its co-hosts who is present acts for it; that ends when the host is back. Present are the devices of
//! verified sessions, and mine.

use conclave_protocol::ids::{HostKeyHash, RoomId};
use thiserror::Error;

use super::Signed;
use super::handover::{Handover, HandoverError, MAX_HANDOVERS};
use super::policy::Policy;
use crate::epoch::Epoch;
use crate::identity::DeviceKey;

/// As what somebody may speak for the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rank {
    /// The host.
    Host,
    /// A co-host while the host is gone.
    Acting,
}

/// What a statement changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// It is in force now.
    Changed,
    /// It was known.
    Unchanged,
}

/// Why a policy is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// For another room.
    #[error("the policy is for another room")]
    OtherRoom,
    /// For an epoch that is over.
    #[error("the policy is for an earlier epoch")]
    OtherEpoch,
    /// Signed by somebody who may not make rules.
    #[error("the policy is not the host's")]
    NotHost,
    /// Older than the one that is known.
    #[error("the policy is an older one")]
    Outdated,
    /// The signer has signed two of one revision. The one that was seen first stays.
    #[error("there are two policies of one revision")]
    Conflict,
}

/// Who may speak for a room, and the rules that are in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostAuthority {
    room: RoomId,
    first: HostKeyHash,
    chain: Vec<Signed<Handover>>,
    host_policy: Option<Signed<Policy>>,
    acting_policy: Option<Signed<Policy>>,
}

impl HostAuthority {
    /// From R and H of the link.
    #[must_use]
    pub fn new(room: RoomId, first: HostKeyHash) -> Self {
        Self { room, first, chain: Vec::new(), host_policy: None, acting_policy: None }
    }

    /// R.
    #[must_use]
    pub fn room(&self) -> RoomId {
        self.room
    }

    /// Whether the device is the host.
    #[must_use]
    pub fn is_host(&self, device: &DeviceKey) -> bool {
        self.is_host_after(self.chain.len(), device)
    }

    /// Whether the device was the host after so many handovers.
    fn is_host_after(&self, handovers: usize, device: &DeviceKey) -> bool {
        match handovers.checked_sub(1).and_then(|last| self.chain.get(last)) {
            Some(handover) => handover.statement().to == *device,
            None => device.key_hash() == self.first,
        }
    }

    /// The handovers so far, to be shown to newcomers.
    #[must_use]
    pub fn handovers(&self) -> &[Signed<Handover>] {
        &self.chain
    }

    /// The host's own rules, which name who acts for it.
    #[must_use]
    pub fn host_policy(&self) -> Option<&Signed<Policy>> {
        self.host_policy.as_ref()
    }

    /// The number of the next handover.
    #[must_use]
    pub fn next_handover(&self) -> u64 {
        self.chain.len() as u64 + 1
    }

    /// Takes a handover. A newcomer takes all of a chain one after the other.
    ///
    /// # Errors
    /// [`HandoverError`].
    pub fn accept_handover(&mut self, handover: &Signed<Handover>) -> Result<Change, HandoverError> {
        let Handover { room, revision, from, .. } = handover.statement();
        if *room != self.room {
            return Err(HandoverError::OtherRoom);
        }
        let place = revision.checked_sub(1).and_then(|place| usize::try_from(place).ok());
        let place = place.filter(|place| *place <= self.chain.len()).ok_or(HandoverError::Gap)?;
        if handover.signer() != *from || !self.is_host_after(place, from) {
            return Err(HandoverError::NotHost);
        }
        match self.chain.get(place) {
            Some(known) if known.statement() == handover.statement() => Ok(Change::Unchanged),
            Some(_) => Err(HandoverError::Conflict),
            None if place >= MAX_HANDOVERS => Err(HandoverError::TooMany),
            None => {
                self.chain.push(handover.clone());
                // The new host makes rules of its own, numbered from wherever it likes.
                self.host_policy = None;
                self.acting_policy = None;
                Ok(Change::Changed)
            }
        }
    }

    /// Who acts for the host: the first co-host of the host's policy who is present, while the host is not.
    #[must_use]
    pub fn acting_host(&self, present: &[DeviceKey]) -> Option<DeviceKey> {
        if present.iter().any(|device| self.is_host(device)) {
            return None;
        }
        let co_hosts = &self.host_policy.as_ref()?.statement().co_hosts;
        co_hosts.iter().find(|co_host| present.contains(co_host)).copied()
    }

    /// As what the device may speak, given who is present.
    #[must_use]
    pub fn rank(&self, device: &DeviceKey, present: &[DeviceKey]) -> Option<Rank> {
        if self.is_host(device) {
            Some(Rank::Host)
        } else {
            (self.acting_host(present)? == *device).then_some(Rank::Acting)
        }
    }

    /// Takes a policy of the host or the acting host, for the epoch that I am in or a later one: a newcomer hears of the
    /// rules before it is told the epoch's secret.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn accept_policy(
        &mut self,
        policy: &Signed<Policy>,
        epoch: Epoch,
        present: &[DeviceKey],
    ) -> Result<Change, PolicyError> {
        if policy.statement().room != self.room {
            return Err(PolicyError::OtherRoom);
        }
        if policy.statement().epoch < epoch {
            return Err(PolicyError::OtherEpoch);
        }
        let known = match self.rank(&policy.signer(), present).ok_or(PolicyError::NotHost)? {
            Rank::Host => &mut self.host_policy,
            Rank::Acting => &mut self.acting_policy,
        };
        // A different acting host starts to count anew.
        let of_signer = known.as_ref().filter(|known| known.signer() == policy.signer());
        match of_signer.map(|known| (known.statement(), known.statement().revision.cmp(&policy.statement().revision))) {
            Some((known, _)) if known == policy.statement() => return Ok(Change::Unchanged),
            Some((_, std::cmp::Ordering::Greater)) => return Err(PolicyError::Outdated),
            Some((_, std::cmp::Ordering::Equal)) => return Err(PolicyError::Conflict),
            Some((_, std::cmp::Ordering::Less)) | None => *known = Some(policy.clone()),
        }
        Ok(Change::Changed)
    }

    /// The rules in force: the host's, or those of who acts for it now. Whose co-hosts act is always the host's word.
    #[must_use]
    pub fn policy(&self, present: &[DeviceKey]) -> Option<&Signed<Policy>> {
        let acting = self.acting_host(present);
        let acting_policy = self.acting_policy.as_ref().filter(|policy| Some(policy.signer()) == acting);
        acting_policy.or(self.host_policy.as_ref())
    }
}

#[cfg(test)]
mod tests;
