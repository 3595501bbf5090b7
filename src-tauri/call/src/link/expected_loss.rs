//! How much of this end's sound the network loses on its way to the others: what the encoder's redundancy is made for.
//! One encoder serves all links, so the worst of them decides.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use conclave_peer::{Line, LinkStatistics};
use conclave_protocol::ids::ParticipantId;

/// Redundancy is never given up: the first loss after a quiet time is the one it is there for.
const LEAST_PERCENT: u8 = 5;
/// Beyond this the copies would take more from the sound than they give back.
const MOST_PERCENT: u8 = 30;
/// The share of a new second in the average.
const NEW_SHARE: f64 = 0.3;

/// Of all links, as of their latest figures.
#[derive(Default)]
pub(crate) struct ExpectedLoss(Mutex<HashMap<ParticipantId, LinkLoss>>);

#[derive(Default)]
struct LinkLoss {
    sent: u64,
    lost: u64,
    /// From 0 to 1, smoothed.
    share: f64,
}

impl LinkLoss {
    fn count(&mut self, sent: u64, lost: u64) {
        // A rebuilt link counts from zero.
        let new = (sent.checked_sub(self.sent)).zip(lost.checked_sub(self.lost)).filter(|(sent, _)| *sent > 0);
        if let Some((sent, lost)) = new {
            let share = (lost as f64 / sent as f64).min(1.0);
            self.share += (share - self.share) * NEW_SHARE;
        }
        (self.sent, self.lost) = (sent, lost);
    }
}

impl ExpectedLoss {
    /// Takes a link's figures, a second after the ones before; how many of a hundred packets to expect to be lost.
    pub(super) fn heard(&self, peer: ParticipantId, figures: &LinkStatistics) -> u8 {
        let microphone = figures.lines.iter().find(|line| line.line == Line::Microphone);
        let sent = microphone.map(|line| line.sent).unwrap_or_default();
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        links.entry(peer).or_default().count(sent.packets, sent.lost);
        let worst = links.values().map(|link| link.share).fold(0.0, f64::max);
        ((worst * 100.0).ceil() as u8).clamp(LEAST_PERCENT, MOST_PERCENT)
    }

    /// The link is gone.
    pub(super) fn forget(&self, peer: ParticipantId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&peer);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use conclave_peer::{LineStatistics, ReceivedStatistics, SentStatistics};

    use super::*;

    const ADA: ParticipantId = ParticipantId([1; 16]);
    const BOB: ParticipantId = ParticipantId([2; 16]);

    fn figures(packets: u64, lost: u64) -> LinkStatistics {
        let sent = SentStatistics { packets, lost, jitter: Duration::ZERO, ..SentStatistics::default() };
        let line =
            LineStatistics { line: Line::Microphone, takes: true, sent, received: ReceivedStatistics::default() };
        LinkStatistics { lines: vec![line], ..LinkStatistics::default() }
    }

    #[test]
    fn the_worst_link_decides_and_is_forgotten_when_it_is_gone() {
        let expected = ExpectedLoss::default();
        assert_eq!(expected.heard(ADA, &figures(0, 0)), LEAST_PERCENT);
        for second in 1..=30 {
            expected.heard(ADA, &figures(50 * second, 0));
            expected.heard(BOB, &figures(50 * second, 10 * second));
        }
        assert_eq!(expected.heard(ADA, &figures(50 * 31, 0)), 20);
        expected.forget(BOB);
        assert_eq!(expected.heard(ADA, &figures(50 * 32, 0)), LEAST_PERCENT);
    }

    #[test]
    fn a_rebuilt_link_counts_from_its_own_zero() {
        let expected = ExpectedLoss::default();
        expected.heard(ADA, &figures(5000, 400));
        assert_eq!(expected.heard(ADA, &figures(10, 0)), LEAST_PERCENT);
    }

    #[test]
    fn what_a_peer_claims_is_bounded() {
        let expected = ExpectedLoss::default();
        for second in 1..=50 {
            expected.heard(ADA, &figures(second, u64::from(u32::MAX) * second));
        }
        assert_eq!(expected.heard(ADA, &figures(51, u64::MAX)), MOST_PERCENT);
    }
}
