//! What every part of a room works with: the time, where effects go, and what the others are told about this end.

use std::collections::{BTreeSet, VecDeque};

use conclave_protocol::ids::ParticipantId;
use conclave_protocol::line::MediaState;
use conclave_protocol::peer::{ClientKind, DisplayName, PeerMessage};
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
    pub(crate) client: ClientKind,
    pub(crate) media: MediaState,
    pub(crate) ice_servers: Vec<IceServer>,
}

impl LocalState {
    /// Who this end says it is.
    pub(crate) fn profile(&self) -> PeerMessage {
        PeerMessage::Profile { name: self.name.clone(), client: self.client }
    }
}

/// Effects in the order in which they are to be done.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: VecDeque<Effect>,
    /// Whom this end has met and not parted from.
    met: BTreeSet<ParticipantId>,
    /// To whom a link was closed since this was last asked for.
    closed: BTreeSet<ParticipantId>,
}

impl Outbox {
    pub(crate) fn push(&mut self, effect: Effect) {
        match &effect {
            Effect::Meet { peer, .. } | Effect::Attend { peer } => drop(self.met.insert(*peer)),
            Effect::CloseLink { peer, .. } => drop(self.closed.insert(*peer)),
            _ => {}
        }
        self.queue.push_back(effect);
    }

    /// Parts from all that this end has met and has nothing to do with any more.
    pub(crate) fn part_from_all_but(&mut self, wanted: impl Fn(ParticipantId) -> bool) {
        let gone: Vec<_> = self.met.iter().copied().filter(|peer| !wanted(*peer)).collect();
        for peer in gone {
            self.met.remove(&peer);
            self.queue.push_back(Effect::Part { peer });
        }
    }

    /// To whom links were closed since this was last called.
    pub(crate) fn take_closed(&mut self) -> BTreeSet<ParticipantId> {
        std::mem::take(&mut self.closed)
    }

    pub(crate) fn pop(&mut self) -> Option<Effect> {
        self.queue.pop_front()
    }
}
