//! Which packets of a stream are missing, and when to ask for them. Pure: time comes from outside.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How often missing packets are looked for; also what a packet that was only overtaken gets, at most, to arrive.
pub(super) const NACK_INTERVAL: Duration = Duration::from_millis(20);
/// More requests than this for one packet only add to the congestion that lost it.
const MAX_REQUESTS: u8 = 4;
/// Sequence numbers behind the newest in which packets are missed; a larger jump is a new beginning.
const WINDOW: u64 = 1024;
/// A packet this late is of no use.
const MAX_AGE: Duration = Duration::from_secs(1);
/// Packets asked for in one request: a request must fit a datagram, however scattered they are.
const MAX_PER_REQUEST: usize = 256;
/// What a request's answer may take on top of the round trip.
const ANSWER_SLACK: Duration = Duration::from_millis(10);

#[derive(Debug, Clone, Copy)]
struct Missing {
    since: Instant,
    requests: u8,
    ask_at: Instant,
}

/// The gaps of one stream.
#[derive(Debug, Default)]
pub(super) struct LossLog {
    /// Newest sequence number, extended by the times it wrapped.
    newest: Option<u64>,
    missing: BTreeMap<u64, Missing>,
}

impl LossLog {
    /// A packet has arrived.
    pub(super) fn arrived(&mut self, now: Instant, sequence: u16) {
        let Some(newest) = self.newest else {
            // Room below, so that what was overtaken at the very start has a number too.
            self.newest = Some(u64::from(sequence) + (1 << 16));
            return;
        };
        let ahead = sequence.wrapping_sub(newest as u16);
        if ahead >= 1 << 15 {
            let behind = u64::from(ahead.wrapping_neg());
            self.missing.remove(&newest.saturating_sub(behind));
            return;
        }
        let arrived = newest + u64::from(ahead);
        self.newest = Some(arrived);
        if u64::from(ahead) > WINDOW {
            self.missing.clear();
            return;
        }
        for lost in newest + 1..arrived {
            let missing = Missing { since: now, requests: 0, ask_at: now };
            self.missing.insert(lost, missing);
        }
        self.missing = self.missing.split_off(&(arrived.saturating_sub(WINDOW)));
    }

    /// The packets to ask for now, oldest first; they count as asked for. Each is asked for again only when the answer
    /// to the former request should have arrived.
    pub(super) fn take_due(&mut self, now: Instant, round_trip: Duration) -> Vec<u16> {
        self.missing.retain(|_, missing| now.saturating_duration_since(missing.since) < MAX_AGE);
        let pause = (round_trip + ANSWER_SLACK).max(NACK_INTERVAL);
        let mut due = Vec::new();
        for (sequence, missing) in &mut self.missing {
            if due.len() == MAX_PER_REQUEST {
                break;
            }
            if missing.requests < MAX_REQUESTS && missing.ask_at <= now {
                missing.requests += 1;
                missing.ask_at = now + pause;
                due.push(*sequence as u16);
            }
        }
        due
    }

    /// Whether there is anything to ask for, now or later.
    pub(super) fn is_waiting(&self) -> bool {
        self.missing.values().any(|missing| missing.requests < MAX_REQUESTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEAR: Duration = Duration::from_millis(1);

    fn log_of(start: Instant, sequences: impl IntoIterator<Item = u16>) -> LossLog {
        let mut log = LossLog::default();
        for sequence in sequences {
            log.arrived(start, sequence);
        }
        log
    }

    #[test]
    fn nothing_is_asked_for_while_nothing_is_missing() {
        let start = Instant::now();
        let mut log = log_of(start, [65534, 65535, 0, 1, 2]);
        assert!(!log.is_waiting());
        assert!(log.take_due(start + NACK_INTERVAL, NEAR).is_empty());
    }

    #[test]
    fn gaps_are_asked_for_across_the_wrap() {
        let start = Instant::now();
        let mut log = log_of(start, [65533, 65535, 2]);
        assert_eq!(log.take_due(start, NEAR), [65534, 0, 1]);
    }

    #[test]
    fn what_arrives_late_is_not_asked_for() {
        let start = Instant::now();
        let mut log = log_of(start, [10, 14, 11, 13]);
        assert_eq!(log.take_due(start, NEAR), [12]);
        log.arrived(start, 12);
        assert!(!log.is_waiting());
        assert!(log.take_due(start + MAX_AGE / 2, NEAR).is_empty());
    }

    #[test]
    fn a_packet_is_asked_for_at_most_four_times() {
        let start = Instant::now();
        let mut log = log_of(start, [1, 3]);
        let asked: usize = (0..40).map(|tick| log.take_due(start + NACK_INTERVAL * tick, NEAR).len()).sum();
        assert_eq!(asked, 4);
        assert!(!log.is_waiting());
    }

    #[test]
    fn a_packet_is_not_asked_for_again_before_its_answer_can_have_come() {
        let start = Instant::now();
        let mut log = log_of(start, [1, 3]);
        let round_trip = Duration::from_millis(150);
        let asked: Vec<u32> =
            (0..40).filter(|tick| !log.take_due(start + NACK_INTERVAL * *tick, round_trip).is_empty()).collect();
        assert_eq!(asked, [0, 8, 16, 24], "in ticks of 20 ms");
    }

    #[test]
    fn a_packet_that_would_come_too_late_is_given_up() {
        let start = Instant::now();
        let mut log = log_of(start, [1, 3]);
        assert!(log.take_due(start + MAX_AGE, NEAR).is_empty());
        assert!(!log.is_waiting());
    }

    #[test]
    fn a_great_loss_is_asked_for_in_requests_that_fit_a_datagram() {
        let start = Instant::now();
        let mut log = log_of(start, (0..1000).step_by(2));
        let first = log.take_due(start, NEAR);
        let second = log.take_due(start, NEAR);
        assert_eq!((first.len(), second.len()), (256, 243));
        assert!(first.iter().chain(&second).all(|sequence| sequence % 2 == 1));
    }

    #[test]
    fn a_jump_is_a_new_beginning_and_memory_stays_bounded() {
        let start = Instant::now();
        let mut log = log_of(start, [1, 3, 20_000]);
        assert!(!log.is_waiting());
        for step in 0..200u32 {
            log.arrived(start, (20_000 + step * 900) as u16);
        }
        assert!(log.missing.len() as u64 <= WINDOW);
    }
}
