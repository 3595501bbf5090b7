//! The room server: its real registry, behind sockets that can break.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::ParticipantId;
use conclave_protocol::signal::Signal;
use conclave_protocol::signalling::{ClientMessage, Recipient, ServerMessage, Standing};
use conclave_room::{Generation, Input, ServerEvent, Timestamp};
use conclave_server::registry::{self, Closure, ConnectionId, Output, Registry, RegistryConfig};
use rand::{Rng as _, RngCore as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::host::FakeVerifier;
use crate::world::{Event, World};

pub(crate) struct Server {
    pub(crate) registry: Registry,
    /// Whoever was ever shown to be inside.
    pub(crate) let_in: BTreeSet<ParticipantId>,
    presence: Presence,
    connections: BTreeMap<ConnectionId, Connection>,
    opened: u64,
    timer_at: Option<Timestamp>,
    seed: u64,
}

#[derive(Debug, PartialEq, Eq)]
enum Presence {
    Up,
    Down,
}

struct Connection {
    client: usize,
    socket: Generation,
    state: ConnectionState,
    /// Messages of one direction arrive in order.
    last_to_server: Timestamp,
    last_to_client: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ConnectionState {
    Opening,
    Open,
    /// Nothing gets through any more, whatever the two ends believe.
    Cut,
}

/// Something about a socket or the server's clock.
#[derive(Debug)]
pub(crate) enum ServerStep {
    Opens(ConnectionId),
    ToServer(ConnectionId, ClientMessage),
    ToClient(ConnectionId, ServerMessage),
    ClientSeesClosed(ConnectionId),
    ServerSeesClosed(ConnectionId),
    Up,
    Timer,
}

impl Server {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            registry: new_registry(seed),
            let_in: BTreeSet::new(),
            presence: Presence::Up,
            connections: BTreeMap::new(),
            opened: 0,
            timer_at: None,
            seed,
        }
    }
}

fn new_registry(seed: u64) -> Registry {
    let mut ids = ChaCha8Rng::seed_from_u64(!seed);
    let draw = move || {
        let mut id = [0; 16];
        ids.fill_bytes(&mut id);
        id
    };
    Registry::new(RegistryConfig::default(), draw, FakeVerifier)
}

impl World {
    pub(crate) fn open_socket(&mut self, client: usize, socket: Generation) {
        self.close_socket(client);
        self.server.opened += 1;
        let id = ConnectionId(self.server.opened);
        let connection = Connection {
            client,
            socket,
            state: ConnectionState::Opening,
            last_to_server: self.now,
            last_to_client: self.now,
        };
        self.server.connections.insert(id, connection);
        self.clients[client].connection = Some(id);
        if !self.rng.random_bool(self.weather.unanswered) {
            let after = self.delay();
            self.schedule(after, Event::Server(ServerStep::Opens(id)));
        }
    }

    /// The client closes; what it said before still arrives.
    pub(crate) fn close_socket(&mut self, client: usize) {
        if let Some(id) = self.clients[client].connection.take() {
            self.schedule_to_server(id, ServerStep::ServerSeesClosed(id));
        }
    }

    pub(crate) fn send_to_server(&mut self, client: usize, mut message: ClientMessage) {
        if let ClientMessage::Hello { returning: Some(returning), .. } = &mut message
            && self.rng.random_bool(self.weather.token_mangled)
        {
            returning.token.0[0] ^= 1;
        }
        let Some(id) = self.clients[client].connection else {
            self.violated(&format!("{client} says {message:?} without a socket"));
        };
        let opening = self.server.connections.get(&id).is_none_or(|one| one.state == ConnectionState::Opening);
        if opening {
            self.violated(&format!("{client} says {message:?} on a socket that isn't open"));
        }
        self.schedule_to_server(id, ServerStep::ToServer(id, message));
    }

    pub(crate) fn relay(&mut self, client: usize, to: ParticipantId, signal: &Signal) {
        let payload = SealedBytes(signal.to_json());
        self.send_to_server(client, ClientMessage::Relay { to: Recipient::Participant(to), payload });
    }

