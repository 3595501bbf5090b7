//! The host's person and device: lets people in, sends them away, removes them, and repeats its orders at each welcome.

use std::collections::BTreeSet;
use std::time::Duration;

use conclave_protocol::bytes::BoundedBytes;
use conclave_protocol::ids::{DevicePublicKey, DeviceSignature, HostKeyHash, ParticipantId, RoomAddress, RoomId};
use conclave_protocol::signalling::{
    Access, ClientMessage, Credentials, Lock, OrderNumber, RoomCommand, RoomOrder, SignedOrder,
};
use conclave_protocol::snapshot::{RoomPhase, ServerPresence};
use conclave_server::registry::{OrderError, OrderVerifier};
use rand::Rng as _;
use rand::seq::IndexedRandom as _;

use crate::chaos;
use crate::world::{Event, World};

pub(crate) const ADDRESS: RoomAddress = RoomAddress { room: RoomId([7; 16]), host: HostKeyHash([0xA0; 16]) };
const KEY: DevicePublicKey = DevicePublicKey([0xA0; 32]);
const SIGNATURE: DeviceSignature = DeviceSignature([0xA0; 64]);
/// How long a decision may take, and after how long one that had no effect is taken again.
const DECIDES_WITHIN: Duration = Duration::from_secs(5);
/// How long the host may be gone.
const RETURNS_WITHIN: Duration = Duration::from_secs(15);

/// Takes what [`World::order`] makes: forgeries are the server's own tests' business.
pub(crate) struct FakeVerifier;

impl OrderVerifier for FakeVerifier {
    fn verify(&self, host: HostKeyHash, order: &SignedOrder) -> Result<RoomOrder, OrderError> {
        if order.key != KEY || host != ADDRESS.host {
            return Err(OrderError::NotTheHost);
        }
        serde_json::from_slice(order.body.as_slice()).map_err(|_| OrderError::Malformed)
    }
}

