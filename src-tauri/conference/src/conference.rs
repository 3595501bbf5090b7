//! The room and the trust in those in it, each told what the other makes of what happens.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use conclave_keys::identity::DeviceKey;
use conclave_keys::known_devices::KnownDevices;
use conclave_protocol::ids::{LinkGeneration, ParticipantId};
use conclave_protocol::intent::Intent;
use conclave_protocol::peer::PeerMessage;
use conclave_protocol::signalling::{ServerMessage, Standing};
use conclave_protocol::snapshot::{Governance, RoomSnapshot, VerifiedIdentity};
use conclave_room::{Generation, Input, LinkEvent, MediaEvent, Room, ServerEvent, SharingEvent, Timestamp};
use conclave_trust::{ControlKeys, Trust};

use crate::acquaintances::Acquaintances;
use crate::config::ConferenceConfig;
use crate::control::{ControlChannels, Heard, Transport};
use crate::deed::Deed;
use crate::moment::Moment;
use crate::start_bitrate::with_start_bitrate;
use crate::transport::TransportEvent;

/// One end of a call.
pub struct Conference {
    pub(super) room: Room,
    pub(super) trust: Trust,
    /// Whose links are proven, for the room's code.
    pub(super) verified: HashMap<ParticipantId, DeviceKey>,
    pub(super) room_code: Option<String>,
    pub(super) acquaintances: Acquaintances,
    pub(super) controls: ControlChannels,
    /// What happened on links while something else was thought about; emptied after each thing that happens.
    link_events: VecDeque<(ParticipantId, LinkGeneration, LinkEvent)>,
    governance: Governance,
    joined: Option<Duration>,
    now: Moment,
    snapshot: RoomSnapshot,
    /// No longer than what one thing that happens can lead to: it is emptied after each.
    deeds: VecDeque<Deed>,
}

impl Conference {
    /// Begins to join the room.
    #[must_use]
    pub fn new(config: ConferenceConfig, now: Moment) -> Self {
        let ConferenceConfig { room, key, identity, hosted, known } = config;
        let mut trust = Trust::new(identity, key, room.host, known);
        if let Some(hosted) = hosted {
            trust.open(hosted);
        }
        let room = Room::new(room, now.running);
        let mut conference = Self {
            snapshot: room.snapshot(),
            room,
            trust,
            verified: HashMap::new(),
            room_code: None,
            acquaintances: Acquaintances::default(),
            controls: ControlChannels::default(),
            link_events: VecDeque::new(),
            governance: Governance::default(),
            joined: None,
            now,
            deeds: VecDeque::new(),
        };
        conference.settle();
        conference
    }

    /// The person asked for something.
    pub fn intent(&mut self, now: Moment, intent: Intent) {
        self.take(now, Input::Intent(intent));
    }

    /// Something about this end's devices.
    pub fn media(&mut self, now: Moment, event: MediaEvent) {
        self.take(now, Input::Media(event));
    }

    /// Something about the screen that this end shares, or is to share.
    pub fn sharing(&mut self, now: Moment, event: SharingEvent) {
        self.take(now, Input::Sharing(event));
    }

    /// [`Conference::deadline`] is reached.
    pub fn tick(&mut self, now: Moment) {
        self.take(now, Input::Tick);
    }

    /// Something about a link's transport.
    pub fn link(&mut self, now: Moment, peer: ParticipantId, generation: LinkGeneration, event: TransportEvent) {
        self.begin(now);
        let event = match event {
            TransportEvent::LocalDescription { round, sdp } => {
                Some(LinkEvent::LocalDescription { round, sdp: with_start_bitrate(&sdp) })
            }
            TransportEvent::LocalCandidate(candidate) => Some(LinkEvent::LocalCandidate(candidate)),
            TransportEvent::Connected => self.controls.transport_up(peer, generation).then_some(LinkEvent::Connected),
            TransportEvent::Interrupted => Some(LinkEvent::Interrupted),
            TransportEvent::Failed => Some(LinkEvent::Failed),
            TransportEvent::Control(bytes) => self.heard(peer, generation, bytes),
        };
        self.link_events.extend(event.map(|event| (peer, generation, event)));
        self.settle();
    }

    fn heard(&mut self, peer: ParticipantId, generation: LinkGeneration, bytes: Vec<u8>) -> Option<LinkEvent> {
        match self.controls.receive(peer, generation, bytes) {
            Heard::Message(message) => Some(LinkEvent::Message(message)),
            Heard::Nothing => None,
            Heard::TooMuch => {
                tracing::warn!(?peer, "too much was said before the link was proven: it is rebuilt");
                Some(LinkEvent::Failed)
            }
        }
    }

    /// Both ends of a link have proven who they are. It counts once its transport is up too, in whichever order; then
    /// what was said too early is heard.
    pub(super) fn proven(
        &mut self,
        peer: ParticipantId,
        generation: LinkGeneration,
        identity: VerifiedIdentity,
        keys: Box<ControlKeys>,
    ) {
        let Some(proven) = self.controls.proven(peer, generation, keys) else { return };
        let mut then = vec![LinkEvent::Verified(identity)];
        if proven.transport == Transport::Up {
            then.push(LinkEvent::Connected);
        }
        for bytes in proven.early {
            then.extend(self.heard(peer, generation, bytes));
        }
        self.link_events.extend(then.into_iter().map(|event| (peer, generation, event)));
    }