    /// A socket breaks: what is on its way is lost, and both ends notice at some time or other.
    pub(crate) fn cut_socket(&mut self, id: ConnectionId, client_notices_within: Duration) {
        let Some(connection) = self.server.connections.get_mut(&id) else { return };
        if connection.state == ConnectionState::Cut {
            return;
        }
        connection.state = ConnectionState::Cut;
        self.counts.sockets_lost += 1;
        let client_notices = client_notices_within.mul_f64(self.rng.random());
        let server_notices = Duration::from_secs(10).mul_f64(self.rng.random());
        self.schedule(client_notices, Event::Server(ServerStep::ClientSeesClosed(id)));
        self.schedule(server_notices, Event::Server(ServerStep::ServerSeesClosed(id)));
    }

    /// The server dies, and comes back knowing nothing.
    pub(crate) fn restart_server(&mut self, down_for: Duration) {
        self.say(|| format!("the server dies for {down_for:?}"));
        self.counts.server_restarts += 1;
        self.server.seed = self.server.seed.wrapping_add(1 << 32);
        self.server.registry = new_registry(self.server.seed);
        self.server.presence = Presence::Down;
        let connections: Vec<_> = self.server.connections.keys().copied().collect();
        for id in connections {
            self.cut_socket(id, Duration::from_secs(2));
        }
        self.schedule(down_for, Event::Server(ServerStep::Up));
    }

    pub(crate) fn server_step(&mut self, step: ServerStep) {
        match step {
            ServerStep::Opens(id) => self.socket_opens(id),
            ServerStep::ToServer(id, message) => {
                if self.is_open(id) {
                    self.say(|| format!("server gets {message:?} on {id:?}"));
                    let outputs = self.server.registry.message(registry::Timestamp(self.now.0), id, message);
                    self.carry_out(outputs);
                }
            }
            ServerStep::ToClient(id, message) => {
                if self.is_open(id) {
                    self.arrives_at_client(id, message);
                }
            }
            ServerStep::ClientSeesClosed(id) => {
                self.is_cut(id);
                self.socket_event(id, ServerEvent::Closed);
            }
            ServerStep::ServerSeesClosed(id) => {
                self.is_cut(id);
                let outputs = self.server.registry.disconnected(registry::Timestamp(self.now.0), id);
                self.carry_out(outputs);
            }
            ServerStep::Up => self.server.presence = Presence::Up,
            ServerStep::Timer => {
                let outputs = self.server.registry.expire(registry::Timestamp(self.now.0));
                self.carry_out(outputs);
            }
        }
    }

    fn socket_opens(&mut self, id: ConnectionId) {
        let up = self.server.presence == Presence::Up && !self.rng.random_bool(self.weather.refused);
        let Some(connection) = self.server.connections.get_mut(&id) else { return };
        let up = up && self.clients[connection.client].cut_off_until <= self.now;
        if connection.state != ConnectionState::Opening {
            return;
        }
        if up {
            connection.state = ConnectionState::Open;
            self.socket_event(id, ServerEvent::Opened);
        } else {
            connection.state = ConnectionState::Cut;
            self.socket_event(id, ServerEvent::Closed);
        }
    }

