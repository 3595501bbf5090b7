//! The rooms, as a pure state machine: messages of connections in, messages and closures for connections out.
//!
//! No I/O, no clock and no randomness of its own: time is an argument, ids and tokens come from an [`IdSource`]. So a
//! simulation runs this very registry on a virtual clock, and a seed reproduces what it did.
//!
//! A participant holds a *place* in a room. The place outlives its connection: a dropped client has
//! [`RegistryConfig::resume_window`] to come back with its token, and what is relayed to it meanwhile is kept, within
//! a bound. A registry that knows nothing (the server restarted) takes a returning client's word for who it was;
//! that participants are who they say is settled among themselves, by keys that no server has.
//!
//! A room's host governs it by signed orders, which an [`OrderVerifier`] tells from others'. In a room with a lobby, or
//! locked, a newcomer *waits*: its place is outside, and only those who govern meet it. Whoever has given a valid order
//! governs, on the connection that it came by and for as long as that lasts. What was ordered is forgotten with the
//! room.

mod backlog;
mod config;
mod entry;
mod governance;
mod id_source;
mod order;
mod output;
mod place;
mod relay;
mod room;
mod time;
mod waiting;

use std::collections::{BTreeSet, HashMap};

use conclave_protocol::ids::{ParticipantId, RoomAddress};
use conclave_protocol::signalling::{ClientMessage, LeaveReason, PROTOCOL_VERSION, Returning, SignallingError};

use backlog::{Backlog, KeptTotal};
use governance::OrderCounts;
use place::Presence;
use room::Room;

pub use config::RegistryConfig;
pub use id_source::IdSource;
pub use order::{OrderError, OrderVerifier};
pub use output::{Closure, ConnectionId, Output, Statistics};
pub use time::Timestamp;

/// Every room of a server. See the [module](self) for what it promises.
pub struct Registry {
    config: RegistryConfig,
    ids: Box<dyn IdSource>,
    verifier: Box<dyn OrderVerifier>,
    rooms: HashMap<RoomAddress, Room>,
    /// Connections that said hello, and where they sit.
    seats: HashMap<ConnectionId, Seat>,
    /// When places without a connection lapse, soonest first.
    lapses: BTreeSet<(Timestamp, RoomAddress, ParticipantId)>,
    /// When those who wait where nobody governs are sent away, soonest first.
    waits: BTreeSet<(Timestamp, RoomAddress, ParticipantId)>,
    kept: KeptTotal,
    participants: usize,
    waiting: usize,
    unknown_recipients: u64,
    orders: OrderCounts,
}

/// Where a connection sits.
#[derive(Debug, Clone, Copy)]
struct Seat {
    address: RoomAddress,
    participant: ParticipantId,
}

impl Registry {
    /// An empty registry.
    #[must_use]
    pub fn new(config: RegistryConfig, ids: impl IdSource + 'static, verifier: impl OrderVerifier + 'static) -> Self {
        Self {
            kept: KeptTotal::new(config.kept_bytes_total),
            config,
            ids: Box::new(ids),
            verifier: Box::new(verifier),
            rooms: HashMap::new(),
            seats: HashMap::new(),
            lapses: BTreeSet::new(),
            waits: BTreeSet::new(),
            participants: 0,
            waiting: 0,
            unknown_recipients: 0,
            orders: OrderCounts::default(),
        }
    }

    /// A client said something. `connection` is the caller's number for it, never used twice.
    ///
    /// The caller carries out the outputs in their order. A connection that one of them closes is forgotten here: what
    /// it still says is refused as [`SignallingError::HelloExpected`], and its [`Registry::disconnected`] does nothing.
    pub fn message(&mut self, now: Timestamp, connection: ConnectionId, message: ClientMessage) -> Vec<Output> {
        match message {
            ClientMessage::Hello { version, .. } if version != PROTOCOL_VERSION => {
                self.refuse(now, connection, SignallingError::UnsupportedVersion)
            }
            ClientMessage::Hello { room, host, returning, .. } => {
                self.hello(now, connection, RoomAddress { room, host }, returning)
            }
            ClientMessage::Relay { to, payload } => self.relay(now, connection, to, payload),
            ClientMessage::Govern { order } => self.govern(now, connection, &order),
            ClientMessage::Leave => self.leave(now, connection),
        }
    }

