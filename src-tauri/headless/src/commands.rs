//! What is asked of a participant while it is in a call: JSON objects on standard input, one a line.

use conclave_call::protocol::ids::ParticipantId;
use conclave_call::protocol::intent::{HostCommand, Intent, ScreenChoice};
use conclave_call::protocol::peer::DisplayName;
use conclave_call::protocol::signalling::{Access, Lock};
use conclave_call::protocol::sound::{SoundProcessing, Switch};
use serde::Deserialize;

/// One line of standard input.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Command {
    /// Let one in who waits.
    Admit { participant: ParticipantId },
    /// Don't let one in who waits.
    Refuse { participant: ParticipantId },
    /// Put one out, for good.
    Kick { participant: ParticipantId },
    /// Let nobody in any more who wasn't there.
    Lock {},
    /// Let people in again.
    Unlock {},
    /// Have newcomers wait to be let in, or not.
    Access { access: Access },
    /// Make somebody else the host.
    HandOver { participant: ParticipantId },
    /// Say who acts for the host while it is gone.
    CoHosts { participants: Vec<ParticipantId> },
    /// The safety signs were compared with this person's.
    Confirm { participant: ParticipantId },
    /// Be called something else.
    Rename { name: DisplayName },
    /// Silence the microphone.
    Mute {},
    /// Let the microphone be heard.
    Unmute {},
    /// Process the microphone's sound, or leave it as it is.
    SoundProcessing { processing: Switch },
    /// Share a monitor or a window.
    Share { screen: ScreenChoice },
    /// Share none any more.
    StopSharing {},
    /// Leave.
    Leave {},
}

impl Command {
    pub(crate) fn parse(line: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(line)
    }

    pub(crate) fn intent(self) -> Intent {
        let govern = |command| Intent::Govern { command };
        match self {
            Self::Admit { participant } => govern(HostCommand::Admit { participant }),
            Self::Refuse { participant } => govern(HostCommand::Refuse { participant }),
            Self::Kick { participant } => govern(HostCommand::Remove { participant }),
            Self::Lock {} => govern(HostCommand::SetLock { lock: Lock::Locked }),
            Self::Unlock {} => govern(HostCommand::SetLock { lock: Lock::Unlocked }),
            Self::Access { access } => govern(HostCommand::SetAccess { access }),
            Self::HandOver { participant } => govern(HostCommand::HandOver { participant }),
            Self::CoHosts { participants } => govern(HostCommand::NameCoHosts { participants }),
            Self::Confirm { participant } => Intent::ConfirmIdentity { participant },
            Self::Rename { name } => Intent::Rename { name },
            Self::Mute {} => Intent::MuteMicrophone { muted: true },
            Self::Unmute {} => Intent::MuteMicrophone { muted: false },
            Self::SoundProcessing { processing } => {
                Intent::SetSoundProcessing { processing: SoundProcessing::every(processing) }
            }
            Self::Share { screen } => Intent::ShareScreen { screen },
            Self::StopSharing {} => Intent::StopSharing,
            Self::Leave {} => Intent::Leave,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_as_the_manual_writes_them() {
        let id = ParticipantId([7; 16]);
        let line = format!(r#"{{"command":"admit","participant":{}}}"#, serde_json::to_string(&id).unwrap());
        assert_eq!(Command::parse(&line).unwrap(), Command::Admit { participant: id });
        assert_eq!(Command::parse(r#"{"command":"lock"}"#).unwrap(), Command::Lock {});
        let access = Command::parse(r#"{"command":"access","access":"lobby"}"#).unwrap();
        assert_eq!(access, Command::Access { access: Access::Lobby });
        let processing = Command::parse(r#"{"command":"sound_processing","processing":"on"}"#).unwrap();
        assert_eq!(processing.intent(), Intent::SetSoundProcessing { processing: SoundProcessing::ALL });
        let share = Command::parse(r#"{"command":"share","screen":"monitor:DP-1"}"#).unwrap();
        assert_eq!(share, Command::Share { screen: ScreenChoice("monitor:DP-1".into()) });
        for nonsense in ["", "admit", r#"{"command":"admit"}"#, r#"{"command":"lock","participant":"x"}"#, "[]"] {
            assert!(Command::parse(nonsense).is_err(), "{nonsense}");
        }
    }
}
