//! Measures the pictures of each participant as they are decoded: rate, gaps, and latency by the pattern's stamp.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use conclave_call::media::clock::MediaTime;
use conclave_call::media::video::DecodedPicture;
use conclave_call::media::video::pattern::read_stamp;
use conclave_call::protocol::ids::ParticipantId;

use crate::latency::LatencyHistogram;

/// The rate is over this long.
const RATE_WINDOW: Duration = Duration::from_secs(10);
/// Gaps count once pictures have come for this long: before, links and layers are still settling.
const SETTLING: Duration = Duration::from_secs(1);
/// Pictures whose gaps make the average.
const AVERAGE_OVER: usize = 30;

/// Figures of one participant's pictures.
#[derive(Debug, Clone, Default)]
pub(crate) struct PictureFigures {
    /// Over the last 10 s with pictures.
    pub(crate) fps: f64,
    /// Gaps over max(3 x average, average + 150 ms), as WebRTC statistics define a freeze; after the first second.
    pub(crate) freezes: u64,
    pub(crate) freeze_ms: u64,
    pub(crate) longest_gap_ms: u64,
    pub(crate) latency_p50_ms: Option<f64>,
    pub(crate) latency_p95_ms: Option<f64>,
    pub(crate) latency_max_ms: Option<f64>,
}

/// A meter a participant.
#[derive(Default)]
pub(crate) struct PictureMeters(Mutex<HashMap<ParticipantId, PictureMeter>>);

impl PictureMeters {
    pub(crate) fn picture(&self, from: ParticipantId, picture: &DecodedPicture) {
        let stamp = read_stamp(&picture.frame);
        let latency = stamp.map(|stamp| picture.decoded.since(stamp.captured));
        let mut meters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        meters.entry(from).or_default().add(picture.decoded, latency);
    }

    pub(crate) fn figures(&self, id: ParticipantId) -> PictureFigures {
        let meters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        meters.get(&id).map(PictureMeter::figures).unwrap_or_default()
    }
}

#[derive(Default)]
struct PictureMeter {
    first: Option<MediaTime>,
    recent: VecDeque<MediaTime>,
    gaps: VecDeque<Duration>,
    freezes: u64,
    frozen: Duration,
    longest_gap: Duration,
    latencies: LatencyHistogram,
}

impl PictureMeter {
    fn add(&mut self, decoded: MediaTime, latency: Option<Duration>) {
        if let Some(latency) = latency {
            self.latencies.add(latency);
        }
        let first = *self.first.get_or_insert(decoded);
        if let Some(&before) = self.recent.back() {
            self.add_gap(decoded.since(before), decoded.since(first) > SETTLING);
        }
        self.recent.push_back(decoded);
        while self.recent.front().is_some_and(|&oldest| decoded.since(oldest) > RATE_WINDOW) {
            self.recent.pop_front();
        }
    }

    fn add_gap(&mut self, gap: Duration, settled: bool) {
        if settled {
            self.longest_gap = self.longest_gap.max(gap);
            let average = self.gaps.iter().sum::<Duration>() / u32::try_from(self.gaps.len().max(1)).unwrap_or(1);
            if gap > (3 * average).max(average + Duration::from_millis(150)) {
                self.freezes += 1;
                self.frozen += gap;
            }
        }
        self.gaps.push_back(gap);
        if self.gaps.len() > AVERAGE_OVER {
            self.gaps.pop_front();
        }
    }

    fn figures(&self) -> PictureFigures {
        let span = self.recent.front().zip(self.recent.back()).map(|(&oldest, &newest)| newest.since(oldest));
        let intervals = self.recent.len().saturating_sub(1);
        let milliseconds = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        PictureFigures {
            fps: span.filter(|span| !span.is_zero()).map_or(0.0, |span| intervals as f64 / span.as_secs_f64()),
            freezes: self.freezes,
            freeze_ms: milliseconds(self.frozen),
            longest_gap_ms: milliseconds(self.longest_gap),
            latency_p50_ms: self.latencies.percentile_ms(50),
            latency_p95_ms: self.latencies.percentile_ms(95),
            latency_max_ms: self.latencies.longest_ms(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metered(times_ms: impl IntoIterator<Item = u64>) -> PictureFigures {
        let mut meter = PictureMeter::default();
        for at in times_ms {
            meter.add(MediaTime::from_duration(Duration::from_millis(at)), None);
        }
        meter.figures()
    }

    #[test]
    fn steady_pictures_have_their_rate_and_no_freeze() {
        let figures = metered((0..600).map(|n| n * 40));
        assert!((figures.fps - 25.0).abs() < 0.1, "{figures:?}");
        assert_eq!((figures.freezes, figures.longest_gap_ms), (0, 40));
    }

    #[test]
    fn a_long_gap_is_a_freeze_and_a_short_one_is_not() {
        let with_gap = |gap: u64| metered((0..60).map(|n| n * 40).chain((0..60).map(move |n| 59 * 40 + gap + n * 40)));
        assert_eq!(with_gap(180).freezes, 0);
        let figures = with_gap(300);
        assert_eq!((figures.freezes, figures.freeze_ms, figures.longest_gap_ms), (1, 300, 300));
    }

    #[test]
    fn the_first_second_does_not_count() {
        let figures = metered([0, 40, 80, 700, 740, 780]);
        assert_eq!((figures.freezes, figures.longest_gap_ms), (0, 0));
    }

    #[test]
    fn pictures_that_stopped_show_in_the_gap_when_they_come_back() {
        let figures = metered((0..300).map(|n| n * 33).chain([20_000]));
        assert_eq!(figures.freezes, 1);
        assert!(figures.longest_gap_ms > 10_000, "{figures:?}");
    }
}
