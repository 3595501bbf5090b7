//! The virtual clock, and everything that is in the world: what happens happens in order of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use conclave_room::{Effect, Input, Timestamp};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use crate::chaos::Trouble;
use crate::client::Client;
use crate::host::{Host, HostStep};
use crate::links::{FakeLink, LinkStep};
use crate::server::{Server, ServerStep};
use crate::weather::Weather;

pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) now: Timestamp,
    pub(crate) rng: ChaCha8Rng,
    pub(crate) weather: Weather,
    pub(crate) clients: Vec<Client>,
    pub(crate) server: Server,
    /// Who gives the server orders, in a room where somebody does.
    pub(crate) host: Option<Host>,
    pub(crate) links: Vec<FakeLink>,
    pub(crate) counts: Counts,
    queue: BinaryHeap<Reverse<Scheduled>>,
    scheduled: u64,
    trace: Trace,
}

/// Whether what happens is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trace {
    Off,
    Printed,
}

/// Something that is to happen.
#[derive(Debug)]
pub(crate) enum Event {
    /// A room's deadline may be reached.
    Tick {
        client: usize,
    },
    Input {
        client: usize,
        input: Input,
    },
    Server(ServerStep),
    Link(LinkStep),
    Trouble(Trouble),
    Host(HostStep),
}

struct Scheduled {
    at: Timestamp,
    /// Of two things at the same time the one scheduled first happens first.
    order: u64,
    event: Event,
}

/// How often things happened, so that a simulation in which nothing does is noticed.
#[derive(Debug, Default, Clone)]
pub(crate) struct Counts {
    pub(crate) events: u64,
    pub(crate) links_opened: u64,
    pub(crate) links_up: u64,
    pub(crate) rebuilds_asked_for: u64,
    pub(crate) ice_restarts: u64,
    pub(crate) signals: u64,
    pub(crate) server_restarts: u64,
    pub(crate) sockets_lost: u64,
    pub(crate) crashes: u64,
    pub(crate) leaves: u64,
    pub(crate) ended_unreachable: u64,
    pub(crate) new_identities: u64,
    pub(crate) orders: u64,
    pub(crate) waited: u64,
    pub(crate) admitted: u64,
    pub(crate) refused: u64,
    pub(crate) removed: u64,
    pub(crate) locked: u64,
    pub(crate) unlocked: u64,
    /// Who came to wait while the host had the room locked.
    pub(crate) met_a_lock: u64,
    /// Who was refused because of the lock, and was alone.
    pub(crate) locked_out: u64,
    /// Who was refused because of the lock or for want of space, and was connected to somebody.
    pub(crate) tried_again: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.links_opened += other.links_opened;
        self.links_up += other.links_up;
        self.rebuilds_asked_for += other.rebuilds_asked_for;
        self.ice_restarts += other.ice_restarts;
        self.signals += other.signals;
        self.server_restarts += other.server_restarts;
        self.sockets_lost += other.sockets_lost;
        self.crashes += other.crashes;
        self.leaves += other.leaves;
        self.ended_unreachable += other.ended_unreachable;
        self.new_identities += other.new_identities;
        self.orders += other.orders;
        self.waited += other.waited;
        self.admitted += other.admitted;
        self.refused += other.refused;
        self.removed += other.removed;
        self.locked += other.locked;
        self.unlocked += other.unlocked;
        self.met_a_lock += other.met_a_lock;
        self.locked_out += other.locked_out;
        self.tried_again += other.tried_again;
    }

    pub(crate) fn assert_something_happened(&self) {
        assert!(self.links_up > 1000 && self.signals > 10_000, "too little happened: {self:?}");
    }
}

impl World {
    pub(crate) fn new(seed: u64, trace: Trace) -> Self {
        Self {
            seed,
            now: Timestamp::default(),
            rng: ChaCha8Rng::seed_from_u64(seed),
            weather: Weather::fair(),
            clients: Vec::new(),
            server: Server::new(seed),
            host: None,
            links: Vec::new(),
            counts: Counts::default(),
            queue: BinaryHeap::new(),
            scheduled: 0,
            trace,
        }
    }

    pub(crate) fn set_weather(&mut self, weather: Weather) {
        self.say(|| format!("the weather is now {weather:?}"));
        self.weather = weather;
    }

    pub(crate) fn run_for(&mut self, duration: Duration) {
        let until = self.now + duration;
        while self.queue.peek().is_some_and(|Reverse(next)| next.at <= until) {
            let Some(Reverse(next)) = self.queue.pop() else { break };
            self.now = next.at;
            self.counts.events += 1;
            self.happens(next.event);
        }
        self.now = until;
    }

    pub(crate) fn schedule(&mut self, after: Duration, event: Event) {
        self.schedule_at(self.now + after, event);
    }

    pub(crate) fn schedule_at(&mut self, at: Timestamp, event: Event) {
        self.scheduled += 1;
        self.queue.push(Reverse(Scheduled { at, order: self.scheduled, event }));
    }

    pub(crate) fn delay(&mut self) -> Duration {
        self.weather.delay(&mut self.rng)
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Tick { client } => self.tick(client),
            Event::Input { client, input } => self.feed(client, input),
            Event::Server(step) => self.server_step(step),
            Event::Link(step) => self.link_step(step),
            Event::Trouble(trouble) => self.trouble(trouble),
            Event::Host(step) => self.host_step(step),
        }
    }

    pub(crate) fn say(&self, line: impl FnOnce() -> String) {
        if self.trace == Trace::Printed {
            eprintln!("{:10.3} {}", self.now.0.as_secs_f64(), line());
        }
    }

    pub(crate) fn say_effect(&self, client: usize, effect: &Effect) {
        self.say(|| format!("  {client} wants {effect:?}"));
    }

    /// A rule was broken.
    #[expect(clippy::panic, reason = "fails the test")]
    pub(crate) fn violated(&self, rule: &str) -> ! {
        panic!("at {:?} of seed {}: {rule}", self.now.0, self.seed);
    }
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Scheduled {}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}
