//! How often keyframes are asked for and given. Pure: the caller says what time it is.

use std::time::{Duration, Instant};

/// Keyframes of a layer, and requests for them, are at least this far apart: a keyframe costs as much as ten other
/// pictures, and the answer to a request is on its way for a round trip.
pub(crate) const MIN_KEYFRAME_INTERVAL: Duration = Duration::from_millis(300);

/// Where keyframes are made: many ask, one is made.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyframeGate {
    requested: bool,
    last: Option<Instant>,
}

impl KeyframeGate {
    /// Somebody needs a keyframe.
    pub(crate) fn request(&mut self) {
        self.requested = true;
    }

    /// Whether the picture that is about to be encoded is to be one.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        let too_soon = self.last.is_some_and(|last| now.saturating_duration_since(last) < MIN_KEYFRAME_INTERVAL);
        self.requested && !too_soon
    }

    /// A keyframe was made, for whatever reason. It serves all who asked before.
    pub(crate) fn made(&mut self, now: Instant) {
        self.requested = false;
        self.last = Some(now);
    }
}

/// Where keyframes are needed: asks at once, and again as long as none comes.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyframeNeed {
    needed: bool,
    last: Option<Instant>,
}

impl KeyframeNeed {
    /// Nothing can be shown without one.
    pub(crate) fn arises(&mut self) {
        self.needed = true;
    }

    /// One came.
    pub(crate) fn is_met(&mut self) {
        self.needed = false;
    }

    /// Whether to ask now; counted as done.
    pub(crate) fn ask(&mut self, now: Instant) -> bool {
        let due = self.next_ask().is_some_and(|at| at.is_none_or(|at| at <= now));
        if due {
            self.last = Some(now);
        }
        due
    }

    /// When to ask next, if at all.
    pub(crate) fn deadline(&self, now: Instant) -> Option<Instant> {
        self.next_ask().map(|at| at.unwrap_or(now))
    }

    /// `Some(None)`: at once.
    fn next_ask(&self) -> Option<Option<Instant>> {
        self.needed.then(|| self.last.map(|last| last + MIN_KEYFRAME_INTERVAL))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn many_requests_make_one_keyframe() {
        let start = Instant::now();
        let mut gate = KeyframeGate::default();
        assert!(!gate.is_due(start));
        let mut made = Vec::new();
        for frame in 0..30 {
            let now = start + ms(33) * frame;
            gate.request();
            gate.request();
            if gate.is_due(now) {
                gate.made(now);
                made.push(frame);
            }
        }
        assert_eq!(made, [0, 10, 20]);
    }

    #[test]
    fn a_request_that_came_too_soon_is_not_forgotten() {
        let start = Instant::now();
        let mut gate = KeyframeGate::default();
        gate.made(start);
        gate.request();
        assert!(!gate.is_due(start + ms(299)));
        assert!(gate.is_due(start + ms(300)));
        gate.made(start + ms(300));
        assert!(!gate.is_due(start + ms(900)));
    }

    #[test]
    fn a_need_is_repeated_until_it_is_met() {
        let start = Instant::now();
        let mut need = KeyframeNeed::default();
        assert_eq!(need.deadline(start), None);
        need.arises();
        let asked: Vec<_> = (0..1_000).filter(|at| need.ask(start + ms(*at))).collect();
        assert_eq!(asked, [0, 300, 600, 900]);
        need.is_met();
        assert_eq!(need.deadline(start + ms(1_000)), None);
        need.arises();
        assert!(!need.ask(start + ms(1_000)), "still too soon after the last one");
        assert_eq!(need.deadline(start + ms(1_000)), Some(start + ms(1_200)));
    }
}
