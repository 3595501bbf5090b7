//! What every part of a room works with: the time, where effects go, and what the others are told about this end.

use std::collections::VecDeque;

use conclave_protocol::ids::ParticipantId;
use conclave_protocol::line::MediaState;
use conclave_protocol::peer::DisplayName;
use conclave_protocol::signal::Signal;
use conclave_protocol::signalling::IceServer;
use conclave_protocol::snapshot::ServerPresence;

use crate::effect::Effect;
use crate::time::Timestamp;

/// What a part of the room needs to act.
pub(crate) struct Context<'a> {
    pub(crate) now: Timestamp,
    pub(crate) server: ServerPresence,
    pub(crate) outbox: &'a mut Outbox,
    pub(crate) local: &'a LocalState,
}

impl Context<'_> {
    /// Has the server relay a signal. While it isn't there the signal is lost, as it can be on its way anyhow: kept for
    /// later it would be stale, and said before the hello it would be refused.
    pub(crate) fn signal(&mut self, to: ParticipantId, signal: Signal) {
        if self.server == ServerPresence::Connected {
            self.outbox.push(Effect::Signal { to, signal });
        }
    }
}

/// What this end has to tell the others, and to build links with.
#[derive(Debug)]
pub(crate) struct LocalState {
    pub(crate) name: DisplayName,
    pub(crate) media: MediaState,
    pub(crate) ice_servers: Vec<IceServer>,
}

/// Effects in the order in which they are to be done.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: VecDeque<Effect>,
}

impl Outbox {
    pub(crate) fn push(&mut self, effect: Effect) {
        self.queue.push_back(effect);
    }

    pub(crate) fn pop(&mut self) -> Option<Effect> {
        self.queue.pop_front()
    }
}
