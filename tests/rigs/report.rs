//! The report that `conclave-headless join --report` writes, as its readers see it.

use serde::Deserialize;

use conclave_protocol::ids::ParticipantId;

/// One participant's account of a call.
#[derive(Debug, Clone, Deserialize)]
pub struct Report {
    /// The participant's name.
    pub name: String,
    /// From the start of the program to being in the room.
    pub joined_ms: f64,
    /// Processor time of the whole program.
    pub cpu_ms: f64,
    /// The most memory it held.
    pub rss_peak_bytes: u64,
    /// What its encoders made, one for each layer that ran.
    pub encoders: Vec<EncoderReport>,
    /// Everyone it was linked to.
    pub peers: Vec<PeerReport>,
}

impl Report {
    /// The account of the participant called `name`.
    #[must_use]
    pub fn peer(&self, name: &str) -> Option<&PeerReport> {
        self.peers.iter().find(|peer| peer.name.as_deref() == Some(name))
    }
}

/// What one encoder made.
#[derive(Debug, Clone, Deserialize)]
pub struct EncoderReport {
    /// Which layer.
    pub layer: String,
    /// Pictures encoded.
    pub frames: u64,
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
    /// From joining to the link being up.
    pub connected_ms: Option<f64>,
    /// From joining to their first picture.
    pub first_video_ms: Option<f64>,
    /// From joining to their first sound.
    pub first_audio_ms: Option<f64>,
    /// Their pictures.
    pub video: VideoReport,
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
    /// Pictures a second, lately.
    pub fps: f64,
    /// Gaps over max(3 x average, average + 150 ms).
    pub freezes: u64,
    /// What they came to.
    pub freeze_ms: f64,
    /// Keyframes among the pictures.
    pub keyframes: u64,
    /// Capture to decoded picture; only the test pattern carries it.
    pub latency_ms: Option<LatencyReport>,
}

/// A distribution of times.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct LatencyReport {
    /// Median.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
    /// Worst.
    pub max: f64,
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
    pub local_candidate: Option<serde_json::Value>,
    /// The other end.
    pub remote_candidate: Option<serde_json::Value>,
}
