//! What happened from one snapshot of the room to the next, told as events.

use std::collections::HashMap;

use conclave_call::protocol::ids::ParticipantId;
use conclave_call::protocol::line::LineState;
use conclave_call::protocol::peer::DisplayName;
use conclave_call::protocol::snapshot::{
    Governance, LinkPhase, Recognition, RoomPhase, RoomSnapshot, SharingState, VerifiedIdentity, WaitingParticipant,
};

use crate::console::{Console, Event};
use crate::observer::Observer;

/// Tells what changed from one snapshot to the next.
#[derive(Default)]
pub(crate) struct Storyteller {
    joined: bool,
    links: HashMap<ParticipantId, (LinkPhase, Option<DisplayName>)>,
    verified: HashMap<ParticipantId, VerifiedIdentity>,
    room_code: Option<String>,
    is_waiting: bool,
    waiting: Vec<WaitingParticipant>,
    governance: Option<Governance>,
    recognised: HashMap<ParticipantId, Recognition>,
    screens: HashMap<ParticipantId, LineState>,
    sharing: SharingState,
}

impl Storyteller {
    pub(crate) fn tell(&mut self, snapshot: &RoomSnapshot, observer: &Observer, console: &Console) {
        if let (false, RoomPhase::Joined, Some(participant)) = (self.joined, snapshot.phase, snapshot.me.id) {
            self.joined = true;
            console.tell(&Event::Joined { participant });
        }
        if snapshot.phase == RoomPhase::Waiting && !std::mem::replace(&mut self.is_waiting, true) {
            console.tell(&Event::Waiting);
        }
        self.tell_governance(snapshot, console);
        self.tell_screens(snapshot, console);
        for other in &snapshot.others {
            if let Some(identity) = &other.verified
                && self.verified.get(&other.id) != Some(identity)
            {
                self.verified.insert(other.id, identity.clone());
                let (name, identity) = (other.name.clone(), identity.clone());
                console.tell(&Event::Verified { peer: other.id, name, identity });
            }
            if let Some(recognition) = other.recognition
                && self.recognised.insert(other.id, recognition) != Some(recognition)
            {
                let (peer, name) = (other.id, other.name.clone());
                console.tell(&Event::Recognised { peer, name, recognition });
            }
            let before = self.links.get(&other.id).map(|(phase, _)| *phase);
            let now = match (other.link, &other.name) {
                // The name comes with the first message on the link: told with it, who is connected is known.
                (LinkPhase::Connected, None) => before.unwrap_or(LinkPhase::Connecting),
                (phase, _) => phase,
            };
            self.links.insert(other.id, (now, other.name.clone()));
            match now {
                now if before == Some(now) => {}
                LinkPhase::Connected => console.tell(&Event::Connected { peer: other.id, name: other.name.clone() }),
                LinkPhase::Reconnecting => console.tell(&Event::Reconnecting { peer: other.id }),
                LinkPhase::Connecting => {}
            }
        }
        if let Some(code) = snapshot.room_code.as_ref().filter(|code| self.room_code.as_ref() != Some(code)) {
            self.room_code = Some(code.clone());
            console.tell(&Event::RoomCode { code: code.clone() });
        }
        let present = |id: &ParticipantId| snapshot.others.iter().any(|other| other.id == *id);
        let gone: Vec<_> = self.links.keys().copied().filter(|id| !present(id)).collect();
        for peer in gone {
            self.verified.remove(&peer);
            self.recognised.remove(&peer);
            self.screens.remove(&peer);
            let name = self.links.remove(&peer).and_then(|(_, name)| name);
            observer.left(peer);
            console.tell(&Event::Left { peer, name });
        }
        if let RoomPhase::Ended { reason } = snapshot.phase {
            console.tell(&Event::Ended { reason });
        }
    }

    fn tell_screens(&mut self, snapshot: &RoomSnapshot, console: &Console) {
        for other in &snapshot.others {
            let (state, before) = (other.media.screen, self.screens.insert(other.id, other.media.screen));
            if before.unwrap_or_default() != state {
                console.tell(&Event::Screen { peer: other.id, name: other.name.clone(), state });
            }
        }
        if self.sharing != snapshot.me.sharing {
            self.sharing.clone_from(&snapshot.me.sharing);
            console.tell(&Event::Sharing { sharing: self.sharing.clone() });
        }
    }

    fn tell_governance(&mut self, snapshot: &RoomSnapshot, console: &Console) {
        if self.governance.replace(snapshot.governance) != Some(snapshot.governance) {
            console.tell(&Event::Governance { governance: snapshot.governance });
        }
        for waiting in &snapshot.waiting {
            if let (Some(knock), false) = (&waiting.knock, self.waiting.contains(waiting)) {
                console.tell(&Event::Knock { participant: waiting.id, knock: knock.clone() });
            }
        }
        for gone in &self.waiting {
            if gone.knock.is_some() && !snapshot.waiting.iter().any(|waiting| waiting.id == gone.id) {
                console.tell(&Event::KnocksNoMore { participant: gone.id });
            }
        }
        self.waiting.clone_from(&snapshot.waiting);
    }
}
