//! Random sequences of everything that clients, networks and clocks do, checked against what each client was told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{JoinOrder, ParticipantId, ResumeToken, RoomAddress};
use conclave_protocol::signalling::{
    Access, ClientMessage, Lock, Recipient, Returning, RoomCommand, ServerMessage, SignallingError, Standing,
};
use conclave_server::registry::{Closure, ConnectionId, Output, Registry, RegistryConfig, Timestamp};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, RngCore as _, SeedableRng as _};

use crate::support::orders::{FakeVerifier, order};
use crate::support::registry::room;

const SEEDS: u64 = 300;
const STEPS: usize = 300;
const PLACES: usize = 4;
const PLACES_TO_WAIT: usize = 3;

/// What one connection was told.
#[derive(Debug, Default)]
struct View {
    room: Option<RoomAddress>,
    me: Option<Returning>,
    standing: Option<Standing>,
    others: BTreeMap<ParticipantId, JoinOrder>,
    governs: bool,
    /// The number of the last order that was followed on this connection.
    last_order: Option<u64>,
    waiting: BTreeMap<ParticipantId, JoinOrder>,
}

struct World {
    registry: Registry,
    random: StdRng,
    now: Timestamp,
    connections: u64,
    open: BTreeMap<ConnectionId, View>,
    /// Places that were once held, to return to: rightly, too late, or to somebody else's.
    known: Vec<(RoomAddress, Returning)>,
    orders: u64,
    /// How often what is told to and of those who wait was told.
    counts: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    waited: usize,
    admitted: usize,
    governed: usize,
    locked_out: usize,
    repeated: usize,
}

#[test]
fn what_everyone_was_told_is_what_is() {
    let mut all = Counts::default();
    for seed in 0..SEEDS {
        println!("seed {seed}");
        let mut world = World::new(seed);
        for _ in 0..STEPS {
            world.step();
            world.check();
        }
        let Counts { waited, admitted, governed, locked_out, repeated } = world.end();
        all.waited += waited;
        all.admitted += admitted;
        all.governed += governed;
        all.locked_out += locked_out;
        all.repeated += repeated;
    }
    println!("{all:?}");
    assert!(all.waited > 1000 && all.admitted > 1000 && all.governed > 1000, "{all:?}");
    assert!(all.locked_out > 10 && all.repeated > 100, "{all:?}");
}

