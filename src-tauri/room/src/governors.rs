//! Whom one who waits may ask to be let in, as the server names them.

use std::collections::BTreeMap;
use std::time::Duration;

use conclave_protocol::ids::ParticipantId;
use conclave_protocol::signalling::limits::MAX_PARTICIPANTS;
use conclave_protocol::snapshot::ServerPresence;

use crate::context::Context;
use crate::effect::{Effect, LinkRole};
use crate::time::Timestamp;

/// After how long one who waits still asks again: what was asked may have been lost.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(15);

/// Those who govern the room that this end waits for, and when each is asked again; at most [`MAX_PARTICIPANTS`].
#[derive(Debug, Default)]
pub(crate) struct Governors(BTreeMap<ParticipantId, Timestamp>);

impl Governors {
    /// Somebody governs: this end asks to be let in.
    pub(crate) fn ask(&mut self, cx: &mut Context<'_>, governor: ParticipantId) {
        if self.0.len() >= MAX_PARTICIPANTS && !self.contains(governor) {
            return;
        }
        self.0.insert(governor, cx.now + ASK_AGAIN_AFTER);
        // Whoever waits comes in last, so it offers.
        cx.outbox.push(Effect::Meet { peer: governor, role: LinkRole::Offerer });
        knock(cx, governor);
    }

    /// Asks again whom it is time to ask.
    pub(crate) fn run_timers(&mut self, cx: &mut Context<'_>) {
        let now = cx.now;
        for (governor, again_at) in self.0.iter_mut().filter(|(_, again_at)| **again_at <= now) {
            *again_at = now + ASK_AGAIN_AFTER;
            knock(cx, *governor);
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.0.values().min().copied()
    }

    /// Somebody governs no more, or is gone.
    pub(crate) fn left(&mut self, governor: ParticipantId) {
        self.0.remove(&governor);
    }

    /// This end waits no more, or anew: whoever governs is said again.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }

    pub(crate) fn contains(&self, id: ParticipantId) -> bool {
        self.0.contains_key(&id)
    }
}

/// Only through a server that is there: said before its welcome it would be refused, and after that all are asked anew.
fn knock(cx: &mut Context<'_>, governor: ParticipantId) {
    if cx.server == ServerPresence::Connected {
        let name = cx.local.name.clone();
        cx.outbox.push(Effect::Knock { peer: governor, name });
    }
}
