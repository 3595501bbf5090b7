//! The way to the server: socket, hello, resumption, and trying again.

use std::time::Duration;

use conclave_protocol::ids::{JoinOrder, ParticipantId, RoomAddress};
use conclave_protocol::notice::Notice;
use conclave_protocol::signalling::limits::HELLO_TIMEOUT;
use conclave_protocol::signalling::{
    ClientMessage, IceServer, LeaveReason, Member, Returning, ServerMessage, SignallingError, Standing,
};
use conclave_protocol::snapshot::{EndReason, ServerPresence};

use crate::backoff::Backoff;
use crate::context::Outbox;
use crate::effect::Effect;
use crate::input::{Generation, ServerEvent};
use crate::roster::Company;
use crate::time::Timestamp;

/// How long the first way into the room may take.
const JOIN_WITHIN: Duration = Duration::from_secs(15);
/// How long a socket may take to open, and a hello to be answered.
const ANSWER_WITHIN: Duration = HELLO_TIMEOUT;
/// How long the server may be away before the person is told.
const TOLD_AFTER: Duration = Duration::from_secs(1);
/// A membership that lasted this long shows that the server is well, and the next failure is a first one.
const HELD: Duration = Duration::from_secs(5);

/// This client's standing with the server.
#[derive(Debug)]
pub(crate) struct ServerSession {
    address: RoomAddress,
    socket: Generation,
    state: State,
    membership: Membership,
    /// Why the server last sent this client away, while nothing better is known.
    refusal: Option<SignallingError>,
    backoff: Backoff,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Until the next attempt.
    Waiting {
        until: Timestamp,
    },
    Opening {
        give_up: Timestamp,
    },
    /// Hello was said.
    Greeting {
        give_up: Timestamp,
    },
    /// Welcome was answered.
    Member {
        since: Timestamp,
    },
}

/// Whether this client has been a member, or has waited to be one, whatever became of the socket.
#[derive(Debug)]
enum Membership {
    Never {
        join_by: Timestamp,
    },
    Was {
        /// The place to come back to; `None` when the server would not give it back.
        place: Option<Returning>,
        /// As the server said last.
        standing: Standing,
        absence: Absence,
    },
}

/// Whether the server has been away, and the person knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Absence {
    None,
    Untold { since: Timestamp },
    Told,
}

/// What the rest of the room has to know.
#[derive(Debug)]
pub(crate) enum SessionNews {
    /// In the room, or in it again; or waiting before it.
    Welcomed {
        me: Member,
        standing: Standing,
        members: Vec<Member>,
        ice_servers: Vec<IceServer>,
    },
    /// Let into the room.
    Admitted {
        me: Member,
        members: Vec<Member>,
    },
    /// Somebody waits, and may be let in by this client.
    Waiting(ParticipantId),
    /// To one who waits: somebody governs.
    Governs(ParticipantId),
    /// To one who waits: somebody governs no more, or is gone.
    GovernsNoMore(ParticipantId, LeaveReason),
    Joined(Member),
    Left(ParticipantId, LeaveReason),
    /// The call can't go on.
    Over(EndReason),
}

impl ServerSession {
    pub(crate) fn start(now: Timestamp, outbox: &mut Outbox, address: RoomAddress, seed: u64) -> Self {
        let mut session = Self {
            address,
            socket: Generation::default(),
            state: State::Waiting { until: now },
            membership: Membership::Never { join_by: now + JOIN_WITHIN },
            refusal: None,
            backoff: Backoff::new(seed),
        };
        session.open(now, outbox);
        session
    }

    pub(crate) fn presence(&self) -> ServerPresence {
        match self.state {
            State::Member { .. } => ServerPresence::Connected,
            State::Waiting { .. } | State::Opening { .. } | State::Greeting { .. } => ServerPresence::Connecting,
        }
    }

    pub(crate) fn was_member(&self) -> bool {
        self.standing().is_some()
    }

    /// Where the server has this client; `None` before the first welcome.
    pub(crate) fn standing(&self) -> Option<Standing> {
        match self.membership {
            Membership::Was { standing, .. } => Some(standing),
            Membership::Never { .. } => None,
        }
    }

    pub(crate) fn handle(
        &mut self,
        now: Timestamp,
        outbox: &mut Outbox,
        company: Company,
        socket: Generation,
        event: ServerEvent,
    ) -> Option<SessionNews> {
        if socket != self.socket {
            return None;
        }
        match (event, self.state) {
            (ServerEvent::Opened, State::Opening { .. }) => {
                self.refusal = None;
                self.state = State::Greeting { give_up: now + ANSWER_WITHIN };
                let returning = match &self.membership {
                    Membership::Was { place, .. } => place.clone(),
                    Membership::Never { .. } => None,
                };
                outbox.push(Effect::SendToServer(ClientMessage::hello(self.address, returning)));
                None
            }
            (ServerEvent::Closed, State::Opening { .. } | State::Greeting { .. } | State::Member { .. }) => {
                self.wait(now);
                None
            }
            (ServerEvent::Message(ServerMessage::Refused { error }), State::Greeting { .. } | State::Member { .. }) => {
                self.refused(now, outbox, company, error)
            }
            (
                ServerEvent::Message(ServerMessage::Welcome {
                    participant,
                    token,
                    order,
                    standing,
                    members,
                    ice_servers,
                }),
                State::Greeting { .. },
            ) => {
                let place = Returning { participant, token, order };
                self.welcomed(now, outbox, place, standing);
                Some(SessionNews::Welcomed { me: Member { participant, order }, standing, members, ice_servers })
            }
            (ServerEvent::Message(ServerMessage::Admitted { order, members }), State::Member { .. }) => {
                self.admitted(order, members)
            }
            (ServerEvent::Message(ServerMessage::Waiting { member }), State::Member { .. }) => {
                Some(SessionNews::Waiting(member.participant))
            }
            (ServerEvent::Message(ServerMessage::Joined { member }), State::Member { .. }) => {
                // To one who waits it is said of those who govern.
                Some(match self.standing() {
                    Some(Standing::Waiting) => SessionNews::Governs(member.participant),
                    Some(Standing::Inside) | None => SessionNews::Joined(member),
                })
            }
            (ServerEvent::Message(ServerMessage::Left { participant, reason }), State::Member { .. }) => {
                Some(match self.standing() {
                    Some(Standing::Waiting) => SessionNews::GovernsNoMore(participant, reason),
                    Some(Standing::Inside) | None => SessionNews::Left(participant, reason),
                })
            }
            _ => None,
        }
    }

