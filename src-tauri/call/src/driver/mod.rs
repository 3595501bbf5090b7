//! The driver: the task that solely owns the conference. Tells it what happens and does what it wants done.

mod deeds;

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use conclave_conference::{Conference, ConferenceConfig, Moment};
use conclave_keys::known_devices::KnownDevices;
use conclave_media::fault::DeviceNotice;
use conclave_peer::Interfaces;
use conclave_protocol::ids::ParticipantId;
use conclave_protocol::intent::Intent;
use conclave_protocol::notice::{DeviceKind, Notice, ScreenFault};
use conclave_protocol::peer::{ClientKind, DisplayName};
use conclave_protocol::signalling::IceServer;
use conclave_protocol::snapshot::{EndReason, RoomSnapshot};
use conclave_room::{MediaEvent, RoomConfig, SharingEvent, Timestamp};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time::{sleep_until, timeout};

use crate::config::{CallConfig, Reach};
use crate::device_news::DeviceEvent;
use crate::devices::{LocalDevices, protocol_fault};
use crate::event::Event;
use crate::link::Links;
use crate::signalling::SignallingSocket;
use crate::statistics::{CallStatistics, SoundLevels};

/// How long the devices may take to be released at the end of the call.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(3);

/// What a call shows of itself.
pub(crate) struct Readers {
    pub(crate) snapshots: watch::Receiver<RoomSnapshot>,
    pub(crate) known_devices: watch::Receiver<KnownDevices>,
}

/// The conference, and all that it works with.
pub(crate) struct Driver {
    conference: Conference,
    started: Instant,
    known_devices: watch::Sender<KnownDevices>,
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
            camera,
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
            client: ClientKind::App,
            camera: devices.camera,
            microphone: devices.microphone,
            speaker: devices.speaker,
            microphone_muted: false,
            sound_processing,
            view,
            seed,
        };
        let interfaces = match reach {
            Reach::ThisComputer => Interfaces::LoopbackOnly,
            Reach::Network if link.server.is_loopback() => Interfaces::RealAndLoopback,
            Reach::Network => Interfaces::AllReal,
            Reach::RelayOnly => Interfaces::RelayOnly,
        };
        let devices = LocalDevices::new(Arc::clone(&observer), camera);
        let started = Instant::now();
        let (known_devices, known_reader) = watch::channel(known.clone());
        let config = ConferenceConfig { room: room_config, key, identity, hosted, known };
        let conference = Conference::new(config, moment(started));
        let (snapshots, reader) = watch::channel(conference.snapshot().clone());
        let driver = Self {
            conference,
            started,
            known_devices,
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
            let deadline = self.conference.deadline(self.now()).map(|at| self.started + at.0);
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
                () = tick => self.conference.tick(self.now()),
                _ = &mut handle_gone, if !leaving => {
                    leaving = true;
                    self.conference.intent(self.now(), Intent::Leave);
                }
            }
        }
    }

    fn now(&self) -> Moment {
        moment(self.started)
    }

    fn take(&mut self, event: Event) {
        let now = self.now();
        match event {
            Event::Intent(intent) => self.conference.intent(now, intent),
            Event::Link { peer, generation, event } => self.conference.link(now, peer, generation, event),
            Event::Socket { socket, event } => self.conference.server(now, socket, event),
            // Whoever asked may have given up.
            Event::Statistics(answer) => drop(answer.send(self.statistics())),
            Event::Levels(answer) => drop(answer.send(self.levels())),
        }
    }

    fn hear_devices(&mut self, events: Vec<DeviceEvent>) {
        for event in events {
            match event {
                DeviceEvent::Answer { answer, .. } => self.conference.media(self.now(), answer),
                DeviceEvent::Notice { kind, notice } => self.device_notice(kind, notice),
                DeviceEvent::Sharing(answer) => self.conference.sharing(self.now(), answer),
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
        let event = match notice {
            DeviceNotice::Fault(fault) => MediaEvent::Fault { kind, device, fault: protocol_fault(fault) },
            DeviceNotice::Recovered => MediaEvent::Recovered { kind, device },
        };
        self.conference.media(self.now(), event);
    }

    /// The same for the screen that is shared.
    fn screen_gone(&mut self, fault: ScreenFault) {
        let active = self.snapshots.borrow().me.sharing.active.clone();
        if let Some(screen) = active {
            self.conference.sharing(self.now(), SharingEvent::Ended { screen, fault });
        }
    }

    /// Does all that the conference wants done, and shows what became of it.
    fn carry_out(&mut self) {
        while let Some(deed) = self.conference.poll() {
            self.perform(deed);
        }
        let snapshot = self.conference.snapshot();
        let names = |id| name_in(snapshot, id).or_else(|| name_in(&self.snapshots.borrow(), id));
        self.links.set_present(snapshot.others.iter().map(|other| other.id), names);
        show(&self.snapshots, snapshot);
        show(&self.known_devices, self.conference.known_devices());
    }

    fn statistics(&self) -> CallStatistics {
        CallStatistics {
            joined: self.conference.joined(),
            room_code: self.conference.room_code().map(str::to_owned),
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

/// Now, in a call that began at `started`; a clock before 1970 says it is then.
fn moment(started: Instant) -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment { running: Timestamp(started.elapsed()), unix_ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX) }
}

/// Wakes readers only when something has changed.
fn show<T: Clone + PartialEq>(shown: &watch::Sender<T>, now: &T) {
    shown.send_if_modified(|shown| {
        let changed = shown != now;
        if changed {
            shown.clone_from(now);
        }
        changed
    });
}

fn name_in(snapshot: &RoomSnapshot, id: ParticipantId) -> Option<DisplayName> {
    snapshot.others.iter().find(|other| other.id == id).and_then(|other| other.name.clone())
}
