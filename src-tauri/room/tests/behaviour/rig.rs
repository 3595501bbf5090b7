//! One room, its clock, and what it wants done.

use std::collections::BTreeMap;
use std::time::Duration;

use conclave_protocol::ids::{
    HostKeyHash, JoinOrder, LinkGeneration, OfferRound, ParticipantId, ResumeToken, RoomAddress, RoomId,
};
use conclave_protocol::intent::{DeviceChoice, Intent};
use conclave_protocol::line::TileSize;
use conclave_protocol::peer::{ClientKind, DisplayName, PeerMessage};
use conclave_protocol::signal::{IceCandidate, Signal};
use conclave_protocol::signalling::{LeaveReason, Member, ServerMessage, SignallingError, Standing};
use conclave_protocol::snapshot::RemoteParticipant;
use conclave_protocol::sound::SoundProcessing;
use conclave_room::{
    Effect, Generation, Input, LinkEvent, LinkRole, RemoteSignal, Room, RoomConfig, ServerEvent, Timestamp,
};

pub(crate) const ROOM: RoomAddress = RoomAddress { room: RoomId([9; 16]), host: HostKeyHash([8; 16]) };
pub(crate) const ME: ParticipantId = id(100);
pub(crate) const MY_ORDER: u32 = 10;
/// Joined before this end, so this end offers.
pub(crate) const EARLIER: ParticipantId = id(1);
/// Joined after this end, so they offer.
pub(crate) const LATER: ParticipantId = id(2);
pub(crate) const VIEW: TileSize = TileSize { width: 640, height: 360 };

pub(crate) const fn id(number: u8) -> ParticipantId {
    ParticipantId([number; 16])
}

pub(crate) fn member(participant: ParticipantId, order: u32) -> Member {
    Member { participant, order: JoinOrder(order) }
}

pub(crate) fn earlier() -> Member {
    member(EARLIER, 1)
}

pub(crate) fn later() -> Member {
    member(LATER, 20)
}

pub(crate) fn generation(number: u32) -> LinkGeneration {
    LinkGeneration(number)
}

pub(crate) fn milliseconds(number: u64) -> Duration {
    Duration::from_millis(number)
}

pub(crate) fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

pub(crate) fn candidate(text: &str) -> IceCandidate {
    IceCandidate { candidate: text.to_owned(), sdp_mid: None, sdp_m_line_index: Some(0) }
}

pub(crate) fn name(text: &str) -> DisplayName {
    DisplayName::from_untrusted(text)
}

pub(crate) fn device(text: &str) -> DeviceChoice {
    DeviceChoice(text.to_owned())
}

/// What somebody in the app says of themselves.
pub(crate) fn profile(name: DisplayName) -> PeerMessage {
    PeerMessage::Profile { name, client: ClientKind::App }
}

pub(crate) fn config() -> RoomConfig {
    RoomConfig {
        room: ROOM.room,
        host: ROOM.host,
        name: name("Ada"),
        client: ClientKind::App,
        camera: None,
        microphone: None,
        speaker: None,
        microphone_muted: false,
        sound_processing: SoundProcessing::default(),
        view: VIEW,
        seed: 1,
    }
}

pub(crate) fn welcome_as(me: Member, members: &[Member]) -> ServerMessage {
    ServerMessage::Welcome {
        participant: me.participant,
        token: ResumeToken([3; 16]),
        order: me.order,
        standing: Standing::Inside,
        members: members.to_vec(),
        ice_servers: Vec::new(),
    }
}

pub(crate) struct Rig {
    pub(crate) room: Room,
    pub(crate) now: Timestamp,
    pub(crate) socket: Generation,
    /// Whom the room expects to hear from, and who offers.
    pub(crate) met: BTreeMap<ParticipantId, LinkRole>,
}

impl Rig {
    /// A room that has just started, and what it wants first.
    pub(crate) fn start(config: RoomConfig) -> (Self, Vec<Effect>) {
        let now = Timestamp::default();
        let mut rig = Self { room: Room::new(config, now), now, socket: Generation::default(), met: BTreeMap::new() };
        let effects = rig.effects();
        (rig, effects)
    }

    /// A room that is welcome, with these others in it; its first effects are done.
    pub(crate) fn joined(members: &[Member]) -> Self {
        Self::joined_with(config(), members).0
    }

    /// The same, with what it wants at the welcome.
    pub(crate) fn joined_with(config: RoomConfig, members: &[Member]) -> (Self, Vec<Effect>) {
        let (mut rig, _) = Self::start(config);
        rig.server(ServerEvent::Opened);
        let effects = rig.welcome(members);
        (rig, effects)
    }

    /// A room with one connected link, of generation 1, to [`EARLIER`]: this end offers.
    pub(crate) fn connected_as_offerer() -> Self {
        let mut rig = Self::joined(&[earlier()]);
        rig.link(EARLIER, 1, LinkEvent::Connected);
        rig
    }

    /// A room with one connected link, of generation 1, to [`LATER`]: this end answers.
    pub(crate) fn connected_as_answerer() -> Self {
        let mut rig = Self::joined(&[]);
        rig.said(ServerMessage::Joined { member: later() });
        rig.offer(LATER, 1);
        rig.link(LATER, 1, LinkEvent::Connected);
        rig
    }

    pub(crate) fn feed(&mut self, input: Input) -> Vec<Effect> {
        self.room.handle(self.now, input);
        self.effects()
    }

