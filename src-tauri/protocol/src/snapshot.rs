//! All that a UI draws, as one value: made anew by the room at each change.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::{JoinOrder, ParticipantId};
use crate::intent::{DeviceChoice, ScreenChoice};
use crate::line::MediaState;
use crate::notice::DeviceFault;
use crate::peer::{ClientKind, DisplayName};
use crate::signalling::{Access, Lock, SignallingError};
use crate::sound::SoundProcessing;

/// The room as the person sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoomSnapshot {
    /// Where this call stands.
    pub phase: RoomPhase,
    /// Whether the server is there.
    pub server: ServerPresence,
    /// This participant.
    pub me: LocalParticipant,
    /// Everyone else, by join order.
    pub others: Vec<RemoteParticipant>,
    /// Thirty digits that are the same for all who see the same devices in the room.
    pub room_code: Option<String>,
    /// Those who wait to be let in, longest first, as far as this participant may let them.
    pub waiting: Vec<WaitingParticipant>,
    /// How the room is run, as far as this participant knows.
    pub governance: Governance,
}

/// How a room is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Governance {
    /// What this participant may do about it.
    pub office: Office,
    /// Who may come in.
    pub access: Access,
    /// Whether anybody may come in at all who wasn't there.
    pub lock: Lock,
}

impl Default for Governance {
    /// Of a room whose host has said nothing, for a guest.
    fn default() -> Self {
        Self { office: Office::Guest, access: Access::Open, lock: Lock::Unlocked }
    }
}

/// As what one is in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Office {
    /// The host.
    Host,
    /// A co-host who acts for the host while it is gone: may do all but hand over the role and name co-hosts.
    ActingHost,
    /// One whom the host has named to act for it, while it needs not.
    CoHost,
    /// Anybody else.
    Guest,
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RoomPhase {
    /// Not in the room yet.
    Joining,
    /// The host is asked whether to let this participant in.
    Waiting,
    /// In the room.
    Joined,
    /// Over.
    Ended {
        /// Why.
        reason: EndReason,
    },
}

/// Why a call is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum EndReason {
    /// The person left.
    Left,
    /// The server could not be reached to join, or was away for long with nobody connected.
    ServerUnreachable,
    /// The server did not let us in.
    Refused {
        /// Why not.
        error: SignallingError,
    },
    /// The host did not let us in.
    NotAdmitted,
    /// The host put us out.
    Removed,
    /// This program broke down.
    Crashed,
}

/// Whether the server is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ServerPresence {
    /// Connected.
    Connected,
    /// Being connected to, for the first time or again.
    Connecting,
}

/// This participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LocalParticipant {
    /// Known once the server has said so.
    pub id: Option<ParticipantId>,
    /// The name the others see.
    pub name: DisplayName,
    /// The camera.
    pub camera: DeviceState,
    /// The microphone.
    pub microphone: DeviceState,
    /// The speaker.
    pub speaker: DeviceState,
    /// Whether the microphone is silenced.
    pub microphone_muted: bool,
    /// What is done to the microphone's sound.
    pub sound_processing: SoundProcessing,
    /// The monitor or window that is shown to the others.
    pub sharing: SharingState,
}

/// Somebody who waits to be let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WaitingParticipant {
    /// Who.
    pub id: ParticipantId,
    /// What they say of themselves, once they have knocked.
    pub knock: Option<Knock>,
}

/// What somebody says who asks to be let in. Nothing of it is proven before they are let in: only the device that is
/// named here can use that then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Knock {
    /// Their name.
    pub name: DisplayName,
    /// Their device's Ed25519 public key, base64url.
    pub device: String,
    /// What is known of that device.
    pub recognition: Recognition,
}

/// What is known of a device at sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Recognition {
    /// Never seen.
    New,
    /// Seen before.
    Known,
    /// Seen before, and people have compared the safety signs.
    Confirmed,
    /// It bears the name of a confirmed device, but is another one.
    NameWithOtherKey,
}

/// A device that was asked for is not yet one that works: both are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeviceState {
    /// What delivers now, or would if nothing was the matter with it.
    pub active: Option<DeviceChoice>,
    /// What is the matter with it: the others get nothing of it meanwhile.
    pub fault: Option<DeviceFault>,
    /// What is being opened.
    pub requested: Option<DeviceChoice>,
}

/// A screen that is to be shown to the others is not yet one that they see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SharingState {
    /// What is shown now.
    pub active: Option<ScreenChoice>,
    /// What is about to be.
    pub requested: Option<ScreenChoice>,
}

/// Somebody else in the room.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemoteParticipant {
    /// Who.
    pub id: ParticipantId,
    /// When they joined.
    pub order: JoinOrder,
    /// Their name, once they said it.
    pub name: Option<DisplayName>,
    /// What they are in the room with, once they said it.
    pub client: Option<ClientKind>,
    /// The link to them.
    pub link: LinkPhase,
    /// Who they have proven to be, while there is a link that is proven.
    pub verified: Option<VerifiedIdentity>,
    /// What is known of that device, once they said their name.
    pub recognition: Option<Recognition>,
    /// What they send.
    pub media: MediaState,
    /// How loud they are played here: 0 to 2, 1 as sent.
    pub volume: f32,
}

/// Who is at the other end of a link: proven by a key that only that device has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VerifiedIdentity {
    /// The device's Ed25519 public key, base64url.
    pub device: String,
    /// Seven signs that both ends show: the same, or somebody sits between them.
    pub safety: Vec<SafetySign>,
}

/// One of the signs that two people compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SafetySign {
    /// The emoji.
    pub symbol: String,
    /// What it shows, in English.
    pub name: String,
}

/// Where a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LinkPhase {
    /// Being built for the first time.
    Connecting,
    /// Up.
    Connected,
    /// Nothing arrives; being restarted or rebuilt.
    Reconnecting,
}
