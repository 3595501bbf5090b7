//! What the key agreement wants done, and what the person is shown of it.

use conclave_keys::identity::DeviceKey;
use conclave_keys::safety::emoji::Emoji;
use conclave_keys::safety::room_code::RoomCode;
use conclave_protocol::ids::ParticipantId;
use conclave_protocol::notice::{CommandRefusal, Notice, SecurityProblem};
use conclave_protocol::peer::DisplayName;
use conclave_protocol::signalling::{ClientMessage, Recipient};
use conclave_protocol::snapshot::{Recognition, RoomSnapshot, SafetySign, VerifiedIdentity};
use conclave_room::{Input, LinkEvent};
use conclave_trust::{TrustEffect, VerifiedPeer};

use crate::conference::Conference;
use crate::deed::Deed;

impl Conference {
    pub(super) fn carry_out_of_trust(&mut self, effect: TrustEffect) {
        match effect {
            TrustEffect::Relay { to, payload } => {
                self.want(Deed::SendToServer(ClientMessage::Relay { to: Recipient::Participant(to), payload }));
            }
            TrustEffect::Say { to, message } => {
                if let Some(generation) = self.controls.current(to) {
                    self.say(to, generation, &message);
                }
            }
            TrustEffect::Signal { from, signal } => self.feed(Input::Signal { from, signal }),
            TrustEffect::Verified { peer, generation, verified, control } => {
                self.set_verified(peer, Some(verified.device));
                self.want(Deed::Verified { peer, generation });
                self.proven(peer, generation, identity_of(&verified), control);
            }
            TrustEffect::Failed { peer, generation } => {
                self.feed(Input::Link { peer, generation, event: LinkEvent::Failed });
            }
            TrustEffect::Problem { peer, problem } => {
                tracing::warn!(?peer, ?problem, "what came in a participant's name can't be believed");
                self.want(Deed::Notify(Notice::Security { participant: peer, problem }));
            }
            TrustEffect::Ask { peer } => {
                let name = self.room.name().clone();
                self.trust.knock(peer, name);
            }
            TrustEffect::Knock { peer, knock } => self.feed(Input::Knock { from: peer, knock }),
            TrustEffect::Removed { peer } => self.feed(Input::Removed { participant: peer }),
            TrustEffect::End(reason) => self.feed(Input::Ended(reason)),
            TrustEffect::Order(order) => self.want(Deed::SendToServer(ClientMessage::Govern { order: *order })),
            TrustEffect::CommandRefused(reason) => self.want(Deed::Notify(Notice::CommandRefused { reason })),
        }
    }

    pub(super) fn set_verified(&mut self, peer: ParticipantId, device: Option<DeviceKey>) {
        let before = match device {
            Some(device) => self.verified.insert(peer, device),
            None => self.verified.remove(&peer),
        };
        if before != device {
            let devices: Vec<_> = self.verified.values().copied().chain([self.trust.own_device()]).collect();
            let code: Option<String> =
                (devices.len() > 1).then(|| RoomCode::of(self.trust.room(), &devices).to_string());
            if code.is_some() {
                self.room_code.clone_from(&code);
            }
            self.feed(Input::RoomCode(code));
        }
    }

    /// Looks up the devices of those who have proven theirs and said their names, each once for each name.
    pub(super) fn recognise(&mut self, snapshot: &RoomSnapshot) {
        for other in &snapshot.others {
            let (Some(name), Some(device)) = (&other.name, self.verified.get(&other.id).copied()) else { continue };
            if other.verified.is_none() || !self.acquaintances.is_news(other.id, device, name) {
                continue;
            }
            let recognition = self.trust.see(&device, name);
            self.show_recognition(other.id, recognition);
        }
    }

    pub(super) fn confirm_identity(&mut self, peer: ParticipantId, name: &DisplayName) {
        let Some(device) = self.verified.get(&peer).copied() else { return };
        match self.trust.confirm(device, name) {
            Ok(()) => self.show_recognition(peer, Recognition::Confirmed),
            Err(_) => self.want(Deed::Notify(Notice::CommandRefused { reason: CommandRefusal::TooMany })),
        }
    }

    fn show_recognition(&mut self, participant: ParticipantId, recognition: Recognition) {
        self.feed(Input::Recognised { participant, recognition });
        if recognition == Recognition::NameWithOtherKey {
            let problem = SecurityProblem::NameWithOtherDevice;
            self.want(Deed::Notify(Notice::Security { participant, problem }));
        }
    }
}

fn identity_of(verified: &VerifiedPeer) -> VerifiedIdentity {
    let sign = |emoji: Emoji| SafetySign { symbol: emoji.symbol.to_string(), name: emoji.name.to_owned() };
    VerifiedIdentity {
        device: verified.device.to_string(),
        safety: verified.emoji.emoji().into_iter().map(sign).collect(),
    }
}
