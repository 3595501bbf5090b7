//! Whom this end believes: all that participants say to each other through the server is sealed and opened here, and a
//! link counts only once both its ends have proven who they are. Pure: what to do about it comes out as effects.
//!
//! The way of one link, as `docs/key-agreement.md` has it: Hello, Hello, offer, answer with the answerer's proof,
//! confirmation with the offerer's. The fingerprints of both descriptions are in both proofs, so a server that changes
//! one gets no link.

mod peer;
mod problem;
mod transport;

#[cfg(test)]
mod test_ends;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};

use conclave_keys::identity::{DeviceIdentity, DeviceKey};
use conclave_keys::pair::Role;
use conclave_keys::room_key::EpochKey;
use conclave_keys::safety::emoji::SafetyEmoji;
use conclave_keys::session::channel::{ChannelOpener, ChannelSealer};
use conclave_keys::statement::removal::RemovedDevices;
use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{LinkGeneration, ParticipantId, RoomId};
use conclave_protocol::notice::SecurityProblem;
use conclave_protocol::signal::Signal;
use conclave_room::LinkRole;

use self::peer::{Own, PeerTrust};

/// What the key agreement wants done.
#[derive(Debug)]
pub(crate) enum TrustEffect {
    /// Have the server relay this.
    Relay { to: ParticipantId, payload: SealedBytes },
    /// The other said this, and nobody else can have.
    Signal { from: ParticipantId, signal: Signal },
    /// Both ends of the link have proven who they are: media may flow.
    Verified { peer: ParticipantId, generation: LinkGeneration, verified: VerifiedPeer, control: Box<ControlKeys> },
    /// The link's other end is not who it should be.
    Failed { peer: ParticipantId, generation: LinkGeneration },
    /// Tell the person.
    Problem { peer: ParticipantId, problem: SecurityProblem },
}

/// Who is at the other end of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct VerifiedPeer {
    /// Their device.
    pub(crate) device: DeviceKey,
    /// What both ends show.
    pub(crate) emoji: SafetyEmoji,
}

/// Seals and opens the messages of a link's control channel.
#[derive(Debug)]
pub(crate) struct ControlKeys {
    pub(crate) sealer: ChannelSealer,
    pub(crate) opener: ChannelOpener,
}

/// Effects in the order in which they are to be done.
#[derive(Debug, Default)]
struct Outbox(VecDeque<TrustEffect>);

impl Outbox {
    fn push(&mut self, effect: TrustEffect) {
        self.0.push_back(effect);
    }

    fn relay(&mut self, to: ParticipantId, payload: SealedBytes) {
        self.push(TrustEffect::Relay { to, payload });
    }

    fn signal(&mut self, from: ParticipantId, signal: Signal) {
        self.push(TrustEffect::Signal { from, signal });
    }

    fn failed(&mut self, peer: ParticipantId, generation: LinkGeneration) {
        self.push(TrustEffect::Failed { peer, generation });
    }
}

/// What this end knows of whom to believe.
pub(crate) struct Trust {
    identity: DeviceIdentity,
    keys: EpochKey,
    removed: RemovedDevices,
    me: Option<ParticipantId>,
    peers: HashMap<ParticipantId, PeerTrust>,
    outbox: Outbox,
}

impl Trust {
    pub(crate) fn new(identity: DeviceIdentity, keys: EpochKey) -> Self {
        Self {
            identity,
            keys,
            removed: RemovedDevices::default(),
            me: None,
            peers: HashMap::new(),
            outbox: Outbox::default(),
        }
    }

    /// The server says who this end is. As somebody new, this end knows nobody.
    pub(crate) fn set_me(&mut self, me: ParticipantId) {
        if self.me.replace(me) != Some(me) {
            self.peers.clear();
        }
    }

    /// Somebody is in the room, and it is settled who offers. Bounded by the room's roster.
    pub(crate) fn meet(&mut self, peer: ParticipantId, role: LinkRole) {
        let Some(me) = self.me else { return };
        let role = match role {
            LinkRole::Offerer => Role::Offerer,
            LinkRole::Answerer => Role::Answerer,
        };
        match self.peers.get_mut(&peer) {
            Some(known) => known.set_next_role(role),
            None => drop(self.peers.insert(peer, PeerTrust::new(me, peer, role))),
        }
    }

    /// Somebody is not in the room any more.
    pub(crate) fn part(&mut self, peer: ParticipantId) {
        self.peers.remove(&peer);
    }

    /// A link to the peer is being built.
    pub(crate) fn link_opened(&mut self, peer: ParticipantId) {
        self.with(peer, |peer, own, outbox| peer.link_opened(own, outbox));
    }

    /// The link to the peer is gone.
    pub(crate) fn link_closed(&mut self, peer: ParticipantId) {
        self.with(peer, |peer, _, _| peer.link_closed());
    }

    /// Has a signal sealed and relayed, at once or when there is a session.
    pub(crate) fn send(&mut self, to: ParticipantId, signal: Signal) {
        self.with(to, |peer, own, outbox| peer.send(own, outbox, signal));
    }

    /// Takes what the server relayed. What is from nobody who is in the room is dropped.
    pub(crate) fn receive(&mut self, from: ParticipantId, sealed: &SealedBytes) {
        self.with(from, |peer, own, outbox| peer.receive(own, outbox, sealed));
    }

    /// This end's device.
    pub(crate) fn own_device(&self) -> DeviceKey {
        self.identity.public_key()
    }

    /// R.
    pub(crate) fn room(&self) -> RoomId {
        self.keys.room()
    }

    /// The next thing to do.
    pub(crate) fn poll(&mut self) -> Option<TrustEffect> {
        self.outbox.0.pop_front()
    }

    fn with(&mut self, peer: ParticipantId, act: impl FnOnce(&mut PeerTrust, &Own<'_>, &mut Outbox)) {
        let own = Own { identity: &self.identity, keys: &self.keys, removed: &self.removed };
        if let Some(peer) = self.peers.get_mut(&peer) {
            act(peer, &own, &mut self.outbox);
        }
    }
}
