//! The rules that a host begins with, and what the person is shown of those in force.

use conclave_keys::epoch::Epoch;
use conclave_keys::hosted_rooms::HostedRoom;
use conclave_keys::statement::Signed;
use conclave_keys::statement::authority::Rank;
use conclave_keys::statement::policy::{self, PasswordRule, Policy};
use conclave_protocol::signalling::{Access, Lock};
use conclave_protocol::snapshot::{Governance, Office};

use super::Trust;
use super::authority::{Moment, Rules};

/// The number of the rules that a room is made with. All that are said later have higher ones, so a host that was
/// restarted hears of those from whoever is there and follows them.
const OPENING_REVISION: u64 = 1;

impl Trust {
    /// Begins with the rules that this device made the room with. On a device that isn't the host's nothing happens.
    pub fn open(&mut self, hosted: HostedRoom) {
        let password = if hosted.password.is_some() { PasswordRule::Needed } else { PasswordRule::None };
        let rules = Rules { access: hosted.access, password, ..Rules::default() };
        if !self.authority.host().is_host(&self.own_device()) || rules == Rules::default() {
            return;
        }
        let Rules { access, lock, password, co_hosts } = rules;
        let policy = Policy {
            room: self.authority.room(),
            epoch: Epoch::FIRST,
            revision: OPENING_REVISION,
            access,
            password,
            lock,
            co_hosts,
        };
        let present = self.present();
        let moment = Moment { epoch: Epoch::FIRST, now_ms: self.now_ms, present: &present };
        let policy = Signed::sign(policy, &self.identity);
        if !policy.is_ok_and(|policy| self.authority.take_policy(&policy, moment).is_ok()) {
            tracing::error!("the room's own rules could not be signed");
        }
    }

    /// How the room is run, as far as this end knows.
    pub fn governance(&self) -> Governance {
        let present = self.present();
        let Rules { access, lock, .. } = self.authority.rules(&present);
        Governance {
            office: match self.authority.rank(&self.own_device(), &present) {
                Some(Rank::Host) => Office::Host,
                Some(Rank::Acting) => Office::ActingHost,
                None if self.authority.names_as_co_host(&self.own_device()) => Office::CoHost,
                None => Office::Guest,
            },
            access: match access {
                policy::Access::Open => Access::Open,
                policy::Access::Lobby => Access::Lobby,
            },
            lock: match lock {
                policy::Lock::Unlocked => Lock::Unlocked,
                policy::Lock::Locked => Lock::Locked,
            },
        }
    }
}
