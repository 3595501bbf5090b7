//! A registry on a virtual clock, with numbered ids.

use std::time::Duration;

use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{JoinOrder, ParticipantId, ResumeToken, RoomAddress, RoomId};
use conclave_protocol::signalling::{
    ClientMessage, IceServer, Member, Recipient, Returning, RoomCommand, ServerMessage, SignallingError, Standing,
};
use conclave_server::registry::{Closure, ConnectionId, Output, Registry, RegistryConfig, Timestamp};

use super::orders::{FakeVerifier, HOST, order};

pub(crate) const ROOM: RoomAddress = room(7);

/// A room of the [`HOST`].
pub(crate) const fn room(number: u8) -> RoomAddress {
    RoomAddress { room: RoomId([number; 16]), host: HOST }
}

/// What a client knows of itself after its welcome.
#[derive(Debug, Clone)]
pub(crate) struct Entered {
    pub(crate) connection: ConnectionId,
    pub(crate) participant: ParticipantId,
    pub(crate) token: ResumeToken,
    pub(crate) order: JoinOrder,
    pub(crate) standing: Standing,
    pub(crate) members: Vec<Member>,
    pub(crate) ice_servers: Vec<IceServer>,
}

impl Entered {
    pub(crate) fn returning(&self) -> Returning {
        Returning { participant: self.participant, token: self.token, order: self.order }
    }

    pub(crate) fn member(&self) -> Member {
        Member { participant: self.participant, order: self.order }
    }
}

pub(crate) struct Rig {
    pub(crate) registry: Registry,
    pub(crate) now: Timestamp,
    connections: u64,
    orders: u64,
}

impl Rig {
    pub(crate) fn new() -> Self {
        Self::with(RegistryConfig::default())
    }

    /// One that never heard of anyone, and draws other ids than the one before it.
    pub(crate) fn restarted() -> Self {
        Self::drawing_from(1_000, RegistryConfig::default())
    }

    pub(crate) fn with(config: RegistryConfig) -> Self {
        Self::drawing_from(0, config)
    }

    fn drawing_from(mut drawn: u128, config: RegistryConfig) -> Self {
        let ids = move || {
            drawn += 1;
            drawn.to_be_bytes()
        };
        let registry = Registry::new(config, ids, FakeVerifier);
        Self { registry, now: Timestamp::default(), connections: 0, orders: 0 }
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.now = self.now + by;
    }

    pub(crate) fn connect(&mut self) -> ConnectionId {
        self.connections += 1;
        ConnectionId(self.connections)
    }

    pub(crate) fn say(&mut self, connection: ConnectionId, message: ClientMessage) -> Vec<Output> {
        self.registry.message(self.now, connection, message)
    }

    pub(crate) fn hello(&mut self, room: RoomAddress, returning: Option<Returning>) -> (ConnectionId, Vec<Output>) {
        let connection = self.connect();
        let outputs = self.say(connection, ClientMessage::hello(room, returning));
        (connection, outputs)
    }

    /// Enters and must be welcome; the outputs after the welcome come along.
    pub(crate) fn enter(&mut self, returning: Option<Returning>) -> (Entered, Vec<Output>) {
        let (connection, outputs) = self.hello(ROOM, returning);
        welcomed(connection, outputs)
    }

    /// Enters anew.
    pub(crate) fn join(&mut self) -> Entered {
        self.enter(None).0
    }

    pub(crate) fn relay(&mut self, from: &Entered, to: Recipient, payload: &[u8]) -> Vec<Output> {
        let payload = SealedBytes(payload.to_vec());
        self.say(from.connection, ClientMessage::Relay { to, payload })
    }

    /// Gives the host's next order.
    pub(crate) fn govern(&mut self, by: &Entered, command: RoomCommand) -> Vec<Output> {
        self.orders += 1;
        let order = order(ROOM, by.participant, self.orders, command);
        self.say(by.connection, ClientMessage::Govern { order })
    }

    pub(crate) fn drop_connection(&mut self, of: &Entered) -> Vec<Output> {
        self.registry.disconnected(self.now, of.connection)
    }
}

pub(crate) fn welcomed(connection: ConnectionId, outputs: Vec<Output>) -> (Entered, Vec<Output>) {
    let mut entered = None;
    let mut rest = Vec::new();
    for output in outputs {
        match output {
            Output::Send {
                to,
                message: ServerMessage::Welcome { participant, token, order, standing, members, ice_servers },
            } => {
                assert_eq!(to, [connection], "a welcome is for the one who said hello");
                let now = Entered { connection, participant, token, order, standing, members, ice_servers };
                let previous = entered.replace(now);
                assert!(previous.is_none(), "one welcome a hello");
            }
            other => rest.push(other),
        }
    }
    (entered.expect("welcomed"), rest)
}

pub(crate) fn relayed(from: &Entered, payload: &[u8]) -> ServerMessage {
    ServerMessage::Relayed { from: from.participant, payload: SealedBytes(payload.to_vec()) }
}

pub(crate) fn send(to: &[&Entered], message: ServerMessage) -> Output {
    Output::Send { to: to.iter().map(|entered| entered.connection).collect(), message }
}

pub(crate) fn refused(connection: ConnectionId, error: SignallingError) -> Output {
    Output::Close { connection, closure: Closure::Refused(error) }
}
