//! The report: figures of one participant's call, as JSON. Absent figures are `null`.

use conclave_call::media::video::{EncoderStatistics, LayerLadder, VideoLayer, VideoReceiveStatistics};
use conclave_call::peer::{CandidateInfo, CandidateKind};
use conclave_call::protocol::ids::ParticipantId;
use conclave_call::protocol::line::VideoLine;
use conclave_call::{CallStatistics, ParticipantStatistics, Verification};
use serde::Serialize;

use crate::picture_meter::PictureFigures;
use crate::process_usage::ProcessUsage;

/// Figures of a call.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// This participant's name.
    name: String,
    /// Thirty digits that are the same for all who saw the same devices in the room.
    room_code: Option<String>,
    /// From the start of the program's call to the server's welcome.
    joined_ms: Option<u128>,
    /// Processor time of the whole process.
    cpu_ms: u64,
    /// The most memory ever resident.
    rss_peak_bytes: u64,
    /// What this participant's camera was encoded to, a layer each.
    encoders: Vec<Encoder>,
    /// What this participant's screen was encoded to, a layer each.
    screen_encoders: Vec<Encoder>,
    /// Everyone who is or was there.
    peers: Vec<Peer>,
}

#[derive(Debug, Serialize)]
struct Encoder {
    /// Its lines: `180p`, `360p`, `720p` or `1080p`.
    layer: String,
    frames: u64,
    keyframes: u64,
    bytes: u64,
}

/// `…_ms` milestones count from the moment both participants were in the room.
#[derive(Debug, Serialize)]
struct Peer {
    id: ParticipantId,
    name: Option<String>,
    /// Whether they have proven who they are.
    verified: bool,
    connected_ms: Option<u128>,
    first_video_ms: Option<u128>,
    first_audio_ms: Option<u128>,
    /// Links built to this participant; more than 1 after trouble.
    links_built: u32,
    video: Video,
    /// Their screen.
    screen: Video,
    audio: Audio,
    network: Network,
}

#[derive(Debug, Serialize)]
struct Video {
    frames: u64,
    width: u32,
    height: u32,
    /// Over the last 10 s with pictures.
    fps: f64,
    /// Gaps over max(3 x average, average + 150 ms), after the first second of pictures.
    freezes: u64,
    freeze_ms: u64,
    keyframes: u64,
    packets: u64,
    lost: u64,
    /// The longest gap between two pictures after the first second.
    longest_gap_ms: u64,
    /// Capture to decoded, read from the test pattern itself.
    latency_ms: Latency,
}

#[derive(Debug, Serialize)]
struct Latency {
    p50: Option<f64>,
    p95: Option<f64>,
    max: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Audio {
    packets: u64,
    lost: u64,
    concealed_ms: u128,
    level_dbfs: f32,
}

#[derive(Debug, Serialize)]
struct Network {
    rtt_ms: Option<f64>,
    sent_bytes: u64,
    received_bytes: u64,
    /// `host udp 127.0.0.1:50000`: how this end's address was learnt, and what it is.
    local_candidate: Option<String>,
    remote_candidate: Option<String>,
}

impl Report {
    pub(crate) fn new(
        name: &str,
        usage: ProcessUsage,
        statistics: &CallStatistics,
        pictures: impl Fn(ParticipantId, VideoLine) -> PictureFigures,
    ) -> Self {
        Self {
            name: name.to_owned(),
            room_code: statistics.room_code.clone(),
            joined_ms: statistics.joined.map(|joined| joined.as_millis()),
            cpu_ms: usage.cpu_ms,
            rss_peak_bytes: usage.rss_peak_bytes,
            encoders: Encoder::all(&statistics.encoders, LayerLadder::Camera),
            screen_encoders: Encoder::all(&statistics.encoders, LayerLadder::Screen),
            peers: statistics.participants.iter().map(|peer| Peer::new(peer, |line| pictures(peer.id, line))).collect(),
        }
    }
}

impl Encoder {
    fn all(statistics: &[EncoderStatistics], ladder: LayerLadder) -> Vec<Self> {
        statistics.iter().filter(|encoder| encoder.layer.ladder() == ladder).map(Self::new).collect()
    }

    fn new(statistics: &EncoderStatistics) -> Self {
        Self {
            layer: layer_name(statistics.layer).to_owned(),
            frames: statistics.frames,
            keyframes: statistics.keyframes,
            bytes: statistics.bytes,
        }
    }
}

impl Peer {
    fn new(statistics: &ParticipantStatistics, pictures: impl Fn(VideoLine) -> PictureFigures) -> Self {
        let milestones = statistics.milestones;
        let (audio, link) = (&statistics.audio, statistics.link.as_ref());
        Self {
            id: statistics.id,
            name: statistics.name.as_ref().map(|name| name.as_str().to_owned()),
            verified: statistics.verified == Verification::Verified,
            connected_ms: milestones.connected.map(|at| at.as_millis()),
            first_video_ms: milestones.first_video.map(|at| at.as_millis()),
            first_audio_ms: milestones.first_audio.map(|at| at.as_millis()),
            links_built: statistics.links_built,
            video: Video::new(&statistics.video, &pictures(VideoLine::Camera)),
            screen: Video::new(&statistics.screen, &pictures(VideoLine::Screen)),
            audio: Audio {
                packets: audio.packets,
                lost: audio.lost,
                concealed_ms: audio.concealed.as_millis(),
                level_dbfs: audio.level_dbfs,
            },
            network: Network {
                rtt_ms: link.and_then(|link| link.round_trip).map(|rtt| rtt.as_secs_f64() * 1000.0),
                sent_bytes: statistics.sent_bytes,
                received_bytes: statistics.received_bytes,
                local_candidate: link.and_then(|link| link.local_candidate.as_ref()).map(candidate),
                remote_candidate: link.and_then(|link| link.remote_candidate.as_ref()).map(candidate),
            },
        }
    }
}

impl Video {
    fn new(video: &VideoReceiveStatistics, pictures: &PictureFigures) -> Self {
        Self {
            frames: video.frames,
            width: video.width,
            height: video.height,
            fps: pictures.fps,
            freezes: pictures.freezes,
            freeze_ms: pictures.freeze_ms,
            keyframes: video.keyframes,
            packets: video.packets,
            lost: video.lost,
            longest_gap_ms: pictures.longest_gap_ms,
            latency_ms: Latency {
                p50: pictures.latency_p50_ms,
                p95: pictures.latency_p95_ms,
                max: pictures.latency_max_ms,
            },
        }
    }
}

fn layer_name(layer: VideoLayer) -> &'static str {
    match layer {
        VideoLayer::P180 => "180p",
        VideoLayer::P360 | VideoLayer::Screen360 => "360p",
        VideoLayer::P720 => "720p",
        VideoLayer::Screen1080 => "1080p",
    }
}

fn candidate(info: &CandidateInfo) -> String {
    let kind = match info.kind {
        CandidateKind::Host => "host",
        CandidateKind::ServerReflexive => "srflx",
        CandidateKind::PeerReflexive => "prflx",
        CandidateKind::Relay => "relay",
    };
    format!("{kind} {} {}", info.protocol, info.address)
}
