//! Who said goodbye, so that a server which hasn't noticed yet doesn't bring them back.

use std::collections::BTreeMap;
use std::time::Duration;

use conclave_protocol::ids::ParticipantId;
use conclave_protocol::signalling::limits::{PING_INTERVAL, RESUME_WINDOW};

use crate::time::Timestamp;

/// How many goodbyes are remembered; the oldest are forgotten first.
const REMEMBERED: usize = 32;
/// The server drops a client that leaves two pings unanswered, at the third, and keeps its place for the resume window.
const REMEMBERED_FOR: Duration = PING_INTERVAL.saturating_mul(3).saturating_add(RESUME_WINDOW);

/// Participants who said goodbye lately.
#[derive(Debug, Default)]
pub(crate) struct Departed {
    since: BTreeMap<ParticipantId, Timestamp>,
}

impl Departed {
    pub(crate) fn insert(&mut self, now: Timestamp, participant: ParticipantId) {
        if self.since.len() >= REMEMBERED {
            let oldest = self.since.iter().min_by_key(|(_, since)| **since).map(|(id, _)| *id);
            oldest.and_then(|id| self.since.remove(&id));
        }
        self.since.insert(participant, now);
    }

    pub(crate) fn remove(&mut self, participant: ParticipantId) {
        self.since.remove(&participant);
    }

    pub(crate) fn contains(&self, now: Timestamp, participant: ParticipantId) -> bool {
        self.since.get(&participant).is_some_and(|since| now.since(*since) < REMEMBERED_FOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> ParticipantId {
        ParticipantId([number; 16])
    }

    #[test]
    fn only_the_latest_goodbyes_are_remembered_and_not_for_ever() {
        let mut departed = Departed::default();
        for number in 0..100 {
            departed.insert(Timestamp(Duration::from_secs(number.into())), id(number));
        }
        let now = Timestamp(Duration::from_secs(100));
        assert_eq!(departed.since.len(), REMEMBERED);
        assert!(departed.contains(now, id(99)));
        assert!(!departed.contains(now, id(0)));
        assert!(!departed.contains(now + REMEMBERED_FOR, id(99)));
    }
}
