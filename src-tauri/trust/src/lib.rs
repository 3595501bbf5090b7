//! Whom this end believes: all that participants say to each other through the server is sealed and opened here, and a
//! link counts only once both its ends have proven who they are. Pure: what to do about it comes out as effects.
//!
//! The way of one link, as `docs/key-agreement.md` has it: Hello, Hello, offer, answer with the answerer's proof,
//! confirmation with the offerer's. The fingerprints of both descriptions are in both proofs, so a server that changes
//! one gets no link.
#![forbid(unsafe_code)]

mod admissions;
mod authority;
mod budget;
mod commands;
mod doubts;
mod effect;
mod epochs;
mod gate;
mod guessing;
mod hearing;
mod hosting;
mod news;
mod orders;
mod overruled;
mod peer;
mod people;
mod problem;
mod statements;
mod transport;

#[cfg(test)]
mod host_tests;
#[cfg(test)]
mod test_ends;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use conclave_keys::identity::{DeviceIdentity, DeviceKey};
use conclave_keys::known_devices::KnownDevices;
use conclave_keys::pair::Role;
use conclave_keys::room_key::RoomKey;
use conclave_keys::statement::authority::Rank;
use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{HostKeyHash, LinkGeneration, ParticipantId, RoomId};
use conclave_protocol::peer::{DisplayName, PeerMessage, Told};
use conclave_protocol::signal::Signal;
use conclave_protocol::signalling::RoomCommand;
use conclave_room::LinkRole;

use self::admissions::Admissions;
use self::authority::{Authority, Moment, Tenure};
use self::doubts::Doubts;
use self::epochs::Epochs;
use self::gate::{Gate, Place, SeenDevices};
use self::guessing::PasswordGuard;
use self::news::PeerNews;
use self::orders::OrderNumbers;
use self::overruled::Overruled;
use self::peer::{Newcomers, Own, PeerTrust, Verdict};

pub use effect::{ControlKeys, TrustEffect, VerifiedPeer};
pub use transport::{TransportError, read_transport};

/// Effects in the order in which they are to be done, and what is still to be thought about.
#[derive(Debug, Default)]
struct Outbox {
    effects: VecDeque<TrustEffect>,
    news: VecDeque<(ParticipantId, PeerNews)>,
}

impl Outbox {
    fn push(&mut self, effect: TrustEffect) {
        self.effects.push_back(effect);
    }

    fn say(&mut self, to: ParticipantId, message: PeerMessage) {
        self.push(TrustEffect::Say { to, message });
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

    fn news(&mut self, peer: ParticipantId, news: PeerNews) {
        self.news.push_back((peer, news));
    }
}

/// What this end knows of whom to believe.
pub struct Trust {
    identity: DeviceIdentity,
    epochs: Epochs,
    authority: Authority,
    admissions: Admissions,
    seen: SeenDevices,
    known: KnownDevices,
    me: Option<ParticipantId>,
    now_ms: u64,
    peers: BTreeMap<ParticipantId, PeerTrust>,
    /// The links that stand and are proven, and to which devices.
    verified: BTreeMap<ParticipantId, DeviceKey>,
    /// Those who were shown to the person as asking to be let in; at most as many as there are peers.
    knocking: BTreeMap<ParticipantId, DeviceKey>,
    guard: PasswordGuard,
    orders: OrderNumbers,
    /// As what this end spoke for the room when it was last looked at.
    office: Option<Rank>,
    tenure: Tenure,
    doubts: Doubts,
    overruled: Overruled,
    /// When this end last let in anew all who were there.
    renewed_at_ms: Option<u64>,
    outbox: Outbox,
}

impl Trust {
    /// `host` is H of the link.
    #[must_use]
    pub fn new(identity: DeviceIdentity, key: RoomKey, host: HostKeyHash, known: KnownDevices) -> Self {
        Self {
            authority: Authority::new(key.room(), host),
            identity,
            epochs: Epochs::new(key),
            admissions: Admissions::default(),
            seen: SeenDevices::default(),
            known,
            me: None,
            now_ms: 0,
            peers: BTreeMap::new(),
            verified: BTreeMap::new(),
            knocking: BTreeMap::new(),
            guard: PasswordGuard::default(),
            orders: OrderNumbers::default(),
            office: None,
            tenure: Tenure::Returning,
            doubts: Doubts::default(),
            overruled: Overruled::default(),
            renewed_at_ms: None,
            outbox: Outbox::default(),
        }
    }

