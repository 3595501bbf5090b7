//! What the person at this end asks for: the only way the UI changes anything.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::ParticipantId;
use crate::line::{TileSize, VideoLine};
use crate::peer::DisplayName;
use crate::signalling::{Access, Lock};
use crate::sound::SoundProcessing;

/// Which camera, microphone or speaker: the text form that `conclave-media` reads (`device:NAME`, `pattern`, …).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct DeviceChoice(pub String);

/// Which monitor or window: the text form that `conclave-media` reads (`monitor:ID`, `window:ID`, …).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct ScreenChoice(pub String);

/// Something the person asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Intent {
    /// Leave the room.
    Leave,
    /// Be called something else.
    Rename {
        /// The new name.
        name: DisplayName,
    },
    /// Send the picture of another camera, or of none.
    SelectCamera {
        /// Which; `None` turns the camera off.
        camera: Option<DeviceChoice>,
    },
    /// Speak into another microphone, or into none.
    SelectMicrophone {
        /// Which; `None` turns the microphone off.
        microphone: Option<DeviceChoice>,
    },
    /// Hear through another speaker.
    SelectSpeaker {
        /// Which.
        speaker: DeviceChoice,
    },
    /// Silence the microphone or let it be heard, keeping the device.
    MuteMicrophone {
        /// Whether it is silent.
        muted: bool,
    },
    /// Have the microphone's sound processed in this way. It goes on sounding meanwhile.
    SetSoundProcessing {
        /// In which.
        processing: SoundProcessing,
    },
    /// How large somebody's picture is drawn here.
    /// Show the others a monitor or a window, in the place of the one that is shown.
    ShareScreen {
        /// Which.
        screen: ScreenChoice,
    },
    /// Show the others no screen any more.
    StopSharing,
    /// How large somebody's picture is drawn here. Cameras are drawn as large as the call began with, screens not at all,
    /// until this says otherwise.
    ViewVideo {
        /// Whose.
        participant: ParticipantId,
        /// Which of their lines.
        line: VideoLine,
        /// How large, in device pixels.
        size: TileSize,
    },
    /// How loud somebody is played here.
    SetVolume {
        /// Who.
        participant: ParticipantId,
        /// 0 silent, 1 as sent, at most 2.
        volume: f32,
    },
    /// People have compared the safety signs: the device that is there under this name is that person's.
    ConfirmIdentity {
        /// Who.
        participant: ParticipantId,
    },
    /// Forget all devices that were seen and confirmed, also of those who are there.
    ForgetDevices,
    /// Govern the room: done on the host's device, and on that of who acts for it; elsewhere a notice says that it isn't.
    Govern {
        /// What is to be done.
        command: HostCommand,
    },
}

/// What a host has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum HostCommand {
    /// Let one in who waits.
    Admit {
        /// Who.
        participant: ParticipantId,
    },
    /// Don't let one in who waits.
    Refuse {
        /// Who.
        participant: ParticipantId,
    },
    /// Put one out, for good.
    Remove {
        /// Who.
        participant: ParticipantId,
    },
    /// Say who may come in. Who is there already stays.
    SetAccess {
        /// Who.
        access: Access,
    },
    /// Lock the room, or open the lock.
    SetLock {
        /// Which.
        lock: Lock,
    },
    /// Make somebody else the host.
    HandOver {
        /// Whom.
        participant: ParticipantId,
    },
    /// Say who acts for the host while it is gone: the first of them who is there.
    NameCoHosts {
        /// Who, the first first; those before are co-hosts no more.
        participants: Vec<ParticipantId>,
    },
}