    pub(crate) fn server(&mut self, event: ServerEvent) -> Vec<Effect> {
        self.feed(Input::Server { socket: self.socket, event })
    }

    pub(crate) fn said(&mut self, message: ServerMessage) -> Vec<Effect> {
        self.server(ServerEvent::Message(message))
    }

    pub(crate) fn refused(&mut self, error: SignallingError) -> Vec<Effect> {
        self.said(ServerMessage::Refused { error })
    }

    pub(crate) fn welcome(&mut self, members: &[Member]) -> Vec<Effect> {
        self.said(welcome_as(member(ME, MY_ORDER), members))
    }

    pub(crate) fn left(&mut self, participant: ParticipantId, reason: LeaveReason) -> Vec<Effect> {
        self.said(ServerMessage::Left { participant, reason })
    }

    /// The socket breaks, and the next one is open and greeted.
    pub(crate) fn lose_server_and_reopen(&mut self) {
        self.server(ServerEvent::Closed);
        self.wait_for(seconds(1), |effect| matches!(effect, Effect::OpenSocket { .. }));
        self.server(ServerEvent::Opened);
    }

    pub(crate) fn signal(&mut self, from: ParticipantId, signal: Signal) -> Vec<Effect> {
        self.feed(Input::Signal { from, signal })
    }

    pub(crate) fn offer(&mut self, from: ParticipantId, number: u32) -> Vec<Effect> {
        self.signal(
            from,
            Signal::Offer { generation: generation(number), round: OfferRound::FIRST, sdp: format!("offer {number}") },
        )
    }

    pub(crate) fn link(&mut self, peer: ParticipantId, number: u32, event: LinkEvent) -> Vec<Effect> {
        self.feed(Input::Link { peer, generation: generation(number), event })
    }

    pub(crate) fn hears(&mut self, peer: ParticipantId, number: u32, message: PeerMessage) -> Vec<Effect> {
        self.link(peer, number, LinkEvent::Message(message))
    }

    pub(crate) fn intent(&mut self, intent: Intent) -> Vec<Effect> {
        self.feed(Input::Intent(intent))
    }

    /// Lets time pass, ticking when the room wants to be; everything it wanted meanwhile.
    pub(crate) fn wait(&mut self, duration: Duration) -> Vec<Effect> {
        let until = self.now + duration;
        let mut effects = Vec::new();
        while let Some(at) = self.room.next_deadline().filter(|at| *at <= until) {
            assert!(at > self.now, "a deadline that is not in the future");
            self.now = at;
            effects.extend(self.feed(Input::Tick));
        }
        self.now = until;
        effects
    }

    /// Lets time pass until the room wants such a thing, and says how long it took.
    pub(crate) fn wait_for(&mut self, at_most: Duration, is_it: impl Fn(&Effect) -> bool) -> Duration {
        let start = self.now;
        while let Some(at) = self.room.next_deadline().filter(|at| *at <= start + at_most) {
            self.now = at;
            if self.feed(Input::Tick).iter().any(&is_it) {
                return self.now.since(start);
            }
        }
        unreachable!("it did not come within {at_most:?}");
    }

    pub(crate) fn other(&self, id: ParticipantId) -> Option<RemoteParticipant> {
        self.room.snapshot().others.into_iter().find(|other| other.id == id)
    }

    fn effects(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some(effect) = self.room.poll_effect() {
            match effect {
                Effect::Meet { peer, role } => drop(self.met.insert(peer, role)),
                Effect::Part { peer } => drop(self.met.remove(&peer)),
                Effect::Attend { peer } => {
                    self.met.insert(peer, LinkRole::Answerer);
                    effects.push(effect);
                }
                Effect::OpenSocket { socket } => {
                    self.socket = socket;
                    effects.push(effect);
                }
                effect => effects.push(effect),
            }
        }
        effects
    }
}

/// The links that these effects open.
pub(crate) fn opened(effects: &[Effect]) -> Vec<(ParticipantId, u32, LinkRole)> {
    let opened = effects.iter().filter_map(|effect| match effect {
        Effect::OpenLink { peer, generation, role, .. } => Some((*peer, generation.0, *role)),
        _ => None,
    });
    opened.collect()
}

/// The links that these effects close.
pub(crate) fn closed(effects: &[Effect]) -> Vec<(ParticipantId, u32)> {
    let closed = effects.iter().filter_map(|effect| match effect {
        Effect::CloseLink { peer, generation } => Some((*peer, generation.0)),
        _ => None,
    });
    closed.collect()
}

pub(crate) fn signals(effects: &[Effect]) -> Vec<Signal> {
    let signals = effects.iter().filter_map(|effect| match effect {
        Effect::Signal { signal, .. } => Some(signal.clone()),
        _ => None,
    });
    signals.collect()
}

/// What the links are told of the other side's signals.
pub(crate) fn applied(effects: &[Effect]) -> Vec<RemoteSignal> {
    let applied = effects.iter().filter_map(|effect| match effect {
        Effect::ApplyRemote { remote, .. } => Some(remote.clone()),
        _ => None,
    });
    applied.collect()
}

/// What is said to a participant on the control channel.
pub(crate) fn told(effects: &[Effect], to: ParticipantId) -> Vec<PeerMessage> {
    let told = effects.iter().filter_map(|effect| match effect {
        Effect::SendToPeer { peer, message, .. } if *peer == to => Some(message.clone()),
        _ => None,
    });
    told.collect()
}
