//! The driver: the task that solely owns the room. Feeds it what happens and does what it wants done.

mod room_effects;
mod trust_effects;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use conclave_keys::identity::DeviceKey;
use conclave_keys::known_devices::KnownDevices;
use conclave_media::fault::DeviceNotice;
use conclave_peer::Interfaces;
use conclave_protocol::ids::ParticipantId;
use conclave_protocol::intent::Intent;
use conclave_protocol::notice::{DeviceKind, Notice, ScreenFault};
use conclave_protocol::peer::{DisplayName, PeerMessage};
use conclave_protocol::signalling::{IceServer, ServerMessage, Standing};
use conclave_protocol::snapshot::{EndReason, Governance, RoomSnapshot};
use conclave_room::{Input, LinkEvent, MediaEvent, Room, RoomConfig, ServerEvent, SharingEvent, Timestamp};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time::{sleep_until, timeout};

use crate::acquaintances::Acquaintances;
use crate::config::{CallConfig, Reach};
use crate::device_news::DeviceEvent;
use crate::devices::{LocalDevices, protocol_fault};
use crate::event::{Event, SocketEvent};
use crate::link::Links;
use crate::signalling::SignallingSocket;
use crate::statistics::{CallStatistics, SoundLevels};
use crate::trust::Trust;

/// How long the devices may take to be released at the end of the call.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(3);

/// What a call shows of itself.
pub(crate) struct Readers {
    pub(crate) snapshots: watch::Receiver<RoomSnapshot>,
    pub(crate) known_devices: watch::Receiver<KnownDevices>,
}

/// The room, and all that it works with.
pub(crate) struct Driver {
    room: Room,
    started: Instant,
    joined: Option<Duration>,
    me: Option<ParticipantId>,
    trust: Trust,
    /// Whose links are proven, for the room's code.
    verified: HashMap<ParticipantId, DeviceKey>,
    room_code: Option<String>,
    acquaintances: Acquaintances,
    known_devices: watch::Sender<KnownDevices>,
    governance: Governance,
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
    ) -> (Self, Readers) {
        let CallConfig {
            link,
            key,
            identity,
            hosted,
            known,
            name,
            devices,
            sound_processing,
            view,
            ice_servers,
            reach,
            observer,
        } = config;
        let room_config = RoomConfig {
            room: link.room,
            host: link.host,
            name,
            camera: devices.camera,
            microphone: devices.microphone,
            speaker: devices.speaker,
            microphone_muted: false,
            sound_processing,
            view,
            seed,
        };
        let room = Room::new(room_config, Timestamp::default());
        let interfaces = match reach {
            Reach::ThisComputer => Interfaces::LoopbackOnly,
            Reach::Network if link.server.is_loopback() => Interfaces::RealAndLoopback,
            Reach::Network => Interfaces::AllReal,
            Reach::RelayOnly => Interfaces::RelayOnly,
        };
        let devices = LocalDevices::new(Arc::clone(&observer));
        let (snapshots, reader) = watch::channel(room.snapshot());
        let (known_devices, known_reader) = watch::channel(known.clone());
        let mut trust = Trust::new(identity, key, link.host, known);
        if let Some(hosted) = hosted {
            trust.open(hosted);
        }
        let driver = Self {
            room,
            started: Instant::now(),
            joined: None,
            me: None,
            trust,
            verified: HashMap::new(),
            room_code: None,
            acquaintances: Acquaintances::default(),
            known_devices,
            governance: Governance::default(),
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
        (driver, Readers { snapshots: reader, known_devices: known_reader })
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
            let of_room = self.room.next_deadline().map(|at| self.started + at.0);
            let of_trust = self
                .trust
                .next_deadline_ms()
                .map(|at| Instant::now() + Duration::from_millis(at.saturating_sub(unix_ms())));
            let deadline = [of_room, of_trust].into_iter().flatten().min();
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
            Event::Link { peer, event: LinkEvent::Message(PeerMessage::Statements { packed }), .. } => {
                self.trust.hear_statements(peer, &packed);
            }
            Event::Link { peer, event: LinkEvent::Message(PeerMessage::Epoch { told }), .. } => {
                self.trust.hear_epoch(peer, &told);
            }
            Event::Link { peer, generation, event } => {
                let connected = event == LinkEvent::Connected;
                self.feed(Input::Link { peer, generation, event });
                if connected {
                    // What the room makes of it comes first: it may not want the link any more.
                    self.carry_out();
                    self.trust.link_connected(peer);
                }
            }
            Event::Socket { socket, event } => match event {
                SocketEvent::Opened => self.feed(Input::Server { socket, event: ServerEvent::Opened }),
                SocketEvent::Closed => self.feed(Input::Server { socket, event: ServerEvent::Closed }),
                SocketEvent::Message(ServerMessage::Relayed { from, payload }) => self.trust.receive(from, &payload),
                SocketEvent::Message(ServerMessage::OrderRepeated { last }) => self.trust.order_repeated(last),
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
                DeviceEvent::Sharing(answer) => self.feed(Input::Sharing(answer)),
                DeviceEvent::ScreenGone(fault) => self.screen_gone(fault),
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

    /// The same for the screen that is shared.
    fn screen_gone(&mut self, fault: ScreenFault) {
        let active = self.snapshots.borrow().me.sharing.active.clone();
        if let Some(screen) = active {
            self.feed(Input::Sharing(SharingEvent::Ended { screen, fault }));
        }
    }

    fn perform_all(&mut self) {
        loop {
            if let Some(effect) = self.room.poll_effect() {
                self.perform(effect);
            } else if let Some(effect) = self.trust.poll() {
                self.perform_trust(effect);
            } else {
                return;
            }
        }
    }

    /// Does all that the room wants done, and shows what became of it.
    fn carry_out(&mut self) {
        self.trust.set_now(unix_ms());
        self.perform_all();
        let mut snapshot = self.room.snapshot();
        self.recognise(&snapshot);
        let governance = self.trust.governance();
        if self.governance != governance {
            self.governance = governance;
            self.feed(Input::Governance(governance));
        }
        self.perform_all();
        snapshot = self.room.snapshot();
        self.acquaintances.keep_only(|id| snapshot.others.iter().any(|other| other.id == *id));
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

    fn statistics(&self) -> CallStatistics {
        CallStatistics {
            joined: self.joined,
            room_code: self.room_code.clone(),
            encoders: self.devices.encoder_statistics(),
            participants: self.links.statistics(|id| name_in(&self.snapshots.borrow(), id)),
        }
    }

    fn levels(&self) -> SoundLevels {
        let microphone = &self.devices.media().microphone;
        SoundLevels {
            own_dbfs: microphone.level_dbfs(),
            own_while_muted_dbfs: microphone.muted_level_dbfs(),
            others_dbfs: self.links.levels(),
        }
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
