//! Figures of calls, and their medians over several runs.

use serde::Serialize;

use super::codec::CodecCost;
use super::quantile::median;

/// Pictures a second of the sender's camera.
pub(super) const CAMERA_FPS: u32 = 30;

/// One call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct CallRun {
    /// How many watched the sender.
    pub(super) receivers: u8,
    /// How long the sender was in the room.
    pub(super) seconds: f64,
    pub(super) sender_cpu_ms: u64,
    pub(super) sender_memory_bytes: u64,
    pub(super) encoded: Vec<EncodedLayer>,
    /// A receiver each.
    pub(super) received: Vec<Received>,
}

/// How many pictures a layer's encoder made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct EncodedLayer {
    pub(super) layer: String,
    pub(super) frames: u64,
}

/// What one receiver had of the sender.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Received {
    pub(super) latency_p50_ms: f64,
    pub(super) latency_p95_ms: f64,
    pub(super) first_picture_ms: u64,
    pub(super) fps: f64,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) freezes: u64,
    pub(super) cpu_ms: u64,
    pub(super) memory_bytes: u64,
}

/// Medians over all runs with the same number of receivers, and over all their receivers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct CallFigures {
    pub(super) receivers: u8,
    pub(super) latency_p50_ms: f64,
    pub(super) latency_p95_ms: f64,
    pub(super) first_picture_ms: f64,
    pub(super) fps: f64,
    /// Of one core, over the sender's whole time in the room.
    pub(super) sender_cpu_percent: f64,
    /// What of it drawing, scaling and encoding cost with nothing around them; the rest is the pipeline's own.
    pub(super) sender_codec_percent: f64,
    pub(super) sender_memory_bytes: f64,
    pub(super) receiver_cpu_percent: f64,
    pub(super) receiver_memory_bytes: f64,
    /// Pictures encoded, over the longest-running layer.
    pub(super) encoded_fps: f64,
    /// All freezes of all runs: a median would hide them.
    pub(super) freezes: u64,
}

impl CallFigures {
    /// `None` when there was no such run.
    pub(super) fn median<'a>(
        receivers: u8,
        runs: impl Iterator<Item = &'a CallRun> + Clone,
        codec: &CodecCost,
    ) -> Option<Self> {
        let of_sender = |figure: &dyn Fn(&CallRun) -> f64| median(runs.clone().map(figure).collect());
        let of_receivers = |figure: &dyn Fn(&CallRun, &Received) -> f64| {
            let all = runs.clone().flat_map(|run| run.received.iter().map(move |received| (run, received)));
            median(all.map(|(run, received)| figure(run, received)).collect())
        };
        Some(Self {
            receivers,
            latency_p50_ms: of_receivers(&|_, received| received.latency_p50_ms)?,
            latency_p95_ms: of_receivers(&|_, received| received.latency_p95_ms)?,
            first_picture_ms: of_receivers(&|_, received| received.first_picture_ms as f64)?,
            fps: of_receivers(&|_, received| received.fps)?,
            sender_cpu_percent: of_sender(&|run| percent(run.sender_cpu_ms, run.seconds))?,
            sender_codec_percent: of_sender(&|run| codec_percent(run, codec))?,
            sender_memory_bytes: of_sender(&|run| run.sender_memory_bytes as f64)?,
            receiver_cpu_percent: of_receivers(&|run, received| percent(received.cpu_ms, run.seconds))?,
            receiver_memory_bytes: of_receivers(&|_, received| received.memory_bytes as f64)?,
            encoded_fps: of_sender(&|run| most_frames(run) as f64 / run.seconds)?,
            freezes: runs.flat_map(|run| &run.received).map(|received| received.freezes).sum(),
        })
    }
}

fn percent(cpu_ms: u64, seconds: f64) -> f64 {
    cpu_ms as f64 / (seconds * 10.0)
}

fn codec_percent(run: &CallRun, codec: &CodecCost) -> f64 {
    let encoded = run.encoded.iter().map(|layer| (layer.layer.as_str(), layer.frames));
    let drawn = run.seconds * f64::from(CAMERA_FPS);
    codec.of_sending(drawn, encoded) / (run.seconds * 10.0)
}

fn most_frames(run: &CallRun) -> u64 {
    run.encoded.iter().map(|layer| layer.frames).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::codec::LayerCost;

    fn run(sender_cpu_ms: u64, latencies: &[f64]) -> CallRun {
        let received = latencies.iter().map(|&latency| Received {
            latency_p50_ms: latency,
            latency_p95_ms: latency * 2.0,
            first_picture_ms: 200,
            fps: 30.0,
            width: 1280,
            height: 720,
            freezes: 1,
            cpu_ms: 1000,
            memory_bytes: 1,
        });
        CallRun {
            receivers: latencies.len() as u8,
            seconds: 10.0,
            sender_cpu_ms,
            sender_memory_bytes: 1,
            encoded: vec![EncodedLayer { layer: "720p".into(), frames: 300 }],
            received: received.collect(),
        }
    }

    fn codec() -> CodecCost {
        let layer = LayerCost {
            layer: "720p".into(),
            width: 1280,
            height: 720,
            scale_ms: 0.0,
            encode_ms: 3.5,
            decode_ms: 1.5,
            bitrate_bps: 1.8e6,
            keyframe_bytes: 60_000,
        };
        CodecCost { draw_ms: 0.5, layers: vec![layer] }
    }

    #[test]
    fn medians_are_over_runs_and_receivers_and_freezes_add_up() {
        let runs = [run(1000, &[10.0, 30.0]), run(9000, &[20.0, 90.0]), run(2000, &[40.0, 50.0])];
        let figures = CallFigures::median(2, runs.iter(), &codec()).unwrap();
        assert_eq!(figures.latency_p50_ms, 35.0);
        assert_eq!(figures.sender_cpu_percent, 20.0);
        assert_eq!(figures.sender_codec_percent, 12.0);
        assert_eq!(figures.encoded_fps, 30.0);
        assert_eq!(figures.freezes, 6);
    }

    #[test]
    fn no_run_has_no_figures() {
        assert_eq!(CallFigures::median(1, [].iter(), &codec()), None);
    }
}