    /// What time it is, in milliseconds since 1970 began in UTC: to be said before anything else that happens.
    pub fn set_now(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
        self.keep_admissions_fresh();
        self.settle_doubts();
        self.answer_the_door();
    }

    /// The server says who this end is. As somebody new, this end knows nobody.
    pub fn set_me(&mut self, me: ParticipantId) {
        if self.me.replace(me) != Some(me) {
            self.peers.clear();
            self.verified.clear();
            self.knocking.clear();
            self.overruled = Overruled::default();
        }
    }

    /// Somebody is in the room, and it is settled who offers. Bounded by the room's roster.
    pub fn meet(&mut self, peer: ParticipantId, role: LinkRole) {
        self.know(peer, role, Place::Inside);
        self.reconsider(peer);
    }

    /// Somebody waits before the room, and may ask this end to be let in. Bounded by the room's lobby.
    pub fn attend(&mut self, peer: ParticipantId) {
        // Whoever waits comes in last.
        self.know(peer, LinkRole::Answerer, Place::Outside);
        self.answer_the_door();
    }

    /// Asks somebody who governs to let this end in.
    pub fn knock(&mut self, peer: ParticipantId, name: DisplayName) {
        self.with(peer, |peer, own, outbox| peer.knock(own, outbox, Signal::Hello { name }));
    }

    fn know(&mut self, peer: ParticipantId, role: LinkRole, place: Place) {
        let Some(me) = self.me else { return };
        let role = match role {
            LinkRole::Offerer => Role::Offerer,
            LinkRole::Answerer => Role::Answerer,
        };
        let known = self.peers.entry(peer).or_insert_with(|| PeerTrust::new(me, peer, role));
        known.set_place(place);
        known.set_next_role(role);
    }

    /// Somebody is not in the room any more.
    pub fn part(&mut self, peer: ParticipantId) {
        self.peers.remove(&peer);
        self.verified.remove(&peer);
        self.knocks_no_more(peer);
        self.think_again();
        self.look_at_office();
    }

    /// A link to the peer is being built.
    pub fn link_opened(&mut self, peer: ParticipantId) {
        self.with(peer, |peer, own, outbox| peer.link_opened(own, outbox));
    }

    /// The link to the peer is up, and proven: all is said again there, as a server may have kept it back.
    pub fn link_connected(&mut self, peer: ParticipantId) {
        self.with(peer, |peer, _, _| peer.link_connected());
        self.introduce(peer);
        self.bring_up_to_date(peer);
    }

    /// The link to the peer is gone.
    pub fn link_closed(&mut self, peer: ParticipantId) {
        self.verified.remove(&peer);
        self.with(peer, |peer, _, _| peer.link_closed());
        self.think_again();
        self.look_at_office();
    }

    /// Has a signal sealed and relayed, at once or when there is a session.
    pub fn send(&mut self, to: ParticipantId, signal: Signal) {
        self.with(to, |peer, own, outbox| peer.send(own, outbox, signal));
    }

    /// Takes what the server relayed. What is from nobody who is in the room is dropped.
    pub fn receive(&mut self, from: ParticipantId, sealed: &SealedBytes) {
        self.with(from, |peer, own, outbox| peer.receive(own, outbox, sealed));
        self.conclude(from);
    }

