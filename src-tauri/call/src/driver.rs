//! The driver: the task that solely owns the room. Feeds it what happens and does what it wants done.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use conclave_keys::identity::DeviceKey;
use conclave_keys::known_devices::KnownDevices;
use conclave_keys::safety::emoji::Emoji;
use conclave_keys::safety::room_code::RoomCode;
use conclave_media::fault::DeviceNotice;
use conclave_peer::{IceServer as PeerIceServer, Interfaces};
use conclave_protocol::ids::ParticipantId;
use conclave_protocol::intent::Intent;
use conclave_protocol::line::VideoLine;
use conclave_protocol::notice::{DeviceKind, Notice};
use conclave_protocol::peer::DisplayName;
use conclave_protocol::signalling::{ClientMessage, IceServer, Recipient, ServerMessage, Standing};
use conclave_protocol::snapshot::{EndReason, RoomSnapshot, SafetySign, VerifiedIdentity};
use conclave_room::{Effect, Input, LinkEvent, MediaEvent, Room, RoomConfig, ServerEvent, Timestamp};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time::{sleep_until, timeout};

use crate::config::{CallConfig, Reach};
use crate::device_news::DeviceEvent;
use crate::devices::{LocalDevices, protocol_fault};
use crate::event::{Event, SocketEvent};
use crate::link::{LinkCommand, Links};
use crate::signalling::SignallingSocket;
use crate::statistics::{CallStatistics, SoundLevels};
use crate::trust::{Trust, TrustEffect, VerifiedPeer};

/// How long the devices may take to be released at the end of the call.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(3);

pub(crate) struct Driver {
    room: Room,
    started: Instant,
    joined: Option<Duration>,
    me: Option<ParticipantId>,
    trust: Trust,
    /// Whose links are proven, for the room's code.
    verified: HashMap<ParticipantId, DeviceKey>,
    room_code: Option<String>,
    signalling_url: String,
    socket: Option<SignallingSocket>,
    extra_ice_servers: Vec<IceServer>,
    devices: LocalDevices,
    links: Links,
    events: mpsc::Sender<Event>,
    snapshots: watch::Sender<RoomSnapshot>,
    notices: broadcast::Sender<Notice>,
    ended: Option<EndReason>,
}

impl Driver {
    pub(crate) fn new(
        config: CallConfig,
        seed: u64,
        events: mpsc::Sender<Event>,
        notices: broadcast::Sender<Notice>,
    ) -> (Self, watch::Receiver<RoomSnapshot>) {
        let CallConfig { link, key, identity, name, devices, view, ice_servers, reach, observer } = config;
        let room_config = RoomConfig {
            room: link.room,
            host: link.host,
            name,
            camera: devices.camera,
            microphone: devices.microphone,
            speaker: devices.speaker,
            microphone_muted: false,
            view,
            seed,
        };
        let room = Room::new(room_config, Timestamp::default());
        let interfaces = match reach {
            Reach::ThisComputer => Interfaces::LoopbackOnly,
            Reach::Network if link.server.is_loopback() => Interfaces::RealAndLoopback,
            Reach::Network => Interfaces::AllReal,
        };
        let devices = LocalDevices::new();
        let (snapshots, reader) = watch::channel(room.snapshot());
        let driver = Self {
            room,
            started: Instant::now(),
            joined: None,
            me: None,
            trust: Trust::new(identity, key, link.host, KnownDevices::default()),
            verified: HashMap::new(),
            room_code: None,
            signalling_url: link.server.signalling_url(),
            socket: None,
            extra_ice_servers: ice_servers,
            links: Links::new(Arc::clone(devices.media()), observer, events.clone(), interfaces),
            devices,
            events,
            snapshots,
            notices,
            ended: None,
        };
        (driver, reader)
    }

