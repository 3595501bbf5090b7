//! Loss, and whether it is of this end's making.

use std::time::{Duration, Instant};

/// A share of loss is told from at least this many packets over at least this long.
const MIN_PACKETS: u32 = 60;
const MIN_WINDOW: Duration = Duration::from_millis(700);
/// After this long half of them will do.
const MAX_WINDOW: Duration = Duration::from_secs(3);
/// Loss beyond the path's own that is still nothing.
const TOLERANCE: f64 = 0.05;
/// How many standard deviations more make a window noticed, and two of them together suspicious.
const NOTICED_DEVIATIONS: f64 = 1.5;
const SURE_DEVIATIONS: f64 = 2.5;
/// So much more is noticed in one window.
const GREAT_EXCESS: f64 = 0.2;
/// How long the sender takes to send less.
const REACTION: Duration = Duration::from_millis(300);
/// To what share of it loss must fall for the sending to have been its cause.
const CAUSED_SHARE: f64 = 0.4;

/// What the last window of feedback says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// There is more loss than the path's own: send less, and see.
    Suspicious,
    /// Sending less has made it less: that was too much.
    Confirmed,
    /// Sending less has not made it less: it was the path's own, and what was sent before was right.
    Acquitted,
    /// No more loss than the path's own.
    Usual,
}

#[derive(Debug, Clone, Copy)]
enum Trial {
    None,
    /// One window with too much loss; it may have been chance.
    Noticed(Window),
    /// Sending less since `since`; before, this share was lost.
    Running {
        since: Instant,
        share_before: f64,
    },
}

#[derive(Debug, Clone, Copy)]
struct Window {
    sent: u32,
    lost: u32,
}

impl Window {
    fn share(self) -> f64 {
        f64::from(self.lost) / f64::from(self.sent)
    }

    fn with(self, other: Self) -> Self {
        Self { sent: self.sent + other.sent, lost: self.lost + other.lost }
    }

    fn tolerance(self, deviations: f64) -> f64 {
        let share = self.share();
        TOLERANCE.max(deviations * (share * (1.0 - share) / f64::from(self.sent)).sqrt())
    }

    fn is_sure(self, own_share: f64) -> bool {
        self.share() > own_share + self.tolerance(SURE_DEVIATIONS)
    }
}

/// Follows the share of packets that are lost.
#[derive(Debug)]
pub(super) struct LossTrial {
    /// The share the path loses whatever is sent.
    own_share: f64,
    trial: Trial,
    window_start: Option<Instant>,
    sent: u32,
    lost: u32,
}

impl LossTrial {
    pub(super) fn new() -> Self {
        Self { own_share: 0.0, trial: Trial::None, window_start: None, sent: 0, lost: 0 }
    }

    /// The share of packets that the path loses whatever is sent, as far as is known.
    pub(super) fn own_share(&self) -> f64 {
        self.own_share
    }

    /// Counts a packet that left at `departure`; `Some` when a window is full. After [`Verdict::Suspicious`] less is to
    /// be sent.
    pub(super) fn count(&mut self, now: Instant, departure: Instant, is_lost: bool) -> Option<Verdict> {
        if let Trial::Running { since, .. } = self.trial
            && departure < since
        {
            // It left before less was sent: it says nothing of the trial.
            return None;
        }
        let start = *self.window_start.get_or_insert(departure);
        self.sent += 1;
        self.lost += u32::from(is_lost);
        let span = departure.saturating_duration_since(start);
        let is_full = span >= MIN_WINDOW && self.sent >= MIN_PACKETS;
        let is_old = span >= MAX_WINDOW && self.sent >= MIN_PACKETS / 2;
        if !is_full && !is_old {
            return None;
        }
        let window = Window { sent: self.sent, lost: self.lost };
        self.window_start = None;
        self.sent = 0;
        self.lost = 0;
        Some(self.judge(now, window))
    }

