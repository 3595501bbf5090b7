//! The report of a participant, as far as calls are measured by it, and where reports are.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// Where a participant of this name is to write its report.
pub(super) fn path_for(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let path = folder.join(format!("{}.json", name.to_lowercase().replace(' ', "-")));
    // A report left over from an earlier call must not pass for one of this call.
    match std::fs::remove_file(&path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Failure::File { path, source }),
        _ => Ok(path),
    }
}

/// Reads as much of a report as `T` has.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let text = std::fs::read(path).map_err(|source| Failure::File { path: path.to_owned(), source })?;
    serde_json::from_slice(&text).map_err(|error| Failure::UnexpectedOutput {
        from: "conclave-headless --report".into(),
        detail: error.to_string(),
    })
}

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
