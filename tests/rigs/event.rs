//! What a headless participant prints while it is in a call: one JSON object a line.

use conclave_protocol::ids::ParticipantId;
use conclave_protocol::line::LineState;
use conclave_protocol::notice::{DeviceFault, DeviceKind, Notice, SecurityProblem};
use conclave_protocol::snapshot::{EndReason, Governance, Knock, Recognition, SharingState, VerifiedIdentity};
use serde::Deserialize;

/// Something that happened to a participant.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It is in the room.
    Joined {
        /// As whom.
        participant: ParticipantId,
    },
    /// It waits before the room to be let in.
    Waiting,
    /// How the room is run, as far as it knows.
    Governance {
        /// How.
        governance: Governance,
    },
    /// Somebody asks it to be let in.
    Knock {
        /// Who.
        participant: ParticipantId,
        /// What they say.
        knock: Knock,
    },
    /// What it knows of somebody's device.
    Recognised {
        /// Who.
        peer: ParticipantId,
        /// What.
        recognition: Recognition,
    },
    /// The link to somebody is up, for the first time or again.
    Connected {
        /// Who.
        peer: ParticipantId,
        /// Their name, once they said it.
        name: Option<String>,
    },
    /// What somebody sends on their screen line.
    Screen {
        /// Who.
        peer: ParticipantId,
        /// Whether anything.
        state: LineState,
    },
    /// What it shares itself.
    Sharing {
        /// What.
        sharing: SharingState,
    },
    /// The link to somebody is interrupted.
    Reconnecting {
        /// Who.
        peer: ParticipantId,
    },
    /// Somebody has proven who they are.
    Verified {
        /// Who.
        peer: ParticipantId,
        /// As whom.
        identity: VerifiedIdentity,
    },
    /// The room's code is this now.
    RoomCode {
        /// Thirty digits.
        code: String,
    },
    /// Somebody is gone.
    Left {
        /// Who.
        peer: ParticipantId,
    },
    /// Something its person should know.
    Notice {
        /// What.
        notice: Notice,
    },
    /// The call is over.
    Ended {
        /// Why.
        reason: EndReason,
    },
}

impl Event {
    /// The event in a line, if it is one.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }

    /// Whether it tells that fault of a device of that kind.
    #[must_use]
    pub fn is_fault(&self, expected_kind: DeviceKind, expected_fault: DeviceFault) -> bool {
        matches!(self, Self::Notice { notice: Notice::Device { kind, fault, .. } }
            if *kind == expected_kind && *fault == expected_fault)
    }

    /// Whether it tells that a device of that kind works again.
    #[must_use]
    pub fn is_recovery(&self, expected_kind: DeviceKind) -> bool {
        matches!(self, Self::Notice { notice: Notice::DeviceRecovered { kind, .. } } if *kind == expected_kind)
    }

    /// Whether it is about a device, at fault or well again.
    #[must_use]
    pub fn is_about_a_device(&self) -> bool {
        matches!(self, Self::Notice { notice: Notice::Device { .. } | Notice::DeviceRecovered { .. } })
    }

    /// Whether it tells that problem with somebody.
    #[must_use]
    pub fn is_security(&self, expected: SecurityProblem) -> bool {
        matches!(self, Self::Notice { notice: Notice::Security { problem, .. } } if *problem == expected)
    }

    /// Whether it is that notice.
    #[must_use]
    pub fn is_notice(&self, expected: &Notice) -> bool {
        matches!(self, Self::Notice { notice } if notice == expected)
    }
}
