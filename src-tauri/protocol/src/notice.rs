//! What went wrong for the person, as data: the UI words it in the person's language.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::ParticipantId;
use crate::intent::{DeviceChoice, ScreenChoice};

/// Which kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DeviceKind {
    /// A camera.
    Camera,
    /// A microphone.
    Microphone,
    /// A speaker or headphones.
    Speaker,
}

/// What is the matter with a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DeviceFault {
    /// There is none of that name, or none at all.
    NotFound,
    /// Another program uses it.
    Busy,
    /// The system doesn't let us use it.
    PermissionDenied,
    /// It offers no format that we read.
    UnsupportedFormat,
    /// It was pulled out; it is used again when it is back.
    Unplugged,
    /// It delivers nothing any more; it is being reopened.
    Stalled,
    /// Anything else the system said.
    Failed,
}

/// What is the matter with a monitor or window that was to be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ScreenFault {
    /// There is none of that name.
    NotFound,
    /// The window was closed, or the monitor taken away.
    Closed,
    /// A minimised window has nothing to show.
    Minimised,
    /// The system doesn't let us see it.
    PermissionDenied,
    /// Screens can't be shared in a session of this kind.
    Unavailable,
    /// Anything else the system said.
    Failed,
}

/// Why what came in a participant's name can't be believed. All up to [`SecurityProblem::OtherDevice`] are signs of a
/// server that meddles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SecurityProblem {
    /// A message was altered, made up, or for somebody else.
    Forged,
    /// A message came again.
    Replayed,
    /// The two ends saw different descriptions of their link: somebody sits between them.
    Intercepted,
    /// A description is to be secured by no certificate, by several, by a weak hash, or by another one than before.
    Fingerprint,
    /// Somebody else's device answers in the participant's name.
    OtherDevice,
    /// The participant bears the name of somebody whose device people have confirmed, and it isn't that device.
    NameWithOtherDevice,
    /// The participant's program speaks another version of the protocol.
    OtherVersion,
    /// The participant's key is another one: the passwords differ, or only one of the two gave one; or one of the two
    /// links was tampered with to name another host.
    OtherKey,
    /// The participant was removed from the room.
    Removed,
    /// The host has not let the participant's device into the room as it is now. Links with it are built once it has.
    NotAdmitted,
    /// What is to show that the participant was let in was made up, or signed by somebody who may not let people in.
    ForgedAdmission,
    /// The participant was let in too long ago: the host lets it in again, or doesn't.
    ExpiredAdmission,
    /// The participant was let into another room.
    OtherRoomsAdmission,
    /// Two claim to be the room's host, or the host says two different things. What was known before stays in force.
    TwoHosts,
    /// The room is locked, and the participant is not one of those who were in it.
    RoomLocked,
    /// Somebody tries passwords. For a minute nobody new is answered.
    PasswordGuessing,
}

/// Something the person should know. Each says what happened; what is done about it follows from the kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Notice {
    /// A device in use, or one asked for, is at fault. The call goes on; a fault of one asked for leaves the one
    /// in use as it was.
    Device {
        /// Which kind.
        kind: DeviceKind,
        /// Which one.
        device: DeviceChoice,
        /// What is the matter.
        fault: DeviceFault,
    },
    /// A device that was at fault works again.
    DeviceRecovered {
        /// Which kind.
        kind: DeviceKind,
        /// Which one.
        device: DeviceChoice,
    },
    /// A screen that was to be shared isn't; what was shared before still is.
    ScreenNotShared {
        /// Which one.
        screen: ScreenChoice,
        /// Why not.
        fault: ScreenFault,
    },
    /// A screen is shared no more, and nobody at this end asked for that.
    SharingEnded {
        /// Which one.
        screen: ScreenChoice,
        /// Why.
        fault: ScreenFault,
    },
    /// The server can't be reached; the call goes on between those connected, and it is tried again.
    ServerUnreachable,
    /// The server is there again.
    ServerBack,
    /// Someone came in.
    ParticipantJoined {
        /// Who.
        participant: ParticipantId,
    },
    /// Someone left.
    ParticipantLeft {
        /// Who.
        participant: ParticipantId,
    },
    /// A link can't be made after several attempts; it is tried on.
    LinkTrouble {
        /// To whom.
        participant: ParticipantId,
    },
    /// What came from a participant can't be believed. Nothing of it is used: no sound or picture goes to or comes from
    /// a link that isn't proven.
    Security {
        /// In whose name it came.
        participant: ParticipantId,
        /// What is wrong with it.
        problem: SecurityProblem,
    },
    /// The host put somebody out.
    ParticipantRemoved {
        /// Who.
        participant: ParticipantId,
    },
    /// What was asked for was not done.
    CommandRefused {
        /// Why not.
        reason: CommandRefusal,
    },
}

/// Why something that governs the room was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CommandRefusal {
    /// This device is not the host, nor acts for it.
    NotHost,
    /// Somebody was put out of this room, who still has its link: it can't be open any more. A new room can.
    SomebodyWasPutOut,
    /// Whom it is about is not there, or has not proven who it is.
    NobodyThere,
    /// More co-hosts, handovers or removals than there may be.
    TooMany,
    /// This device could not do it.
    Failed,
}
