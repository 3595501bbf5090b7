//! Messages kept for a participant whose connection is down.

use std::collections::VecDeque;

use conclave_protocol::ids::ParticipantId;
use conclave_protocol::signalling::ServerMessage;

/// What is kept for all absent participants of all rooms together.
#[derive(Debug)]
pub(super) struct KeptTotal {
    bytes: usize,
    limit: usize,
    dropped: u64,
}

impl KeptTotal {
    pub(super) fn new(limit: usize) -> Self {
        Self { bytes: 0, limit, dropped: 0 }
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Messages that found no space.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }
}

/// What is kept for one absent participant, oldest first.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    messages: VecDeque<Kept>,
    bytes: usize,
}

#[derive(Debug)]
struct Kept {
    from: ParticipantId,
    message: ServerMessage,
    size: usize,
}

impl Backlog {
    /// Keeps a message of `size` bytes. Past `limit` the oldest ones make room; past the total's limit this one is
    /// dropped, as the others' backlogs are not this participant's to empty.
    pub(super) fn keep(
        &mut self,
        from: ParticipantId,
        message: ServerMessage,
        size: usize,
        limit: usize,
        total: &mut KeptTotal,
    ) {
        while self.bytes + size > limit {
            let Some(oldest) = self.messages.pop_front() else {
                break;
            };
            self.bytes -= oldest.size;
            total.bytes -= oldest.size;
            total.dropped += 1;
        }
        if self.bytes + size > limit || total.bytes + size > total.limit {
            total.dropped += 1;
            return;
        }
        self.bytes += size;
        total.bytes += size;
        self.messages.push_back(Kept { from, message, size });
    }

    /// Forgets what a participant said who is in the room no more: who returns would not know the sender.
    pub(super) fn forget_sender(&mut self, sender: ParticipantId, total: &mut KeptTotal) {
        let before = self.bytes;
        let bytes = &mut self.bytes;
        self.messages.retain(|kept| {
            let stays = kept.from != sender;
            if !stays {
                *bytes -= kept.size;
            }
            stays
        });
        total.bytes -= before - self.bytes;
    }

    /// Everything, to be delivered or thrown away.
    pub(super) fn empty_into(self, total: &mut KeptTotal) -> VecDeque<ServerMessage> {
        total.bytes -= self.bytes;
        self.messages.into_iter().map(|kept| kept.message).collect()
    }
}