    /// Runs the call to its end.
    pub(crate) async fn run(
        mut self,
        mut inbox: mpsc::Receiver<Event>,
        mut handle_gone: oneshot::Receiver<()>,
    ) -> EndReason {
        let mut leaving = false;
        let news = Arc::clone(self.devices.news());
        loop {
            self.carry_out();
            if let Some(reason) = self.ended {
                self.shut_down(inbox).await;
                return reason;
            }
            let deadline = self.room.next_deadline().map(|at| self.started + at.0);
            let tick = async {
                match deadline {
                    Some(at) => sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // The driver holds a sender itself, so the inbox never ends.
                Some(event) = inbox.recv() => self.take(event),
                events = news.next() => self.hear_devices(events),
                () = tick => self.feed(Input::Tick),
                _ = &mut handle_gone, if !leaving => {
                    leaving = true;
                    self.feed(Input::Intent(Intent::Leave));
                }
            }
        }
    }

    fn feed(&mut self, input: Input) {
        self.room.handle(Timestamp(self.started.elapsed()), input);
    }

    fn take(&mut self, event: Event) {
        self.trust.set_now(unix_ms());
        match event {
            Event::Intent(intent) => self.feed(Input::Intent(intent)),
            Event::Link { peer, generation, event } => self.feed(Input::Link { peer, generation, event }),
            Event::Socket { socket, event } => match event {
                SocketEvent::Opened => self.feed(Input::Server { socket, event: ServerEvent::Opened }),
                SocketEvent::Closed => self.feed(Input::Server { socket, event: ServerEvent::Closed }),
                SocketEvent::Message(ServerMessage::Relayed { from, payload }) => self.trust.receive(from, &payload),
                SocketEvent::Message(message) => {
                    if let ServerMessage::Welcome { participant, .. } = &message {
                        self.me = Some(*participant);
                        self.trust.set_me(*participant);
                    }
                    // Waiting to be let in is not being in the room.
                    if let ServerMessage::Welcome { standing: Standing::Inside, .. } | ServerMessage::Admitted { .. } =
                        &message
                    {
                        self.joined.get_or_insert_with(|| self.started.elapsed());
                    }
                    let standing = match &message {
                        ServerMessage::Welcome { standing, .. } => Some(*standing),
                        _ => None,
                    };
                    self.feed(Input::Server { socket, event: ServerEvent::Message(message) });
                    if let Some(standing) = standing {
                        // Whom the room meets is known before anything is said to them.
                        self.carry_out();
                        self.trust.welcomed(standing);
                    }
                }
            },
            // Whoever asked may have given up.
            Event::Statistics(answer) => drop(answer.send(self.statistics())),
            Event::Levels(answer) => drop(answer.send(self.levels())),
        }
    }

    fn hear_devices(&mut self, events: Vec<DeviceEvent>) {
        for event in events {
            match event {
                DeviceEvent::Answer { answer, .. } => self.feed(Input::Media(answer)),
                DeviceEvent::Notice { kind, notice } => self.device_notice(kind, notice),
            }
            // The next one may be about what this one has put into use.
            self.carry_out();
        }
    }

    /// A sender speaks of the device in use without knowing its name.
    fn device_notice(&mut self, kind: DeviceKind, notice: DeviceNotice) {
        let me = self.snapshots.borrow().me.clone();
        let state = match kind {
            DeviceKind::Camera => me.camera,
            DeviceKind::Microphone => me.microphone,
            DeviceKind::Speaker => me.speaker,
        };
        let Some(device) = state.active else { return };
        self.feed(Input::Media(match notice {
            DeviceNotice::Fault(fault) => MediaEvent::Fault { kind, device, fault: protocol_fault(fault) },
            DeviceNotice::Recovered => MediaEvent::Recovered { kind, device },
        }));
    }

    /// Does all that the room wants done, and shows what became of it.
    fn carry_out(&mut self) {
        self.trust.set_now(unix_ms());
        loop {
            if let Some(effect) = self.room.poll_effect() {
                self.perform(effect);
            } else if let Some(effect) = self.trust.poll() {
                self.perform_trust(effect);
            } else {
                break;
            }
        }
        let snapshot = self.room.snapshot();
        let names = |id| name_in(&snapshot, id).or_else(|| name_in(&self.snapshots.borrow(), id));
        self.links.set_present(snapshot.others.iter().map(|other| other.id), names);
        self.snapshots.send_if_modified(|shown| {
            let changed = *shown != snapshot;
            if changed {
                *shown = snapshot;
            }
            changed
        });
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::OpenSocket { socket } => {
                tracing::debug!(server = %self.signalling_url, "connecting to the room server");
                self.socket = Some(SignallingSocket::open(self.signalling_url.clone(), socket, self.events.clone()));
            }
            Effect::CloseSocket => self.socket = None,
            Effect::SendToServer(message) => self.say(message),
            Effect::Signal { to, signal } => self.trust.send(to, signal),
            Effect::Meet { peer, role } => self.trust.meet(peer, role),
            Effect::Attend { peer } => self.trust.attend(peer),
            Effect::Knock { peer, name } => self.trust.knock(peer, name),
            Effect::Govern(command) => self.trust.command(command),
            Effect::Part { peer } => self.trust.part(peer),
            Effect::OpenLink { peer, generation, role, ice_servers } => {
                tracing::debug!(?peer, ?generation, ?role, "building a link");
                let servers = ice_servers.into_iter().chain(self.extra_ice_servers.iter().cloned());
                self.links.open(peer, generation, role, servers.map(peer_ice_server).collect());
                self.trust.link_opened(peer);
            }
            Effect::ApplyRemote { peer, generation, remote } => {
                self.links.command(peer, generation, LinkCommand::Remote(remote));
            }
            Effect::RestartIce { peer, generation, round } => {
                self.links.command(peer, generation, LinkCommand::RestartIce(round));
            }
            Effect::CloseLink { peer, generation } => {
                tracing::debug!(?peer, ?generation, "closing a link");
                self.links.close(peer, generation);
                self.trust.link_closed(peer);
                self.set_verified(peer, None);
            }
            Effect::SendToPeer { peer, generation, message } => {
                self.links.command(peer, generation, LinkCommand::Send(message));
            }
            Effect::SetDemand { peer, line: VideoLine::Camera, size } => {
                self.links.current_command(peer, LinkCommand::SetDemand(size));
            }
            // This end shares no screen, so nobody's wish to see one changes anything.
            Effect::SetDemand { line: VideoLine::Screen, .. } => {}
            Effect::OpenDevice { kind, device, generation } => self.devices.open(kind, device.as_ref(), generation),
            Effect::MuteMicrophone { muted } => self.devices.media().microphone.set_muted(muted),
            Effect::SetVolume { peer, volume } => self.links.set_volume(peer, volume),
            // Nobody may be listening.
            Effect::Notify(notice) => drop(self.notices.send(notice)),
            Effect::End(reason) => self.ended = Some(reason),
        }
    }

