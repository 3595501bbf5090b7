//! One participant: the room under test, and a driver that does what it wants.

use std::collections::BTreeMap;
use std::time::Duration;

use conclave_protocol::ids::ParticipantId;
use conclave_protocol::intent::DeviceChoice;
use conclave_protocol::line::{TileSize, VideoLine};
use conclave_protocol::notice::{DeviceFault, ScreenFault};
use conclave_protocol::peer::{ClientKind, DisplayName};
use conclave_protocol::signal::Signal;
use conclave_protocol::signalling::limits::MAX_PARTICIPANTS;
use conclave_protocol::signalling::{ServerMessage, SignallingError};
use conclave_protocol::snapshot::{EndReason, LinkPhase, RoomPhase};
use conclave_protocol::sound::SoundProcessing;
use conclave_room::{Effect, Input, LinkRole, MediaEvent, Room, RoomConfig, ServerEvent, SharingEvent, Timestamp};
use conclave_server::registry::ConnectionId;
use rand::Rng as _;

use crate::host::ADDRESS;
use crate::world::{Event, World};

/// More than this from one input would be a loop.
const EFFECTS_AT_ONCE: usize = 300;
/// The least time between two openings of a link by the one who offers.
const LEAST_GAP: Duration = Duration::from_millis(500);

pub(crate) struct Client {
    pub(crate) room: Room,
    pub(crate) life: Life,
    /// The socket that stands.
    pub(crate) connection: Option<ConnectionId>,
    pub(crate) id: Option<ParticipantId>,
    pub(crate) cut_off_until: Timestamp,
    /// The links that are open, as indices of [`World::links`].
    pub(crate) links: BTreeMap<ParticipantId, usize>,
    /// How large the others draw this one's lines, as far as the room said.
    pub(crate) demands: BTreeMap<(ParticipantId, VideoLine), TileSize>,
    /// How large this one draws the others' lines, where it isn't [`World::VIEW`].
    pub(crate) views: BTreeMap<(ParticipantId, VideoLine), TileSize>,
    /// Whom this one may hear from, and who offers.
    met: BTreeMap<ParticipantId, LinkRole>,
    tick_at: Option<Timestamp>,
    last_offering: BTreeMap<ParticipantId, Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Running,
    Crashed,
    Ended(EndReason),
}

impl World {
    /// How large everyone draws everyone's camera at first.
    pub(crate) const VIEW: TileSize = TileSize { width: 640, height: 360 };

    pub(crate) fn add_client(&mut self) -> usize {
        let client = self.clients.len();
        self.say(|| format!("{client} starts"));
        let config = RoomConfig {
            room: ADDRESS.room,
            host: ADDRESS.host,
            name: DisplayName::from_untrusted(&format!("participant {client}")),
            client: ClientKind::App,
            camera: Some(DeviceChoice("device:first".to_owned())),
            microphone: Some(DeviceChoice("device".to_owned())),
            speaker: None,
            microphone_muted: false,
            sound_processing: SoundProcessing::default(),
            view: Self::VIEW,
            seed: self.rng.random(),
        };
        self.clients.push(Client {
            room: Room::new(config, self.now),
            life: Life::Running,
            connection: None,
            id: None,
            cut_off_until: self.now,
            links: BTreeMap::new(),
            demands: BTreeMap::new(),
            views: BTreeMap::new(),
            met: BTreeMap::new(),
            tick_at: None,
            last_offering: BTreeMap::new(),
        });
        self.do_effects(client);
        client
    }

    pub(crate) fn is_running(&self, client: usize) -> bool {
        self.clients[client].life == Life::Running
    }

    pub(crate) fn running(&self) -> Vec<usize> {
        (0..self.clients.len()).filter(|client| self.is_running(*client)).collect()
    }

    pub(crate) fn feed(&mut self, client: usize, input: Input) {
        if self.clients[client].life == Life::Crashed {
            return;
        }
        self.say(|| format!("{client} gets {input:?}"));
        let tries_again = self.may_not_end(client, &input);
        self.clients[client].room.handle(self.now, input);
        self.do_effects(client);
        if tries_again {
            self.counts.tried_again += 1;
            if !self.is_running(client) {
                self.violated(&format!("{client} gave up links that lived"));
            }
        }
        self.host_looks(client);
    }

