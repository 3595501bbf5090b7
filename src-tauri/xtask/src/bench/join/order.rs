//! Whose turn it is.

use serde::Serialize;

/// One of the two that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Side {
    /// The earlier revision.
    Before,
    /// The work tree.
    Now,
}

/// Each side's turns with the number of the round, from 1. Who begins changes from round to round, so that a computer
/// that gets slower or faster meanwhile does so for both alike.
pub(super) fn by_turns(rounds: u32) -> impl Iterator<Item = (u32, Side)> {
    (1..=rounds).flat_map(|round| {
        let turns = if round % 2 == 1 { [Side::Before, Side::Now] } else { [Side::Now, Side::Before] };
        turns.map(|side| (round, side))
    })
}

#[cfg(test)]
mod tests {
    use super::Side::{Before, Now};
    use super::*;

    #[test]
    fn who_begins_changes_from_round_to_round() {
        let turns: Vec<_> = by_turns(3).collect();
        assert_eq!(turns, [(1, Before), (1, Now), (2, Now), (2, Before), (3, Before), (3, Now)]);
    }

    #[test]
    fn a_drift_of_the_computer_hits_both_alike() {
        let places = |side| by_turns(30).enumerate().filter(move |(_, turn)| turn.1 == side).map(|(place, _)| place);
        assert_eq!(places(Before).count(), 30);
        assert_eq!(places(Before).sum::<usize>(), places(Now).sum::<usize>());
    }
}