    fn judge(&mut self, now: Instant, window: Window) -> Verdict {
        let share = window.share();
        let is_usual = share <= self.own_share + window.tolerance(NOTICED_DEVIATIONS);
        match self.trial {
            Trial::None if share > self.own_share + GREAT_EXCESS => self.try_less(now, share),
            Trial::None if !is_usual => {
                self.trial = Trial::Noticed(window);
                Verdict::Usual
            }
            Trial::Noticed(first) if !is_usual && first.with(window).is_sure(self.own_share) => {
                self.try_less(now, first.with(window).share())
            }
            Trial::None | Trial::Noticed(_) => {
                self.trial = Trial::None;
                // Upwards slowly: loss of its own making must not become the path's.
                let weight = if share < self.own_share { 0.2 } else { 0.03 };
                self.own_share += (share - self.own_share) * weight;
                Verdict::Usual
            }
            Trial::Running { share_before, .. } => {
                self.trial = Trial::None;
                let excess_before = share_before - self.own_share;
                let excess = share - self.own_share;
                if is_usual || excess < excess_before * CAUSED_SHARE {
                    Verdict::Confirmed
                } else {
                    self.own_share = (share + share_before) / 2.0;
                    Verdict::Acquitted
                }
            }
        }
    }

    fn try_less(&mut self, now: Instant, share_before: f64) -> Verdict {
        let since = now + REACTION;
        self.trial = Trial::Running { since, share_before };
        Verdict::Suspicious
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Path {
        now: Instant,
        packets: u64,
        trial: LossTrial,
    }

    impl Path {
        fn new() -> Self {
            Self { now: Instant::now(), packets: 0, trial: LossTrial::new() }
        }

        /// The verdict of the next window but one, if the next one is usual.
        fn next_two(&mut self, every: u64) -> Verdict {
            match self.next(every) {
                Verdict::Usual => self.next(every),
                verdict => verdict,
            }
        }

        /// The verdict of the next window at 100 packets a second of which one in `every` is lost.
        fn next(&mut self, every: u64) -> Verdict {
            loop {
                self.now += Duration::from_millis(10);
                self.packets += 1;
                let is_lost = every != 0 && self.packets.is_multiple_of(every);
                if let Some(verdict) = self.trial.count(self.now, self.now, is_lost) {
                    return verdict;
                }
            }
        }
    }

    #[test]
    fn without_loss_nothing_is_suspicious() {
        let mut path = Path::new();
        for _ in 0..20 {
            assert_eq!(path.next(0), Verdict::Usual);
        }
    }

    #[test]
    fn one_bad_window_is_taken_for_chance() {
        let mut path = Path::new();
        for _ in 0..5 {
            assert_eq!(path.next(0), Verdict::Usual);
            assert_eq!(path.next(8), Verdict::Usual);
        }
    }

    #[test]
    fn great_loss_is_suspicious_at_once() {
        let mut path = Path::new();
        assert_eq!(path.next(3), Verdict::Suspicious);
    }

    #[test]
    fn loss_that_sending_less_cures_is_confirmed() {
        let mut path = Path::new();
        assert_eq!(path.next(0), Verdict::Usual);
        assert_eq!(path.next_two(5), Verdict::Suspicious);
        assert_eq!(path.next(0), Verdict::Confirmed);
        assert_eq!(path.next(0), Verdict::Usual);
    }

    #[test]
    fn loss_that_stays_the_same_is_the_path_s_own_from_then_on() {
        let mut path = Path::new();
        assert_eq!(path.next_two(6), Verdict::Suspicious);
        assert_eq!(path.next(6), Verdict::Acquitted);
        for _ in 0..20 {
            assert_eq!(path.next(6), Verdict::Usual);
        }
        assert_eq!(path.next_two(2), Verdict::Suspicious, "more than its own is suspicious again");
    }

    #[test]
    fn what_left_before_less_was_sent_does_not_count_in_the_trial() {
        let mut path = Path::new();
        assert_eq!(path.next_two(4), Verdict::Suspicious);
        let before = path.now;
        for _ in 0..1000 {
            let counted = path.trial.count(path.now + Duration::from_secs(1), before, true);
            assert_eq!(counted, None);
        }
        assert_eq!(path.next(0), Verdict::Confirmed);
    }
}