    /// Takes what the other said on the link's control channel.
    pub fn hear_statements(&mut self, from: ParticipantId, packed: &Told) {
        if self.verified.contains_key(&from) {
            self.with(from, |peer, own, outbox| {
                let taken = peer.take_statements(own, outbox, packed.as_slice());
                peer.note(outbox, taken);
            });
            self.conclude(from);
        }
    }

    /// The same, of an epoch's secret.
    pub fn hear_epoch(&mut self, from: ParticipantId, told: &Told) {
        if self.verified.contains_key(&from) {
            self.outbox.news(from, PeerNews::Epoch(told.as_slice().to_vec()));
            self.conclude(from);
        }
    }

    fn conclude(&mut self, from: ParticipantId) {
        self.think();
        self.reconsider(from);
        self.look_at_office();
        self.with(from, |peer, own, outbox| peer.ask(own, outbox));
    }

    /// This end's device.
    pub fn own_device(&self) -> DeviceKey {
        self.identity.public_key()
    }

    /// R.
    pub fn room(&self) -> RoomId {
        self.authority.room()
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<TrustEffect> {
        self.outbox.effects.pop_front()
    }

    /// The devices that are there: those of verified links, and this end's.
    fn present(&self) -> Vec<DeviceKey> {
        self.verified.values().copied().chain([self.own_device()]).collect()
    }

    fn moment<'a>(&self, present: &'a [DeviceKey]) -> Moment<'a> {
        Moment { epoch: self.epochs.epoch(), now_ms: self.now_ms, present }
    }

    /// Whether this end speaks for the room.
    fn governs(&self) -> bool {
        self.authority.rank(&self.own_device(), &self.present()).is_some()
    }

    /// Takes and says what waited for the peer to be let in.
    fn reconsider(&mut self, peer: ParticipantId) {
        self.with(peer, |peer, own, outbox| peer.reconsider(own, outbox));
        self.answer_the_door();
    }

    /// The same of all, as the rules, the epoch or who is let in may have changed.
    fn reconsider_all(&mut self) {
        let peers: Vec<_> = self.peers.keys().copied().collect();
        for peer in peers {
            self.with(peer, |peer, own, outbox| peer.reconsider(own, outbox));
        }
        self.answer_the_door();
    }

    /// The door is answered for those whom the rules already say what to do with.
    fn answer_the_door(&mut self) {
        if self.office().is_none() {
            return;
        }
        let peers: Vec<_> = self.peers.keys().copied().collect();
        for participant in peers {
            let mut verdict = None;
            self.with(participant, |peer, own, outbox| verdict = peer.answer_the_door(own, outbox));
            let command = match verdict {
                Some(Verdict::ComesIn) => RoomCommand::Admit { participant },
                Some(Verdict::StaysOut) => RoomCommand::Refuse { participant },
                None => continue,
            };
            self.knocks_no_more(participant);
            self.order(command);
        }
    }

    fn knocks_no_more(&mut self, peer: ParticipantId) {
        if self.knocking.remove(&peer).is_some() {
            self.outbox.push(TrustEffect::Knock { peer, knock: None });
        }
    }

    fn with(&mut self, peer: ParticipantId, act: impl FnOnce(&mut PeerTrust, &Own<'_>, &mut Outbox)) {
        let present = self.present();
        let own_device = self.identity.public_key();
        let gate = Gate {
            authority: &self.authority,
            admissions: &self.admissions,
            seen: &self.seen,
            moment: Moment { epoch: self.epochs.epoch(), now_ms: self.now_ms, present: &present },
            own_device,
        };
        let newcomers = if self.guard.is_closed(self.now_ms) { Newcomers::Ignored } else { Newcomers::Answered };
        let own = Own { identity: &self.identity, epochs: &self.epochs, gate, newcomers };
        if let Some(peer) = self.peers.get_mut(&peer) {
            act(peer, &own, &mut self.outbox);
        }
    }
}