#[test]
fn a_seed_gives_the_same_outputs_again() {
    let run = |seed| {
        let mut world = World::new(seed);
        (0..STEPS).map(|_| world.step()).collect::<Vec<_>>()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

impl World {
    fn new(seed: u64) -> Self {
        let mut ids = StdRng::seed_from_u64(!seed);
        let config = RegistryConfig {
            participants_per_room: PLACES,
            waiting_per_room: PLACES_TO_WAIT,
            waiting_patience: Duration::from_secs(60),
            rooms: 3,
            kept_bytes_per_place: 400,
            kept_bytes_total: 1_000,
            ..RegistryConfig::default()
        };
        let draw = move || {
            let mut id = [0; 16];
            ids.fill_bytes(&mut id);
            id
        };
        Self {
            registry: Registry::new(config, draw, FakeVerifier),
            random: StdRng::seed_from_u64(seed),
            now: Timestamp::default(),
            connections: 0,
            open: BTreeMap::new(),
            known: Vec::new(),
            orders: 0,
            counts: Counts::default(),
        }
    }

    fn step(&mut self) -> Vec<Output> {
        let outputs = match self.random.random_range(0..13) {
            0..=2 => self.hello(),
            3..=5 => self.relay(),
            6 => {
                let Some(connection) = self.some_connection() else { return Vec::new() };
                self.registry.message(self.now, connection, ClientMessage::Leave)
            }
            7 => {
                let Some(connection) = self.some_connection() else { return Vec::new() };
                self.open.remove(&connection);
                self.registry.disconnected(self.now, connection)
            }
            8 => {
                let room = self.some_room();
                let Some(connection) = self.some_connection() else { return Vec::new() };
                self.registry.message(self.now, connection, ClientMessage::hello(room, None))
            }
            9..=11 => self.govern(),
            _ => {
                self.now = self.now + Duration::from_secs(self.random.random_range(0..20));
                self.registry.expire(self.now)
            }
        };
        for output in &outputs {
            self.tell(output);
        }
        outputs
    }

    fn hello(&mut self) -> Vec<Output> {
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        let mut room = self.some_room();
        let mut returning = None;
        if self.random.random_bool(0.6)
            && let Some((its_room, place)) = self.known.choose(&mut self.random).cloned()
        {
            room = if self.random.random_bool(0.9) { its_room } else { room };
            returning = Some(place);
            if self.random.random_bool(0.1)
                && let Some(returning) = &mut returning
            {
                returning.token = ResumeToken([0; 16]);
            }
        }
        self.open.insert(connection, View { room: Some(room), ..View::default() });
        let outputs = self.registry.message(self.now, connection, ClientMessage::hello(room, returning));
        let locked_out = outputs.iter().any(|output| is_told(output, SignallingError::Locked));
        assert!(!locked_out, "a lock keeps out whom the host refuses, and nobody else");
        outputs
    }

    fn relay(&mut self) -> Vec<Output> {
        let Some(connection) = self.some_connection() else { return Vec::new() };
        let to = match self.known.choose(&mut self.random) {
            Some((_, place)) if self.random.random_bool(0.5) => Recipient::Participant(place.participant),
            _ => Recipient::Everyone,
        };
        let payload = SealedBytes(vec![0; self.random.random_range(0..100)]);
        self.registry.message(self.now, connection, ClientMessage::Relay { to, payload })
    }

    fn govern(&mut self) -> Vec<Output> {
        let Some(connection) = self.some_connection() else { return Vec::new() };
        let view = &self.open[&connection];
        let (Some(me), Some(address)) = (view.me.clone(), view.room) else { return Vec::new() };
        let waiting: Vec<_> = view.waiting.keys().copied().collect();
        let participant = match (waiting.choose(&mut self.random), self.known.choose(&mut self.random)) {
            (Some(waiting), _) if self.random.random_bool(0.5) => *waiting,
            (_, Some((_, place))) => place.participant,
            (_, None) => me.participant,
        };
        let access = if self.random.random() { Access::Lobby } else { Access::Open };
        let lock = if self.random.random_bool(0.5) { Lock::Locked } else { Lock::Unlocked };
        let command = match self.random.random_range(0..5) {
            0 => RoomCommand::SetAccess { access },
            1 => RoomCommand::SetLock { lock },
            2 => RoomCommand::Admit { participant },
            3 => RoomCommand::Refuse { participant },
            _ => RoomCommand::Remove { participant },
        };
        self.orders += 1;
        let (last, repeats) = (view.last_order, self.random.random_bool(0.1));
        let number = last.filter(|_| repeats).unwrap_or(self.orders);
        let order = order(address, me.participant, number, command);
        let outputs = self.registry.message(self.now, connection, ClientMessage::Govern { order });
        if Some(number) == last {
            assert!(matches!(outputs[..], [Output::Send { message: ServerMessage::OrderRepeated { .. }, .. }]));
            self.counts.repeated += 1;
            return outputs;
        }
        let stays =
            !outputs.iter().any(|output| matches!(output, Output::Close { connection: of, .. } if *of == connection));
        if let Some(view) = self.open.get_mut(&connection).filter(|_| stays) {
            view.governs = true;
            view.last_order = Some(number);
            self.counts.governed += 1;
        }
        self.counts.locked_out += outputs.iter().filter(|output| is_told(output, SignallingError::Locked)).count();
        outputs
    }

    fn some_room(&mut self) -> RoomAddress {
        room(self.random.random_range(0..4))
    }

    fn some_connection(&mut self) -> Option<ConnectionId> {
        let open: Vec<_> = self.open.keys().copied().collect();
        open.choose(&mut self.random).copied()
    }

    fn tell(&mut self, output: &Output) {
        match output {
            Output::Close { connection, .. } => {
                self.open.remove(connection).expect("only an open connection is closed, and once");
                assert!(!self.registry.is_seated(*connection));
            }
            Output::Send { to, message } => {
                assert!(!to.is_empty());
                assert_eq!(to.iter().collect::<BTreeSet<_>>().len(), to.len(), "nobody is told twice");
                for connection in to {
                    let view = self.open.get_mut(connection).expect("only an open connection is told something");
                    view.hear(message);
                }
                match message {
                    ServerMessage::Admitted { .. } => self.counts.admitted += 1,
                    ServerMessage::Welcome { standing: Standing::Waiting, .. } => self.counts.waited += 1,
                    _ => {}
                }
                if let ServerMessage::Welcome { participant, token, order, .. } = message {
                    let view = &self.open[&to[0]];
                    let place = Returning { participant: *participant, token: *token, order: *order };
                    self.known.push((view.room.expect("it said hello"), place));
                }
            }
        }
    }

    fn check(&self) {
        let statistics = self.registry.statistics();
        assert!(statistics.rooms <= 3);
        assert!(statistics.participants <= PLACES * statistics.rooms);
        assert!(statistics.waiting <= PLACES_TO_WAIT * statistics.rooms);
        assert!(statistics.kept_bytes <= 1_000 && statistics.kept_bytes <= 400 * statistics.away);
        let seated = self.open.values().filter(|view| view.me.is_some());
        assert_eq!(seated.clone().count() + statistics.away, statistics.participants + statistics.waiting);
        if statistics.waiting == 0 {
            assert_eq!(self.registry.next_deadline().is_some(), statistics.away > 0);
        }
        // All who are connected to a room agree on who is in it, and on everyone's order.
        let mut rooms: BTreeMap<RoomAddress, BTreeMap<ParticipantId, JoinOrder>> = BTreeMap::new();
        for view in seated.clone().filter(|view| view.standing == Some(Standing::Inside)) {
            let (Some(me), Some(room)) = (&view.me, view.room) else { continue };
            let mut roster = view.others.clone();
            assert!(roster.insert(me.participant, me.order).is_none(), "nobody is told of itself");
            assert!(roster.len() <= PLACES);
            assert_eq!(rooms.entry(room).or_insert_with(|| roster.clone()), &roster);
        }
        // Those who wait see those who govern, those who govern see those who wait, and nobody else does.
        for view in seated {
            let here = |other: &&View| other.room == view.room;
            let members = |views: &mut dyn Iterator<Item = &View>| -> BTreeMap<ParticipantId, JoinOrder> {
                views.filter_map(|view| view.me.as_ref()).map(|me| (me.participant, me.order)).collect()
            };
            if view.standing == Some(Standing::Waiting) {
                assert_eq!(view.others, members(&mut self.open.values().filter(here).filter(|other| other.governs)));
                assert!(!view.governs);
            }
            if view.governs {
                let waiting = |other: &&View| other.standing == Some(Standing::Waiting);
                let connected = members(&mut self.open.values().filter(here).filter(waiting));
                // It sees those besides whose connection is down.
                assert!(connected.iter().all(|(who, order)| view.waiting.get(who) == Some(order)));
                assert!(view.waiting.len() <= connected.len() + statistics.away);
            } else {
                assert!(view.waiting.is_empty());
            }
        }
    }

    /// Once all have gone nothing is left, however it went.
    fn end(mut self) -> Counts {
        for connection in std::mem::take(&mut self.open).into_keys() {
            self.registry.disconnected(self.now, connection);
        }
        self.now = self.now + RegistryConfig::default().resume_window;
        assert_eq!(self.registry.expire(self.now), []);
        let statistics = self.registry.statistics();
        assert_eq!((statistics.rooms, statistics.participants, statistics.away, statistics.kept_bytes), (0, 0, 0, 0));
        assert_eq!((self.registry.next_deadline(), statistics.waiting), (None, 0));
        self.counts
    }
}

fn is_told(output: &Output, error: SignallingError) -> bool {
    matches!(output, Output::Close { closure: Closure::Refused(told), .. } if *told == error)
}

impl View {
    fn hear(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Welcome { participant, token, order, standing, members, .. } => {
                assert!(self.me.is_none(), "one welcome a connection");
                self.me = Some(Returning { participant: *participant, token: *token, order: *order });
                self.standing = Some(*standing);
                self.others = members.iter().map(|member| (member.participant, member.order)).collect();
            }
            ServerMessage::Admitted { order, members } => {
                assert_eq!(self.standing, Some(Standing::Waiting), "one who waits is let in, and once");
                self.standing = Some(Standing::Inside);
                self.me.as_mut().expect("it was welcome").order = *order;
                self.others = members.iter().map(|member| (member.participant, member.order)).collect();
                assert!(self.others.values().all(|other| other < order), "whoever is let in came last");
            }
            ServerMessage::Waiting { member } => {
                assert!(self.governs, "only who governs is told who waits");
                let before = self.waiting.insert(member.participant, member.order);
                assert!(before.is_none(), "nobody waits twice");
            }
            ServerMessage::Joined { member } => {
                self.waiting.remove(&member.participant);
                let before = self.others.insert(member.participant, member.order);
                assert!(before.is_none(), "nobody joins twice");
            }
            ServerMessage::Left { participant, .. } => {
                let (other, waiting) = (self.others.remove(participant), self.waiting.remove(participant));
                assert!(other.is_some() || waiting.is_some(), "only one who is there leaves");
            }
            ServerMessage::Relayed { from, .. } => {
                assert!(self.others.contains_key(from) || self.waiting.contains_key(from), "a sender is known");
            }
            ServerMessage::OrderRepeated { last } => {
                assert_eq!(serde_json::to_value(last).unwrap(), serde_json::json!(self.last_order));
            }
            ServerMessage::Refused { .. } => panic!("the server itself says that"),
        }
    }
}