    /// A connection enters a room, anew or into the place that it held.
    pub fn hello(
        &mut self,
        now: Timestamp,
        connection: ConnectionId,
        address: RoomAddress,
        returning: Option<Returning>,
    ) -> Vec<Output> {
        // A place whose time is up must neither be resumed nor keep anyone out, however late the caller's timer is.
        let mut outputs = self.expire(now);
        outputs.extend(match returning {
            _ if self.seats.contains_key(&connection) => self.refuse(now, connection, SignallingError::UnexpectedHello),
            Some(returning) if self.holds_place(address, returning.participant) => {
                self.resume(now, connection, address, &returning)
            }
            returning => self.enter(now, connection, address, returning),
        });
        outputs
    }

    /// A connection gives its place up at once.
    pub fn leave(&mut self, now: Timestamp, connection: ConnectionId) -> Vec<Output> {
        let Some(seat) = self.seats.remove(&connection) else {
            return self.refuse(now, connection, SignallingError::HelloExpected);
        };
        let mut outputs = vec![Output::Close { connection, closure: Closure::Goodbye }];
        outputs.extend(self.vacate(now, seat.address, seat.participant, LeaveReason::Left));
        outputs
    }

    /// A connection is gone, or is to be treated so; its place is kept for a while. Nothing for a connection that never
    /// entered a room, or no longer holds its place.
    pub fn disconnected(&mut self, now: Timestamp, connection: ConnectionId) -> Vec<Output> {
        let Some(Seat { address, participant }) = self.seats.remove(&connection) else {
            return Vec::new();
        };
        let outputs = self.resign(now, address, participant, LeaveReason::TimedOut);
        let lapses = now + self.config.resume_window;
        if let Some(place) = self.place_mut(address, participant) {
            place.presence = Presence::Away { lapses, backlog: Backlog::default() };
            self.lapses.insert((lapses, address, participant));
        }
        outputs
    }

    /// Ends the places whose time is up. To be called when [`Registry::next_deadline`] is reached.
    pub fn expire(&mut self, now: Timestamp) -> Vec<Output> {
        let mut outputs = Vec::new();
        while let Some(&(at, address, participant)) = self.lapses.first().filter(|(at, ..)| *at <= now) {
            self.lapses.remove(&(at, address, participant));
            outputs.extend(self.vacate(now, address, participant, LeaveReason::TimedOut));
        }
        while let Some(&(at, address, participant)) = self.waits.first().filter(|(at, ..)| *at <= now) {
            self.waits.remove(&(at, address, participant));
            outputs.extend(self.put_out(now, address, participant, SignallingError::NotAdmitted));
        }
        outputs
    }

    /// When [`Registry::expire`] is to be called next; `None` while every place has its connection, and nobody waits in
    /// vain.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.lapses.first().into_iter().chain(self.waits.first()).map(|(at, ..)| *at).min()
    }

    /// Whether the connection holds a place.
    #[must_use]
    pub fn is_seated(&self, connection: ConnectionId) -> bool {
        self.seats.contains_key(&connection)
    }

    /// What there is now, and what was dropped so far.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        Statistics {
            rooms: self.rooms.len(),
            participants: self.participants,
            waiting: self.waiting,
            away: self.lapses.len(),
            kept_bytes: self.kept.bytes(),
            kept_dropped: self.kept.dropped(),
            unknown_recipients: self.unknown_recipients,
            orders_obeyed: self.orders.obeyed,
            orders_without_effect: self.orders.without_effect,
            orders_refused: self.orders.refused,
        }
    }
}