    /// A room that is full or locked for one who comes back is no reason to part from those who are still connected.
    fn may_not_end(&self, client: usize, input: &Input) -> bool {
        let Input::Server { event: ServerEvent::Message(ServerMessage::Refused { error }), .. } = input else {
            return false;
        };
        matches!(error, SignallingError::RoomFull | SignallingError::Locked)
            && self.is_running(client)
            && self.clients[client].room.snapshot().others.iter().any(|other| other.link == LinkPhase::Connected)
    }

    pub(crate) fn tick(&mut self, client: usize) {
        let Client { room, tick_at, life, .. } = &mut self.clients[client];
        *tick_at = None;
        if *life == Life::Crashed {
            return;
        }
        if room.next_deadline().is_some_and(|at| at <= self.now) {
            self.feed(client, Input::Tick);
        } else {
            self.schedule_tick(client);
        }
    }

    fn do_effects(&mut self, client: usize) {
        let mut done = 0;
        while let Some(effect) = self.clients[client].room.poll_effect() {
            if !self.is_running(client) {
                self.violated(&format!("{client} wants {effect:?} after the end"));
            }
            done += 1;
            if done > EFFECTS_AT_ONCE {
                self.violated(&format!("{client} wants ever more, now {effect:?}"));
            }
            self.say_effect(client, &effect);
            self.perform(client, effect);
        }
        // Who comes again is drawn as somebody new.
        let Client { room, views, .. } = &mut self.clients[client];
        let others = room.snapshot().others;
        views.retain(|(of, _), _| others.iter().any(|other| other.id == *of));
        self.check(client);
        self.schedule_tick(client);
    }

    fn schedule_tick(&mut self, client: usize) {
        let Client { room, tick_at, .. } = &mut self.clients[client];
        if let Some(at) = room.next_deadline()
            && tick_at.is_none_or(|scheduled| at < scheduled)
        {
            *tick_at = Some(at);
            self.schedule_at(at, Event::Tick { client });
        }
    }

    /// What must be so after every single step.
    fn check(&self, client: usize) {
        let Client { room, life, links, .. } = &self.clients[client];
        let deadline = room.next_deadline();
        if let Life::Ended(_) = life {
            if deadline.is_some() {
                self.violated(&format!("{client} has a timer after the end"));
            }
            if !links.is_empty() {
                self.violated(&format!("{client} has links after the end"));
            }
            return;
        }
        if deadline.is_some_and(|at| at <= self.now) {
            self.violated(&format!("{client} left something undone that was due"));
        }
        let snapshot = room.snapshot();
        if snapshot.others.len() > MAX_PARTICIPANTS {
            self.violated(&format!("{client} sees {} others", snapshot.others.len()));
        }
        if !snapshot.others.is_sorted_by_key(|other| (other.order, other.id)) {
            self.violated(&format!("{client} shows the others out of order"));
        }
        if snapshot.others.iter().any(|other| Some(other.id) == snapshot.me.id) {
            self.violated(&format!("{client} sees itself among the others"));
        }
        let let_in = |id: &ParticipantId| self.server.let_in.contains(id);
        if !links.is_empty() && !links.keys().chain(&snapshot.me.id).all(let_in) {
            self.violated(&format!("{client} has links with who was not let in"));
        }
        if let Some(peer) = links.keys().find(|peer| !snapshot.others.iter().any(|other| other.id == **peer)) {
            self.violated(&format!("{client} has a link to {peer:?}, who isn't in the room"));
        }
    }