    fn carry_out(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Send { to, message } => {
                    self.note_who_is_inside(&message);
                    for id in to {
                        self.schedule_to_client(id, ServerStep::ToClient(id, message.clone()));
                    }
                }
                Output::Close { connection: id, closure } => {
                    if let Closure::Refused(error) = closure {
                        self.schedule_to_client(id, ServerStep::ToClient(id, ServerMessage::Refused { error }));
                    }
                    self.schedule_to_client(id, ServerStep::ClientSeesClosed(id));
                }
            }
        }
        self.schedule_timer();
    }

    fn schedule_timer(&mut self) {
        let next = self.server.registry.next_deadline().map(|at| Timestamp(at.0));
        if let Some(at) = next
            && self.server.timer_at != Some(at)
        {
            self.server.timer_at = Some(at);
            self.schedule_at(at, Event::Server(ServerStep::Timer));
        }
    }

    fn arrives_at_client(&mut self, id: ConnectionId, message: ServerMessage) {
        let Some(client) = self.server.connections.get(&id).map(|connection| connection.client) else { return };
        let ServerMessage::Relayed { from, payload } = message else {
            let mut is_welcome = false;
            if self.clients[client].connection == Some(id) {
                is_welcome = matches!(message, ServerMessage::Welcome { .. });
                self.note_standing(client, &message);
            }
            self.socket_event(id, ServerEvent::Message(message));
            if is_welcome {
                self.was_welcome(client);
            }
            return;
        };
        let Ok(signal) = Signal::from_json(&payload.0) else {
            self.violated("a signal is unreadable");
        };
        let input = Input::Signal { from, signal };
        if self.rng.random_bool(self.weather.overtaken) {
            let after = Duration::from_millis(self.rng.random_range(0..=2500));
            self.schedule(after, Event::Input { client, input });
        } else {
            self.feed(client, input);
        }
    }

    /// Those who wait are shown nobody but who is inside, and only they are told of alone.
    fn note_who_is_inside(&mut self, message: &ServerMessage) {
        let let_in = &mut self.server.let_in;
        match message {
            ServerMessage::Welcome { participant, standing, members, .. } => {
                let me = (*standing == Standing::Inside).then_some(*participant);
                let_in.extend(members.iter().map(|member| member.participant).chain(me));
            }
            ServerMessage::Admitted { members, .. } => {
                let_in.extend(members.iter().map(|member| member.participant));
            }
            ServerMessage::Joined { member } => drop(let_in.insert(member.participant)),
            _ => {}
        }
    }

    fn note_standing(&mut self, client: usize, message: &ServerMessage) {
        match message {
            ServerMessage::Welcome { participant, standing, .. } => {
                let before = self.clients[client].id.replace(*participant);
                self.counts.new_identities += u64::from(before.is_some_and(|before| before != *participant));
                self.counts.waited += u64::from(*standing == Standing::Waiting);
                self.counts.met_a_lock += u64::from(*standing == Standing::Waiting && self.is_locked());
            }
            ServerMessage::Admitted { .. } => {
                self.counts.admitted += 1;
                self.server.let_in.extend(self.clients[client].id);
            }
            _ => {}
        }
    }

    fn socket_event(&mut self, id: ConnectionId, event: ServerEvent) {
        let Some(connection) = self.server.connections.get(&id) else { return };
        let (client, socket) = (connection.client, connection.socket);
        if event == ServerEvent::Closed && self.clients[client].connection == Some(id) {
            self.clients[client].connection = None;
        }
        // Also of a socket that the room has closed: it has to tell.
        self.feed(client, Input::Server { socket, event });
    }

    fn is_cut(&mut self, id: ConnectionId) {
        if let Some(connection) = self.server.connections.get_mut(&id) {
            connection.state = ConnectionState::Cut;
        }
    }

    fn is_open(&self, id: ConnectionId) -> bool {
        self.server.connections.get(&id).is_some_and(|connection| connection.state == ConnectionState::Open)
    }

    fn schedule_to_server(&mut self, id: ConnectionId, step: ServerStep) {
        let at = self.now + self.delay();
        let Some(connection) = self.server.connections.get_mut(&id) else { return };
        connection.last_to_server = connection.last_to_server.max(at);
        let at = connection.last_to_server;
        self.schedule_at(at, Event::Server(step));
    }

    fn schedule_to_client(&mut self, id: ConnectionId, step: ServerStep) {
        let at = self.now + self.delay();
        let Some(connection) = self.server.connections.get_mut(&id) else { return };
        connection.last_to_client = connection.last_to_client.max(at);
        let at = connection.last_to_client;
        self.schedule_at(at, Event::Server(step));
    }
}
