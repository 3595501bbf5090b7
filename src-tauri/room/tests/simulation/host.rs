//! The host's person and device: lets people in, sends them away, removes them, locks the room, and repeats its orders at
//! each welcome.

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
    /// Whom it ever had sent away.
    refused: BTreeSet<ParticipantId>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum HostStep {
    /// The host starts anew, if it isn't there.
    Comes,
    /// About one who waits.
    Decides(ParticipantId, Decision),
    /// Who needs to be let in is drawn anew.
    ChangesAccess,
    /// The room is locked, or opened again.
    TurnsKey,
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
        let step = match world.rng.random_range(0..4) {
            0 => HostStep::Removes,
            1 => HostStep::ChangesAccess,
            _ => HostStep::TurnsKey,
        };
        world.schedule(at, Event::Host(step));
    }
}

impl World {
    /// From now on this one is the host, and wants a lobby.
    pub(crate) fn has_host(&mut self, client: usize) {
        self.host = Some(Host {
            client,
            access: Access::Lobby,
            lock: Lock::Unlocked,
            orders: 0,
            seen: BTreeSet::new(),
            refused: BTreeSet::new(),
        });
        self.host_says_the_rules();
    }

    /// Whether it is the host who had this one sent away.
    pub(crate) fn was_refused(&self, client: usize) -> bool {
        let host = self.host.as_ref();
        host.zip(self.clients[client].id).is_some_and(|(host, id)| host.refused.contains(&id))
    }

    pub(crate) fn is_locked(&self) -> bool {
        self.host.as_ref().is_some_and(|host| host.lock == Lock::Locked)
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
                let command = match decision {
                    Decision::Admit => RoomCommand::Admit { participant },
                    Decision::Refuse => {
                        self.host.as_mut().map(|host| host.refused.insert(participant));
                        RoomCommand::Refuse { participant }
                    }
                };
                self.host_says(command);
                self.schedule(DECIDES_WITHIN, Event::Host(HostStep::Decides(participant, Decision::Admit)));
            }
            HostStep::ChangesAccess => {
                let access = if self.rng.random_bool(0.7) { Access::Lobby } else { Access::Open };
                if let Some(host) = &mut self.host {
                    host.access = access;
                }
                self.host_says(RoomCommand::SetAccess { access });
            }
            HostStep::TurnsKey => {
                let lock = if self.is_locked() { Lock::Unlocked } else { Lock::Locked };
                match lock {
                    Lock::Locked => self.counts.locked += 1,
                    Lock::Unlocked => self.counts.unlocked += 1,
                }
                if let Some(host) = &mut self.host {
                    host.lock = lock;
                }
                self.host_says(RoomCommand::SetLock { lock });
            }
            HostStep::Removes => {
                let others = self.clients[client].room.snapshot().others;
                if let Some(other) = others.choose(&mut self.rng) {
                    self.host_says(RoomCommand::Remove { participant: other.id });
                }
            }
        }
    }

    /// Whoever hosted, another program on the same device does so now, whose clock was put back.
    pub(crate) fn host_comes(&mut self) {
        if self.host.as_ref().is_none_or(|host| self.is_running(host.client)) {
            return;
        }
        let client = self.add_client();
        if let Some(host) = &mut self.host {
            host.client = client;
            host.orders = 0;
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