    fn perform(&mut self, client: usize, effect: Effect) {
        match effect {
            Effect::OpenSocket { socket } => self.open_socket(client, socket),
            Effect::CloseSocket => self.close_socket(client),
            Effect::SendToServer(message) => self.send_to_server(client, message),
            Effect::Meet { peer, role } => drop(self.clients[client].met.insert(peer, role)),
            Effect::Attend { peer } => drop(self.clients[client].met.insert(peer, LinkRole::Answerer)),
            Effect::Knock { peer, .. } => {
                if !self.clients[client].met.contains_key(&peer) {
                    self.violated(&format!("{client} knocks at {peer:?}, whom it hasn't met"));
                }
            }
            Effect::Part { peer } => {
                if self.clients[client].met.remove(&peer).is_none() {
                    self.violated(&format!("{client} parts from {peer:?}, whom it never met"));
                }
            }
            Effect::Signal { to, signal } => {
                if !self.clients[client].met.contains_key(&to) {
                    self.violated(&format!("{client} signals to {to:?}, whom it hasn't met"));
                }
                self.counts.signals += 1;
                if let Signal::RebuildRequest { .. } = &signal {
                    self.counts.rebuilds_asked_for += 1;
                }
                self.relay(client, to, &signal);
            }
            Effect::OpenLink { peer, generation, role, .. } => {
                if self.clients[client].met.get(&peer) != Some(&role) {
                    self.violated(&format!("{client} links to {peer:?} in another role than it met them in"));
                }
                self.check_gap(client, peer, role, generation.0);
                if self.clients[client].room.snapshot().phase != RoomPhase::Joined {
                    self.violated(&format!("{client} opens a link and is not inside"));
                }
                self.open_link(client, peer, generation, role);
            }
            Effect::ApplyRemote { peer, generation, remote } => self.apply_remote(client, peer, generation, remote),
            Effect::RestartIce { peer, generation, round } => self.restart_ice(client, peer, generation, round),
            Effect::CloseLink { peer, generation } => {
                self.close_link(client, peer, generation);
                self.clients[client].demands.retain(|(of, _), _| *of != peer);
            }
            Effect::SendToPeer { peer, generation, message } => self.send_to_peer(client, peer, generation, message),
            Effect::SetDemand { peer, line, size } => {
                if !self.clients[client].links.contains_key(&peer) {
                    self.violated(&format!("{client} sets a demand without a link"));
                }
                self.clients[client].demands.insert((peer, line), size);
            }
            Effect::OpenDevice { kind, generation, .. } => {
                let event = if self.rng.random_bool(self.weather.device_fails) {
                    MediaEvent::OpenFailed { kind, generation, fault: DeviceFault::Busy }
                } else {
                    MediaEvent::Ready { kind, generation }
                };
                let after = Duration::from_millis(self.rng.random_range(1..=2000));
                self.schedule(after, Event::Input { client, input: Input::Media(event) });
            }
            Effect::ShareScreen { generation, .. } => {
                let event = if self.rng.random_bool(self.weather.device_fails) {
                    SharingEvent::Refused { generation, fault: ScreenFault::Failed }
                } else {
                    SharingEvent::Ready { generation }
                };
                let after = Duration::from_millis(self.rng.random_range(1..=2000));
                self.schedule(after, Event::Input { client, input: Input::Sharing(event) });
            }
            Effect::MuteMicrophone { .. }
            | Effect::ProcessSound(_)
            | Effect::SetVolume { .. }
            | Effect::Notify(_)
            | Effect::Govern(_)
            | Effect::ConfirmIdentity { .. }
            | Effect::ForgetDevices => {}
            Effect::End(reason) => self.ended(client, reason),
        }
    }

    fn ended(&mut self, client: usize, reason: EndReason) {
        let expected = match reason {
            EndReason::Left => true,
            EndReason::ServerUnreachable => {
                self.counts.ended_unreachable += 1;
                true
            }
            // Places of crashed clients are kept for a while and may fill the room.
            EndReason::Refused { error: SignallingError::RoomFull } => true,
            EndReason::Refused { error: SignallingError::Locked } => {
                self.counts.locked_out += 1;
                self.was_refused(client)
            }
            EndReason::Refused { error: SignallingError::NotAdmitted } => {
                self.counts.refused += 1;
                self.was_refused(client)
            }
            EndReason::Refused { error: SignallingError::Removed } => {
                self.counts.removed += 1;
                self.host.is_some()
            }
            EndReason::Refused { .. } | EndReason::NotAdmitted | EndReason::Removed | EndReason::Crashed => false,
        };
        if !expected {
            self.violated(&format!("{client} ended: {reason:?}"));
        }
        if self.clients[client].connection.is_some() {
            self.violated(&format!("{client} ended with its socket open"));
        }
        self.clients[client].life = Life::Ended(reason);
        self.may_have_lost_its_host(client);
    }

    /// However fast connections fail, the one who offers doesn't open them faster than this.
    fn check_gap(&mut self, client: usize, peer: ParticipantId, role: LinkRole, generation: u32) {
        if role == LinkRole::Answerer {
            return;
        }
        let last = self.clients[client].last_offering.insert(peer, self.now);
        // The first one to somebody who was forgotten and came again counts from anew.
        if generation > 1 && last.is_some_and(|last| self.now.since(last) < LEAST_GAP) {
            self.violated(&format!("{client} opens links to {peer:?} too fast"));
        }
    }
}