    /// Seals a message for a link's control channel.
    pub(super) fn say(&mut self, peer: ParticipantId, generation: LinkGeneration, message: &PeerMessage) {
        match self.controls.seal(peer, generation, message) {
            Ok(Some(sealed)) => self.want(Deed::SendControl { peer, generation, sealed }),
            Ok(None) => {}
            Err(_) => self.link_events.push_back((peer, generation, LinkEvent::Failed)),
        }
    }

    fn link_event(&mut self, peer: ParticipantId, generation: LinkGeneration, event: LinkEvent) {
        match event {
            LinkEvent::Message(PeerMessage::Statements { packed }) => self.trust.hear_statements(peer, &packed),
            LinkEvent::Message(PeerMessage::Epoch { told }) => self.trust.hear_epoch(peer, &told),
            event => {
                let connected = event == LinkEvent::Connected;
                self.feed(Input::Link { peer, generation, event });
                if connected {
                    // What the room makes of it comes first: it may not want the link any more.
                    self.consider();
                    self.trust.link_connected(peer);
                }
            }
        }
    }

    /// Something about the signalling socket that was opened as `socket`.
    pub fn server(&mut self, now: Moment, socket: Generation, event: ServerEvent) {
        self.begin(now);
        match event {
            ServerEvent::Message(ServerMessage::Relayed { from, payload }) => self.trust.receive(from, &payload),
            ServerEvent::Message(ServerMessage::OrderRepeated { last }) => self.trust.order_repeated(last),
            event => {
                let standing = self.welcome(&event);
                self.feed(Input::Server { socket, event });
                if let Some(standing) = standing {
                    // Whom the room meets is known before anything is said to them.
                    self.consider();
                    self.trust.welcomed(standing);
                }
            }
        }
        self.settle();
    }

    fn welcome(&mut self, event: &ServerEvent) -> Option<Standing> {
        let ServerEvent::Message(message) = event else { return None };
        let standing = match message {
            ServerMessage::Welcome { participant, standing, .. } => {
                self.trust.set_me(*participant);
                Some(*standing)
            }
            _ => None,
        };
        // Waiting to be let in is not being in the room.
        if standing == Some(Standing::Inside) || matches!(message, ServerMessage::Admitted { .. }) {
            self.joined.get_or_insert(self.now.running.0);
        }
        standing
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Deed> {
        self.deeds.pop_front()
    }

    /// When [`Conference::tick`] is to be called though nothing happens.
    #[must_use]
    pub fn deadline(&self, now: Moment) -> Option<Timestamp> {
        let of_room = self.room.next_deadline();
        let of_trust =
            self.trust.next_deadline_ms().map(|at| now.running + Duration::from_millis(at.saturating_sub(now.unix_ms)));
        [of_room, of_trust].into_iter().flatten().min()
    }

    /// All that a UI draws.
    #[must_use]
    pub fn snapshot(&self) -> &RoomSnapshot {
        &self.snapshot
    }

    /// All devices that were seen, now and before.
    #[must_use]
    pub fn known_devices(&self) -> &KnownDevices {
        self.trust.known_devices()
    }

    /// The code that everybody shows who sees the same devices in the room; the last one, once all others are gone.
    #[must_use]
    pub fn room_code(&self) -> Option<&str> {
        self.room_code.as_deref()
    }

    /// How long after the beginning this end was first in the room.
    #[must_use]
    pub fn joined(&self) -> Option<Duration> {
        self.joined
    }

    pub(super) fn want(&mut self, deed: Deed) {
        self.deeds.push_back(deed);
    }

    pub(super) fn feed(&mut self, input: Input) {
        self.room.handle(self.now.running, input);
    }

    fn begin(&mut self, now: Moment) {
        self.now = now;
        self.trust.set_now(now.unix_ms);
    }

    fn take(&mut self, now: Moment, input: Input) {
        self.begin(now);
        self.feed(input);
        self.settle();
    }

    /// Thinks about what has happened until nothing more follows from it.
    fn settle(&mut self) {
        self.consider();
        while let Some((peer, generation, event)) = self.link_events.pop_front() {
            self.link_event(peer, generation, event);
            self.consider();
        }
    }

    /// Lets room and trust tell each other what they want until they want nothing more.
    fn consider(&mut self) {
        self.exchange();
        let snapshot = self.room.snapshot();
        self.recognise(&snapshot);
        let governance = self.trust.governance();
        if self.governance != governance {
            self.governance = governance;
            self.feed(Input::Governance(governance));
        }
        self.exchange();
        self.snapshot = self.room.snapshot();
        let others = &self.snapshot.others;
        self.acquaintances.keep_only(|id| others.iter().any(|other| other.id == *id));
    }

    fn exchange(&mut self) {
        loop {
            if let Some(effect) = self.room.poll_effect() {
                self.carry_out_of_room(effect);
            } else if let Some(effect) = self.trust.poll() {
                self.carry_out_of_trust(effect);
            } else {
                return;
            }
        }
    }
}
