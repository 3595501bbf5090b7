//! What a room is told once, at its start.

use conclave_protocol::ids::{HostKeyHash, RoomId};
use conclave_protocol::intent::DeviceChoice;
use conclave_protocol::line::TileSize;
use conclave_protocol::peer::{ClientKind, DisplayName};
use conclave_protocol::sound::SoundProcessing;

/// What a room is told once, at its start.
#[derive(Debug, Clone)]
pub struct RoomConfig {
    /// Which room to join: R of the link.
    pub room: RoomId,
    /// Whose room it is: H of the link.
    pub host: HostKeyHash,
    /// The name the others see.
    pub name: DisplayName,
    /// What this end is in the room with.
    pub client: ClientKind,
    /// The camera to start with; `None` starts with it off.
    pub camera: Option<DeviceChoice>,
    /// The microphone to start with; `None` starts with it off.
    pub microphone: Option<DeviceChoice>,
    /// The speaker to start with; without one nothing is heard until one is selected.
    pub speaker: Option<DeviceChoice>,
    /// Whether the microphone starts silent.
    pub microphone_muted: bool,
    /// What is done to the microphone's sound at first.
    pub sound_processing: SoundProcessing,
    /// How large the others' cameras are drawn until an intent says otherwise. Screens start hidden.
    pub view: TileSize,
    /// Spreads reconnections of many clients in time. Any number that differs from client to client.
    pub seed: u64,
}