    /// Does what is due.
    pub(crate) fn run_timers(&mut self, now: Timestamp, outbox: &mut Outbox) -> Option<SessionNews> {
        match self.state {
            State::Opening { give_up } | State::Greeting { give_up } if give_up <= now => {
                outbox.push(Effect::CloseSocket);
                self.wait(now);
            }
            _ => {}
        }
        match &mut self.membership {
            Membership::Never { join_by } if *join_by <= now => {
                let unreachable = EndReason::ServerUnreachable;
                let reason = self.refusal.map_or(unreachable, |error| EndReason::Refused { error });
                return Some(SessionNews::Over(reason));
            }
            Membership::Was { absence, .. } => {
                if matches!(absence, Absence::Untold { since } if *since + TOLD_AFTER <= now) {
                    *absence = Absence::Told;
                    outbox.push(Effect::Notify(Notice::ServerUnreachable));
                }
            }
            Membership::Never { .. } => {}
        }
        if matches!(self.state, State::Waiting { until } if until <= now) {
            self.open(now, outbox);
        }
        None
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        let state = match self.state {
            State::Waiting { until: at } | State::Opening { give_up: at } | State::Greeting { give_up: at } => Some(at),
            State::Member { .. } => None,
        };
        let membership = match self.membership {
            Membership::Never { join_by } => Some(join_by),
            Membership::Was { absence: Absence::Untold { since }, .. } => Some(since + TOLD_AFTER),
            Membership::Was { .. } => None,
        };
        state.into_iter().chain(membership).min()
    }

    /// Gives the place up, if the server may hold one.
    pub(crate) fn say_leave(&self, outbox: &mut Outbox) {
        if matches!(self.state, State::Greeting { .. } | State::Member { .. }) {
            outbox.push(Effect::SendToServer(ClientMessage::Leave));
        }
    }

    fn open(&mut self, now: Timestamp, outbox: &mut Outbox) {
        self.socket = self.socket.next();
        self.state = State::Opening { give_up: now + ANSWER_WITHIN };
        outbox.push(Effect::OpenSocket { socket: self.socket });
    }

    fn wait(&mut self, now: Timestamp) {
        if let State::Member { since } = self.state {
            if now.since(since) >= HELD {
                self.backoff.reset();
            }
            if let Membership::Was { absence, .. } = &mut self.membership {
                *absence = Absence::Untold { since: now };
            }
        }
        self.state = State::Waiting { until: now + self.backoff.next_delay() };
    }

    fn welcomed(&mut self, now: Timestamp, outbox: &mut Outbox, place: Returning, standing: Standing) {
        if let Membership::Was { absence: Absence::Told, .. } = self.membership {
            outbox.push(Effect::Notify(Notice::ServerBack));
        }
        self.membership = Membership::Was { place: Some(place), standing, absence: Absence::None };
        self.state = State::Member { since: now };
    }

    fn admitted(&mut self, order: JoinOrder, members: Vec<Member>) -> Option<SessionNews> {
        let Membership::Was { place: Some(place), standing: standing @ Standing::Waiting, .. } = &mut self.membership
        else {
            return None;
        };
        *standing = Standing::Inside;
        place.order = order;
        Some(SessionNews::Admitted { me: Member { participant: place.participant, order }, members })
    }

    fn refused(
        &mut self,
        now: Timestamp,
        outbox: &mut Outbox,
        company: Company,
        error: SignallingError,
    ) -> Option<SessionNews> {
        let again = match &mut self.membership {
            // The place is lost, the room may be not: come in anew.
            Membership::Was { place: place @ Some(_), .. } if error == SignallingError::WrongToken => {
                *place = None;
                true
            }
            // A call of connected people doesn't end by one message that the server couldn't read.
            Membership::Was { .. } if is_about_a_message(error) => true,
            // The server has forgotten that this client was inside; the others have not.
            Membership::Was { .. } if company == Company::Connected && is_for_now(error) => true,
            Membership::Was { .. } | Membership::Never { .. } => error.is_transient(),
        };
        if !again {
            return Some(SessionNews::Over(EndReason::Refused { error }));
        }
        self.refusal = Some(error);
        outbox.push(Effect::CloseSocket);
        self.wait(now);
        None
    }
}

/// Whether a refusal says how the room is now, which may change.
fn is_for_now(error: SignallingError) -> bool {
    matches!(error, SignallingError::RoomFull | SignallingError::Locked)
}

/// Whether a refusal is about one message rather than about being in the room.
fn is_about_a_message(error: SignallingError) -> bool {
    matches!(
        error,
        SignallingError::Malformed
            | SignallingError::TooLarge
            | SignallingError::HelloExpected
            | SignallingError::UnexpectedHello
            | SignallingError::NotTheHost
    )
}
