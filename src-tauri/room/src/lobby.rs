//! Those who wait to be let in, as the server tells whoever governs.

use conclave_protocol::ids::ParticipantId;
use conclave_protocol::signalling::limits::MAX_WAITING;
use conclave_protocol::snapshot::WaitingParticipant;

/// Those who wait, longest first; at most [`MAX_WAITING`].
#[derive(Debug, Default)]
pub(crate) struct Lobby {
    waiting: Vec<ParticipantId>,
}

impl Lobby {
    pub(crate) fn knocked(&mut self, participant: ParticipantId) {
        if self.waiting.len() < MAX_WAITING && !self.waiting.contains(&participant) {
            self.waiting.push(participant);
        }
    }

    /// Inside now, or away.
    pub(crate) fn waits_no_more(&mut self, participant: ParticipantId) {
        self.waiting.retain(|waiting| *waiting != participant);
    }

    /// A new connection governs nothing until the server says who waits.
    pub(crate) fn forget(&mut self) {
        self.waiting.clear();
    }

    pub(crate) fn snapshot(&self) -> Vec<WaitingParticipant> {
        self.waiting.iter().map(|id| WaitingParticipant { id: *id }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_lists_ever_more_fills_no_memory() {
        let mut lobby = Lobby::default();
        for number in 0..=u8::MAX {
            lobby.knocked(ParticipantId([number; 16]));
            lobby.knocked(ParticipantId([number; 16]));
        }
        assert_eq!(lobby.snapshot().len(), MAX_WAITING);
    }
}
