//! Links that stand while the rules change: who has no place by the new ones loses them.

use conclave_protocol::ids::ParticipantId;

use super::{Trust, TrustEffect};
use crate::problem::Distrust;

/// How long those who stay may take to be shown that they were let in: the new rules and what goes with them come in
/// several messages, and by way of several participants.
const SETTLES_WITHIN_MS: u64 = 3_000;

/// Since when links may stand that should not.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    ends_at_ms: Option<u64>,
}

impl Trust {
    /// The rules, or the epoch, are other ones.
    pub(super) fn doubt_links(&mut self) {
        if !self.verified.is_empty() {
            self.doubts.ends_at_ms = Some(self.now_ms.saturating_add(SETTLES_WITHIN_MS));
        }
    }

    /// A link that is proven only now may have been begun under other rules.
    pub(super) fn doubt_if_unfit(&mut self, peer: ParticipantId) {
        if !self.is_fit(peer) {
            self.doubt_links();
        }
    }

    /// When [`Trust::set_now`] is to be called though nothing happens.
    pub fn next_deadline_ms(&self) -> Option<u64> {
        self.doubts.ends_at_ms
    }

    /// Gives up the links with those whom this end would build none with now.
    pub(super) fn settle_doubts(&mut self) {
        // A clock that was put back doesn't make it wait for longer.
        let waits = |at: u64| self.now_ms < at && at - self.now_ms <= SETTLES_WITHIN_MS;
        if self.doubts.ends_at_ms.is_none_or(waits) {
            return;
        }
        self.doubts.ends_at_ms = None;
        // One who was left behind can't tell who was let in since.
        if self.authority.has_begun(self.epochs.epoch().next()) {
            return;
        }
        let linked: Vec<_> = self.verified.keys().copied().collect();
        for peer in linked {
            if self.is_fit(peer) {
                continue;
            }
            self.verified.remove(&peer);
            let mut generation = None;
            self.with(peer, |peer, _, outbox| {
                generation = peer.link_generation();
                peer.close();
                peer.note(outbox, Err(Distrust::NotAdmitted));
            });
            if let Some(generation) = generation {
                self.outbox.push(TrustEffect::Failed { peer, generation });
            }
        }
        self.look_at_office();
    }

    fn is_fit(&mut self, peer: ParticipantId) -> bool {
        let mut is_fit = true;
        let device = self.verified.get(&peer).copied();
        self.with(peer, |peer, own, _| is_fit = device.is_some_and(|device| peer.would_let_in(own, &device)));
        is_fit
    }
}
