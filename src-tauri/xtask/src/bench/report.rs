//! The report of a participant, as far as it is measured by.

use serde::Deserialize;

/// Figures of one participant's call, as `conclave-headless join --report` writes them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Report {
    pub(super) cpu_ms: u64,
    pub(super) rss_peak_bytes: u64,
    pub(super) encoders: Vec<Encoder>,
    pub(super) peers: Vec<Peer>,
}

/// What a layer's encoder did.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Encoder {
    pub(super) layer: String,
    pub(super) frames: u64,
}

/// What was received from another participant.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Peer {
    pub(super) name: Option<String>,
    /// From the moment both were in the room.
    pub(super) first_video_ms: Option<u64>,
    pub(super) video: Video,
}

/// The pictures received.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Video {
    pub(super) fps: f64,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) freezes: u64,
    pub(super) latency_ms: Latency,
}

/// From capture to decoded picture.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Latency {
    pub(super) p50: Option<f64>,
    pub(super) p95: Option<f64>,
}
