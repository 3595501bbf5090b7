//! The report that `conclave-headless join --report` writes, as its readers see it.

use serde::Deserialize;

use conclave_protocol::ids::ParticipantId;

use super::error::{Result, RigError};

/// One participant's account of a call.
#[derive(Debug, Clone, Deserialize)]
pub struct Report {
    /// The participant's name.
    pub name: String,
    /// The room's code.
    pub room_code: Option<String>,
    /// From the start to being in the room.
    pub joined_ms: Option<f64>,
    /// Processor time of the whole program.
    pub cpu_ms: f64,
    /// The most memory it held.
    pub rss_peak_bytes: u64,
    /// What its encoders made, one for each layer that ran.
    pub encoders: Vec<EncoderReport>,
    /// What its screen's encoders made.
    pub screen_encoders: Vec<EncoderReport>,
    /// Everyone it was linked to.
    pub peers: Vec<PeerReport>,
}

impl Report {
    /// The account of the participant called `name`.
    ///
    /// # Errors
    /// When there was none of that name.
    pub fn peer(&self, name: &str) -> Result<&PeerReport> {
        self.peers.iter().find(|peer| peer.name.as_deref() == Some(name)).ok_or_else(|| RigError::Unreadable {
            what: format!("{}'s report", self.name),
            reason: format!("nobody called {name} is in it"),
            text: format!("{self:#?}"),
        })
    }

    /// What the encoder of that layer made, nothing if it never ran.
    #[must_use]
    pub fn encoded(&self, layer: &str) -> EncoderReport {
        let none = EncoderReport { layer: layer.to_owned(), ..EncoderReport::default() };
        self.encoders.iter().find(|encoder| encoder.layer == layer).cloned().unwrap_or(none)
    }
}

/// What one encoder made.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct EncoderReport {
    /// Which layer.
    pub layer: String,
    /// Pictures encoded.
    pub frames: u64,
    /// Keyframes among them.
    pub keyframes: u64,
    /// What they came to.
    pub bytes: u64,
}

/// What one participant saw and heard of another.
#[derive(Debug, Clone, Deserialize)]
pub struct PeerReport {
    /// Who.
    pub id: ParticipantId,
    /// Their name, once they said it.
    pub name: Option<String>,
    /// Whether they have proven who they are.
    pub verified: bool,
    /// From the moment both were in the room to the link being up.
    pub connected_ms: Option<f64>,
    /// From the moment both were in the room to their first picture.
    pub first_video_ms: Option<f64>,
    /// From the moment both were in the room to their first sound.
    pub first_audio_ms: Option<f64>,
    /// Links built to them; more than 1 after trouble.
    pub links_built: u32,
    /// Their pictures.
    pub video: VideoReport,
    /// Their screen's pictures.
    pub screen: VideoReport,
    /// Their sound.
    pub audio: AudioReport,
    /// The link to them.
    pub network: NetworkReport,
}

/// Pictures as decoded.
#[derive(Debug, Clone, Deserialize)]
pub struct VideoReport {
    /// How many.
    pub frames: u64,
    /// Pixels across, of the last one.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pictures a second, over the last ten seconds with pictures.
    pub fps: f64,
    /// Gaps over max(3 x average, average + 150 ms), after the first second.
    pub freezes: u64,
    /// What they came to.
    pub freeze_ms: f64,
    /// Keyframes among the pictures.
    pub keyframes: u64,
    /// Packets that came.
    pub packets: u64,
    /// Packets that never came, or too late.
    pub lost: u64,
    /// The longest gap between two pictures after the first second.
    pub longest_gap_ms: f64,
    /// Capture to decoded picture, read from the test pattern.
    pub latency_ms: LatencyReport,
}

/// A distribution of times; nothing in it without a pattern.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct LatencyReport {
    /// Median.
    pub p50: Option<f64>,
    /// 95th percentile.
    pub p95: Option<f64>,
    /// Worst.
    pub max: Option<f64>,
}

/// Sound as decoded.
#[derive(Debug, Clone, Deserialize)]
pub struct AudioReport {
    /// Packets that came.
    pub packets: u64,
    /// Packets that never came, or too late.
    pub lost: u64,
    /// Sound made up in their place.
    pub concealed_ms: f64,
    /// How loud it was, RMS against full scale; absent when there was none.
    pub level_dbfs: Option<f64>,
}

/// A link's figures.
#[derive(Debug, Clone, Deserialize)]
pub struct NetworkReport {
    /// There and back.
    pub rtt_ms: Option<f64>,
    /// Bytes sent.
    pub sent_bytes: u64,
    /// Bytes received.
    pub received_bytes: u64,
    /// This end of the pair in use.
    pub local_candidate: Option<String>,
    /// The other end.
    pub remote_candidate: Option<String>,
}
