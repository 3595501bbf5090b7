//! What a co-host said while, as far as this end knew, the host was there. The co-host may have noticed first that it is
//! gone: then its word counts once this end has noticed too.

use std::collections::VecDeque;

use conclave_protocol::ids::ParticipantId;

use super::Trust;

/// The most that is kept.
const MAX_KEPT: usize = 16;

/// One thing that was said.
#[derive(Debug)]
pub(super) enum Said {
    Statement(Vec<u8>),
    Epoch(Vec<u8>),
}

/// What may count later; the oldest is forgotten first.
#[derive(Debug, Default)]
pub(super) struct Overruled(VecDeque<(ParticipantId, Said)>);

impl Overruled {
    pub(super) fn keep(&mut self, from: ParticipantId, said: Said) {
        if self.0.len() >= MAX_KEPT {
            self.0.pop_front();
        }
        self.0.push_back((from, said));
    }
}

impl Trust {
    /// Somebody is not there any more.
    pub(super) fn think_again(&mut self) {
        for (from, said) in std::mem::take(&mut self.overruled).0 {
            match said {
                Said::Statement(statement) => self.take_statements(from, &[statement]),
                Said::Epoch(told) => self.take_epoch(from, &told),
            }
        }
    }
}
