//! How the room is run.

use conclave_protocol::ids::RoomId;
use serde::{Deserialize, Serialize};

use super::{MAX_NUMBER, Statement};
use crate::epoch::Epoch;
use crate::identity::DeviceKey;

/// The most co-hosts.
pub const MAX_CO_HOSTS: usize = 10;

/// Who may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Access {
    /// Whoever has the link.
    Open,
    /// Whom the host admits.
    Lobby,
}

/// Whether the link is all that one needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PasswordRule {
    /// The link is enough.
    None,
    /// A password is needed beside the link.
    Needed,
}

/// Whether anybody else may come in at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Lock {
    /// As [`Access`] says.
    Unlocked,
    /// Nobody.
    Locked,
}

/// The host's rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// R.
    pub room: RoomId,
    /// The epoch that they are for.
    pub epoch: Epoch,
    /// Counts up with each change that one host makes; the highest is in force.
    pub revision: u64,
    /// Who may come in.
    pub access: Access,
    /// Whether a password is needed.
    pub password: PasswordRule,
    /// Whether the room is locked.
    pub lock: Lock,
    /// Who acts for the host when it is gone: the first of them who is present. The host names them in the order of
    /// their presence, the longest present first; at most [`MAX_CO_HOSTS`].
    pub co_hosts: Vec<DeviceKey>,
}

impl Statement for Policy {
    const KIND: u8 = 1;
    const DOMAIN: &'static str = "conclave v1 policy";

    fn is_bounded(&self) -> bool {
        self.co_hosts.len() <= MAX_CO_HOSTS && self.revision <= MAX_NUMBER && self.epoch.0 <= MAX_NUMBER
    }
}
