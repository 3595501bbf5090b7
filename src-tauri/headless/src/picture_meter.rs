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
/// Participants whose figures are kept after they left; a call keeps those of as many.
const DEPARTED_KEPT: usize = 64;
/// A pattern that was stamped longer ago than this is a recording of one: its age is no latency.
const RECORDED: Duration = Duration::from_secs(600);
/// Pictures whose gaps make the average.
const AVERAGE_OVER: usize = 30;

/// Figures of one participant's pictures.
#[derive(Debug, Clone, Default)]
pub(crate) struct PictureFigures {
    /// Over the last 10 s in which pictures were due.
    pub(crate) fps: f64,
    /// Gaps over max(3 x average, average + 150 ms), as WebRTC statistics define a freeze; after the first second. One
    /// that has not ended counts too.
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
        let latency = stamp.map(|stamp| picture.decoded.since(stamp.captured)).filter(|latency| *latency < RECORDED);
        let mut meters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        meters.entry(from).or_default().add(picture.decoded, latency);
    }

    /// The participant has left: from now on no picture is missed.
    pub(crate) fn left(&self, id: ParticipantId, now: MediaTime) {
        let mut meters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(meter) = meters.get_mut(&id) {
            meter.left.get_or_insert(now);
        }
        let departed = meters.iter().filter_map(|(id, meter)| Some((meter.left?, *id)));
        let departed: Vec<_> = departed.collect();
        if departed.len() > DEPARTED_KEPT
            && let Some((_, longest_gone)) = departed.iter().min()
        {
            meters.remove(longest_gone);
        }
    }

    /// How it was until `now`.
    pub(crate) fn figures(&self, id: ParticipantId, now: MediaTime) -> PictureFigures {
        let meters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        meters.get(&id).map(|meter| meter.figures(now)).unwrap_or_default()
    }
}

#[derive(Clone, Default)]
struct PictureMeter {
    first: Option<MediaTime>,
    left: Option<MediaTime>,
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

    fn figures(&self, now: MediaTime) -> PictureFigures {
        let Some((first, &last)) = self.first.zip(self.recent.back()) else {
            return PictureFigures::default();
        };
        let end = self.left.unwrap_or(now);
        let start = first.max(end - RATE_WINDOW);
        let (span, counted) = (end.since(start), self.recent.iter().filter(|at| **at > start && **at <= end).count());
        // What is missing now is a gap like any other.
        let mut with_last_gap = self.clone();
        with_last_gap.add_gap(end.since(last), last.since(first) > SETTLING);
        with_last_gap.summary(if span.is_zero() { 0.0 } else { counted as f64 / span.as_secs_f64() })
    }

    fn summary(&self, fps: f64) -> PictureFigures {
        let milliseconds = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        PictureFigures {
            fps,
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

    fn at(ms: u64) -> MediaTime {
        MediaTime::from_duration(Duration::from_millis(ms))
    }

    fn meter(times_ms: impl IntoIterator<Item = u64>) -> PictureMeter {
        let mut meter = PictureMeter::default();
        times_ms.into_iter().for_each(|ms| meter.add(at(ms), None));
        meter
    }

    /// Just after the last of them.
    fn metered(times_ms: impl IntoIterator<Item = u64>) -> PictureFigures {
        let meter = meter(times_ms);
        let last = *meter.recent.back().unwrap();
        meter.figures(last)
    }

    #[test]
    fn pictures_that_never_come_back_are_a_freeze_and_no_rate() {
        let meter = meter((0..300).map(|n| n * 33));
        let figures = meter.figures(at(300 * 33 + 20_000));
        assert_eq!(figures.freezes, 1);
        assert!(figures.longest_gap_ms > 19_000 && figures.fps < f64::EPSILON, "{figures:?}");
        let figures = meter.figures(at(299 * 33 + 5_000));
        assert!((figures.fps - 15.0).abs() < 0.5, "half of the last ten seconds: {figures:?}");
    }

    #[test]
    fn of_who_left_nothing_is_missed() {
        let mut meter = meter((0..300).map(|n| n * 33));
        meter.left = Some(at(300 * 33));
        let figures = meter.figures(at(300 * 33 + 20_000));
        assert_eq!((figures.freezes, figures.longest_gap_ms), (0, 33));
        assert!((figures.fps - 30.3).abs() < 0.5, "{figures:?}");
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
