//! Figures of a call.

use std::time::Duration;

use conclave_media::audio::AudioReceiveStatistics;
use conclave_media::video::{EncoderStatistics, VideoReceiveStatistics};
use conclave_peer::LinkStatistics;
use conclave_protocol::ids::ParticipantId;
use conclave_protocol::peer::DisplayName;

/// Figures of a call so far.
#[derive(Debug, Clone)]
pub struct CallStatistics {
    /// From the start to the server's welcome; `None` before it.
    pub joined: Option<Duration>,
    /// The room's code, as it was last: the same for all who see the same devices.
    pub room_code: Option<String>,
    /// What each layer of the camera and of the screen was encoded to.
    pub encoders: Vec<EncoderStatistics>,
    /// Everyone there is or was, up to a bound, in order of appearance.
    pub participants: Vec<ParticipantStatistics>,
}

/// How loud everyone is at the moment, for marking who speaks. In dBFS, as [`conclave_media::audio::level`] counts:
/// -20 is a usual voice, -100 silence.
#[derive(Debug, Clone, PartialEq)]
pub struct SoundLevels {
    /// This end's microphone; silence while it is muted.
    pub own_dbfs: f32,
    /// This end's microphone while it is muted, and silence otherwise: whoever talks then is told that nobody hears it.
    pub own_while_muted_dbfs: f32,
    /// Everyone a link was built to and who is still in the room, before their volume here.
    pub others_dbfs: Vec<(ParticipantId, f32)>,
}

/// Figures of what passes between this participant and another.
#[derive(Debug, Clone)]
pub struct ParticipantStatistics {
    /// Who.
    pub id: ParticipantId,
    /// Their name, once they said it.
    pub name: Option<DisplayName>,
    /// Whether a link to them was ever proven.
    pub verified: Verification,
    /// How long everything took.
    pub milestones: Milestones,
    /// Their camera.
    pub video: VideoReceiveStatistics,
    /// Their screen.
    pub screen: VideoReceiveStatistics,
    /// Their microphone.
    pub audio: AudioReceiveStatistics,
    /// The latest link to them, as of a second ago at most; nothing before the first.
    pub link: Option<LinkStatistics>,
    /// Packets of both ways over all links to them.
    pub sent_bytes: u64,
    /// Packets of both ways over all links to them.
    pub received_bytes: u64,
    /// Links built to them: 1 in a good call.
    pub links_built: u32,
}

/// Whether somebody has proven who they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Verification {
    /// Not on any link.
    #[default]
    Unverified,
    /// On a link, by the key of their device.
    Verified,
}

/// When things first happened, since both participants were in the room.
#[derive(Debug, Clone, Copy, Default)]
pub struct Milestones {
    /// The link was up.
    pub connected: Option<Duration>,
    /// A picture was decoded.
    pub first_video: Option<Duration>,
    /// A packet of sound arrived.
    pub first_audio: Option<Duration>,
}
