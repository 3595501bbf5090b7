//! All that a UI draws, put together from the room's parts.

use conclave_protocol::peer::DisplayName;
use conclave_protocol::signalling::Standing;
use conclave_protocol::snapshot::{LocalParticipant, RoomPhase, RoomSnapshot};

use crate::room::Room;

impl Room {
    /// What the others are to call this participant.
    #[must_use]
    pub fn name(&self) -> &DisplayName {
        &self.local.name
    }

    /// All that a UI draws. Costs a few small copies a participant: to be taken after each [`Room::handle`].
    #[must_use]
    pub fn snapshot(&self) -> RoomSnapshot {
        RoomSnapshot {
            phase: match self.ended {
                Some(reason) => RoomPhase::Ended { reason },
                None => match self.session.standing() {
                    None => RoomPhase::Joining,
                    Some(Standing::Waiting) => RoomPhase::Waiting,
                    Some(Standing::Inside) => RoomPhase::Joined,
                },
            },
            server: self.session.presence(),
            me: LocalParticipant {
                id: self.roster.me(),
                name: self.local.name.clone(),
                camera: self.devices.camera(),
                microphone: self.devices.microphone(),
                speaker: self.devices.speaker(),
                microphone_muted: self.devices.microphone_muted(),
                sound_processing: self.devices.sound_processing(),
                sharing: self.sharing.snapshot(),
            },
            others: self.roster.snapshot(),
            room_code: self.room_code.clone(),
            waiting: self.lobby.snapshot(),
            governance: self.governance,
        }
    }
}
