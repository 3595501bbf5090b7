//! Whom one who waits may ask to be let in, as the server names them.

use conclave_protocol::ids::ParticipantId;
use conclave_protocol::signalling::limits::MAX_PARTICIPANTS;

use crate::context::Context;
use crate::effect::{Effect, LinkRole};

/// Those who govern the room that this end waits for; at most [`MAX_PARTICIPANTS`].
#[derive(Debug, Default)]
pub(crate) struct Governors(Vec<ParticipantId>);

impl Governors {
    /// Somebody governs: this end asks to be let in.
    pub(crate) fn ask(&mut self, cx: &mut Context<'_>, governor: ParticipantId) {
        if !self.0.contains(&governor) {
            if self.0.len() >= MAX_PARTICIPANTS {
                return;
            }
            self.0.push(governor);
        }
        // Whoever waits comes in last, so it offers.
        cx.outbox.push(Effect::Meet { peer: governor, role: LinkRole::Offerer });
        let name = cx.local.name.clone();
        cx.outbox.push(Effect::Knock { peer: governor, name });
    }

    /// Somebody governs no more, or is gone.
    pub(crate) fn left(&mut self, governor: ParticipantId) {
        self.0.retain(|known| *known != governor);
    }

    /// This end waits no more, or anew: whoever governs is said again.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }

    pub(crate) fn contains(&self, id: ParticipantId) -> bool {
        self.0.contains(&id)
    }
}
