//! Asking for keyframes, not too often.

use std::time::{Duration, Instant};

use crate::line::{Line, PerLine};

/// A keyframe takes about this long to be made and to arrive; asking again before only costs another one.
const MIN_INTERVAL: Duration = Duration::from_millis(250);

/// Which lines a keyframe is wanted on. A wish made too early, or before the line's source is known, is kept until it
/// can be sent. Pure: time comes from outside.
#[derive(Debug)]
pub(crate) struct KeyframeRequests {
    wanted: PerLine<bool>,
    asked: PerLine<Option<Instant>>,
}

impl KeyframeRequests {
    pub(crate) fn new() -> Self {
        Self { wanted: PerLine::from_fn(|_| false), asked: PerLine::from_fn(|_| None) }
    }

    /// A keyframe is wanted on `line`.
    pub(crate) fn want(&mut self, line: Line) {
        self.wanted[line] = true;
    }

    /// The lines to ask on now, of those for which `is_known` holds; they count as asked.
    pub(crate) fn take_due(&mut self, now: Instant, is_known: impl Fn(Line) -> bool) -> Vec<Line> {
        let due: Vec<Line> = Line::ALL
            .into_iter()
            .filter(|&line| self.wanted[line] && is_known(line) && self.earliest(line).is_none_or(|at| at <= now))
            .collect();
        for &line in &due {
            self.wanted[line] = false;
            self.asked[line] = Some(now);
        }
        due
    }

    /// When the next wish of a line for which `is_known` holds becomes due.
    pub(crate) fn deadline(&self, now: Instant, is_known: impl Fn(Line) -> bool) -> Option<Instant> {
        Line::ALL
            .into_iter()
            .filter(|&line| self.wanted[line] && is_known(line))
            .map(|line| self.earliest(line).unwrap_or(now))
            .min()
    }

    fn earliest(&self, line: Line) -> Option<Instant> {
        self.asked[line].map(|asked| asked + MIN_INTERVAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wish_is_sent_at_once_and_many_soon_after_it_become_one() {
        let start = Instant::now();
        let mut requests = KeyframeRequests::new();
        requests.want(Line::Camera);
        assert_eq!(requests.take_due(start, |_| true), [Line::Camera]);
        for ms in [1, 50, 249] {
            requests.want(Line::Camera);
            assert!(requests.take_due(start + Duration::from_millis(ms), |_| true).is_empty(), "{ms}");
        }
        let later = start + MIN_INTERVAL;
        assert_eq!(requests.deadline(start, |_| true), Some(later));
        assert_eq!(requests.take_due(later, |_| true), [Line::Camera]);
        assert_eq!(requests.deadline(later, |_| true), None);
    }

    #[test]
    fn a_wish_for_an_unknown_source_waits_until_it_is_known() {
        let start = Instant::now();
        let mut requests = KeyframeRequests::new();
        requests.want(Line::Screen);
        assert!(requests.take_due(start, |_| false).is_empty());
        assert_eq!(requests.deadline(start, |_| false), None);
        assert_eq!(requests.take_due(start, |line| line == Line::Screen), [Line::Screen]);
    }

    #[test]
    fn lines_do_not_hold_each_other_back() {
        let start = Instant::now();
        let mut requests = KeyframeRequests::new();
        requests.want(Line::Camera);
        assert_eq!(requests.take_due(start, |_| true), [Line::Camera]);
        requests.want(Line::Screen);
        assert_eq!(requests.take_due(start, |_| true), [Line::Screen]);
    }
}
