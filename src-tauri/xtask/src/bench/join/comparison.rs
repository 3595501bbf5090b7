//! What the rounds of both come to, and whether joining is slower than it may be.

use serde::Serialize;

use super::super::quantile::{median, quantile};
use super::Round;
use super::order::Side;
use super::round::Arrival;

/// How much slower than before a link may become usable, at the median, in milliseconds.
pub(super) const ALLOWED_MS: f64 = 15.0;

/// Both, figure by figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Comparison {
    pub(super) connected_ms: Compared,
    pub(super) joined_ms: Compared,
    pub(super) first_video_ms: Compared,
    pub(super) first_audio_ms: Compared,
}

/// One figure of both.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Compared {
    pub(super) before: Spread,
    pub(super) now: Spread,
    /// Of the medians: above zero when it takes longer now.
    pub(super) difference: f64,
}

/// How one figure is spread over the rounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Spread {
    pub(super) p10: f64,
    pub(super) median: f64,
    pub(super) p90: f64,
}

/// Whether joining is slower than it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Within,
    Beyond,
}

impl Comparison {
    /// `None` when one of the two had no round.
    pub(super) fn of(rounds: &[Round]) -> Option<Self> {
        Some(Self {
            connected_ms: Compared::of(rounds, |arrival| arrival.connected_ms)?,
            joined_ms: Compared::of(rounds, |arrival| arrival.joined_ms)?,
            first_video_ms: Compared::of(rounds, |arrival| arrival.first_video_ms)?,
            first_audio_ms: Compared::of(rounds, |arrival| arrival.first_audio_ms)?,
        })
    }

    pub(super) fn verdict(&self) -> Verdict {
        if self.connected_ms.difference <= ALLOWED_MS { Verdict::Within } else { Verdict::Beyond }
    }
}

impl Compared {
    fn of(rounds: &[Round], figure: impl Fn(&Arrival) -> u64) -> Option<Self> {
        let spread = |side| {
            let of_side = rounds.iter().filter(|round| round.side == side);
            Spread::of(of_side.map(|round| figure(&round.arrival) as f64).collect())
        };
        let (before, now) = (spread(Side::Before)?, spread(Side::Now)?);
        Some(Self { before, now, difference: now.median - before.median })
    }
}

impl Spread {
    fn of(values: Vec<f64>) -> Option<Self> {
        Some(Self { p10: quantile(values.clone(), 0.1)?, p90: quantile(values.clone(), 0.9)?, median: median(values)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(side: Side, connected_ms: u64) -> Round {
        let arrival =
            Arrival { connected_ms, joined_ms: 20, first_video_ms: 2 * connected_ms, first_audio_ms: connected_ms + 9 };
        Round { side, arrival }
    }

    fn rounds(before: &[u64], now: &[u64]) -> Vec<Round> {
        let of = |side, figures: &[u64]| figures.iter().map(|&figure| round(side, figure)).collect::<Vec<_>>();
        [of(Side::Before, before), of(Side::Now, now)].concat()
    }

    #[test]
    fn medians_are_compared_and_one_slow_round_changes_little() {
        let comparison = Comparison::of(&rounds(&[100, 90, 110], &[104, 900, 103])).unwrap();
        assert_eq!(comparison.connected_ms.before, Spread { p10: 92.0, median: 100.0, p90: 108.0 });
        assert_eq!(comparison.connected_ms.difference, 4.0);
        assert_eq!(comparison.first_video_ms.difference, 8.0);
        assert_eq!(comparison.joined_ms.difference, 0.0);
    }

    #[test]
    fn up_to_the_bound_it_is_within() {
        let verdict = |now| Comparison::of(&rounds(&[100], &[now])).unwrap().verdict();
        assert_eq!(verdict(40), Verdict::Within);
        assert_eq!(verdict(115), Verdict::Within);
        assert_eq!(verdict(116), Verdict::Beyond);
    }

    #[test]
    fn with_rounds_of_one_only_there_is_nothing_to_compare() {
        assert_eq!(Comparison::of(&rounds(&[100], &[])), None);
    }
}