    fn say(&self, message: ClientMessage) {
        if let Some(socket) = &self.socket {
            socket.send(message);
        }
    }

    fn perform_trust(&mut self, effect: TrustEffect) {
        match effect {
            TrustEffect::Relay { to, payload } => {
                self.say(ClientMessage::Relay { to: Recipient::Participant(to), payload });
            }
            TrustEffect::Signal { from, signal } => self.feed(Input::Signal { from, signal }),
            TrustEffect::Verified { peer, generation, verified, control } => {
                self.set_verified(peer, Some(verified.device));
                self.links.command(peer, generation, LinkCommand::Verified(control, identity_of(&verified)));
            }
            TrustEffect::Failed { peer, generation } => {
                self.feed(Input::Link { peer, generation, event: LinkEvent::Failed });
            }
            TrustEffect::Problem { peer, problem } => {
                tracing::warn!(?peer, ?problem, "what came in a participant's name can't be believed");
                // Nobody may be listening.
                let _ = self.notices.send(Notice::Security { participant: peer, problem });
            }
            TrustEffect::Knock { peer, knock } => self.feed(Input::Knock { from: peer, knock }),
            TrustEffect::Removed { peer } => self.feed(Input::Removed { participant: peer }),
            TrustEffect::End(reason) => self.feed(Input::Ended(reason)),
            TrustEffect::Order(order) => self.say(ClientMessage::Govern { order: *order }),
            TrustEffect::CommandRefused(reason) => {
                // Nobody may be listening.
                let _ = self.notices.send(Notice::CommandRefused { reason });
            }
        }
    }

    fn set_verified(&mut self, peer: ParticipantId, device: Option<DeviceKey>) {
        let before = match device {
            Some(device) => self.verified.insert(peer, device),
            None => self.verified.remove(&peer),
        };
        if before != device {
            let devices: Vec<_> = self.verified.values().copied().chain([self.trust.own_device()]).collect();
            let code: Option<String> =
                (devices.len() > 1).then(|| RoomCode::of(self.trust.room(), &devices).to_string());
            if code.is_some() {
                self.room_code.clone_from(&code);
            }
            self.feed(Input::RoomCode(code));
        }
    }

    fn statistics(&self) -> CallStatistics {
        CallStatistics {
            joined: self.joined,
            room_code: self.room_code.clone(),
            encoders: self.devices.media().camera.encoder_statistics(),
            participants: self.links.statistics(|id| name_in(&self.snapshots.borrow(), id)),
        }
    }

    fn levels(&self) -> SoundLevels {
        SoundLevels { own_dbfs: self.devices.media().microphone.level_dbfs(), others_dbfs: self.links.levels() }
    }

    /// Lets go of links and devices. Events that still come are dropped, so nobody waits for a place in the inbox.
    async fn shut_down(self, mut inbox: mpsc::Receiver<Event>) {
        inbox.close();
        let Self { links, devices, socket, .. } = self;
        drop(socket);
        links.shut_down().await;
        // Releasing devices joins their threads.
        let released = tokio::task::spawn_blocking(move || devices.close());
        if timeout(RELEASE_TIMEOUT, released).await.is_err() {
            tracing::warn!("a device was not released in time");
        }
    }
}

/// The time of day, in milliseconds since 1970 began in UTC; a clock before that says it is then.
fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

fn name_in(snapshot: &RoomSnapshot, id: ParticipantId) -> Option<DisplayName> {
    snapshot.others.iter().find(|other| other.id == id).and_then(|other| other.name.clone())
}

fn identity_of(verified: &VerifiedPeer) -> VerifiedIdentity {
    let sign = |emoji: Emoji| SafetySign { symbol: emoji.symbol.to_string(), name: emoji.name.to_owned() };
    VerifiedIdentity {
        device: verified.device.to_string(),
        safety: verified.emoji.emoji().into_iter().map(sign).collect(),
    }
}

fn peer_ice_server(server: IceServer) -> PeerIceServer {
    let IceServer { urls, username, credential } = server;
    PeerIceServer { urls, username: username.unwrap_or_default(), credential: credential.unwrap_or_default() }
}