/// Who hosts, and by which rules.
#[derive(Debug)]
pub(crate) struct Host {
    client: usize,
    access: Access,
    lock: Lock,
    orders: u64,
    seen: BTreeSet<ParticipantId>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum HostStep {
    /// The host starts anew, if it isn't there.
    Comes,
    /// About one who waits.
    Decides(ParticipantId, Decision),
    /// The rules are drawn anew.
    ChangesRules,
    /// Somebody is put out.
    Removes,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Decision {
    Admit,
    Refuse,
}

/// People come and go, and meet with all that can break, in a room with a lobby whose host changes its mind.
pub(crate) fn plan(world: &mut World, people: usize, duration: Duration) {
    let client = world.add_client();
    world.has_host(client);
    chaos::plan(world, people, duration);
    let mut at = Duration::ZERO;
    loop {
        at += Duration::from_millis(world.rng.random_range(1000..20_000));
        if at >= duration {
            return;
        }
        let step = if world.rng.random_bool(0.5) { HostStep::Removes } else { HostStep::ChangesRules };
        world.schedule(at, Event::Host(step));
    }
}

impl World {
    /// From now on this one is the host, and wants a lobby.
    pub(crate) fn has_host(&mut self, client: usize) {
        // Greater than that of any host before.
        let orders = self.counts.orders;
        self.host = Some(Host { client, access: Access::Lobby, lock: Lock::Unlocked, orders, seen: BTreeSet::new() });
        self.host_says_the_rules();
    }

    pub(crate) fn host_removes(&mut self, client: usize) {
        if let Some(participant) = self.clients[client].id {
            self.host_says(RoomCommand::Remove { participant });
        }
    }

    pub(crate) fn host_step(&mut self, step: HostStep) {
        let Some(Host { client, .. }) = self.host else { return };
        match step {
            HostStep::Comes => self.host_comes(),
            HostStep::Decides(participant, decision) => {
                let snapshot = self.clients[client].room.snapshot();
                if !snapshot.waiting.iter().any(|waiting| waiting.id == participant) {
                    return;
                }
                self.host_says(match decision {
                    Decision::Admit => RoomCommand::Admit { participant },
                    Decision::Refuse => RoomCommand::Refuse { participant },
                });
                self.schedule(DECIDES_WITHIN, Event::Host(HostStep::Decides(participant, Decision::Admit)));
            }
            HostStep::ChangesRules => {
                let lobby = self.rng.random_bool(0.7);
                let locked = self.rng.random_bool(0.2);
                if let Some(host) = &mut self.host {
                    host.access = if lobby { Access::Lobby } else { Access::Open };
                    host.lock = if locked { Lock::Locked } else { Lock::Unlocked };
                }
                self.host_says_the_rules();
            }
            HostStep::Removes => {
                let others = self.clients[client].room.snapshot().others;
                if let Some(other) = others.choose(&mut self.rng) {
                    self.host_says(RoomCommand::Remove { participant: other.id });
                }
            }
        }
    }

    /// Whoever hosted, another program on the same device does so now.
    pub(crate) fn host_comes(&mut self) {
        if self.host.as_ref().is_none_or(|host| self.is_running(host.client)) {
            return;
        }
        let client = self.add_client();
        if let Some(host) = &mut self.host {
            host.client = client;
            host.seen.clear();
        }
    }

    pub(crate) fn may_have_lost_its_host(&mut self, client: usize) {
        if self.host.as_ref().is_some_and(|host| host.client == client) {
            let after = RETURNS_WITHIN.mul_f64(self.rng.random());
            self.schedule(after, Event::Host(HostStep::Comes));
        }
    }

    /// Each connection has to hear the rules, as the server may have forgotten them.
    pub(crate) fn was_welcome(&mut self, client: usize) {
        if let Some(host) = self.host.as_mut().filter(|host| host.client == client) {
            host.seen.clear();
            self.host_says_the_rules();
        }
    }

    pub(crate) fn host_looks(&mut self, client: usize) {
        let Some(host) = self.host.as_mut().filter(|host| host.client == client) else { return };
        let waiting = self.clients[client].room.snapshot().waiting;
        // The same participant may knock again.
        host.seen.retain(|id| waiting.iter().any(|one| one.id == *id));
        let new: Vec<_> = waiting.iter().map(|one| one.id).filter(|id| host.seen.insert(*id)).collect();
        for participant in new {
            let decision = if self.rng.random_bool(0.15) { Decision::Refuse } else { Decision::Admit };
            let after = DECIDES_WITHIN.mul_f64(self.rng.random());
            self.schedule(after, Event::Host(HostStep::Decides(participant, decision)));
        }
    }

    fn host_says_the_rules(&mut self) {
        if let Some(&Host { access, lock, .. }) = self.host.as_ref() {
            self.host_says(RoomCommand::SetAccess { access });
            self.host_says(RoomCommand::SetLock { lock });
        }
    }

    fn host_says(&mut self, command: RoomCommand) {
        let Some(client) = self.host.as_ref().map(|host| host.client).filter(|client| self.is_running(*client)) else {
            return;
        };
        let snapshot = self.clients[client].room.snapshot();
        let welcome = matches!(snapshot.phase, RoomPhase::Joined | RoomPhase::Waiting);
        let (true, ServerPresence::Connected, Some(participant)) = (welcome, snapshot.server, snapshot.me.id) else {
            return;
        };
        let Some(host) = &mut self.host else { return };
        host.orders += 1;
        let number = OrderNumber::try_from(host.orders).expect("a small number");
        let order = RoomOrder { room: ADDRESS.room, host: ADDRESS.host, participant, number, command };
        let body = BoundedBytes::new(order.to_json()).expect("a short order");
        let order = SignedOrder { key: KEY, body, signature: SIGNATURE, credentials: Credentials::default() };
        self.say(|| format!("the host orders {command:?}"));
        self.counts.orders += 1;
        self.send_to_server(client, ClientMessage::Govern { order });
    }
}
