//! A room with a host and a guest, on a server that drops every order and lets everybody in.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use conclave_keys::epoch::Epoch;
use conclave_keys::identity::DeviceIdentity;
use conclave_keys::identity_store::{StoreLocation, load_or_create};
use conclave_keys::statement::Signed;
use conclave_keys::statement::admission::{Admission, AdmittedRole};
use conclave_protocol::ids::{ParticipantId, RoomId};
use conclave_protocol::invite::InviteLink;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::error::RigError;
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::hostile_participant::HostileParticipant;
use conclave_tests::rigs::hostile_server::{HostileServer, Passing, Way};
use conclave_tests::rigs::participant::{Participant, ParticipantBuilder, create_link_with};
use conclave_tests::rigs::report::Report;

pub(crate) const SOON: Duration = Duration::from_secs(5);

/// After how many messages everything is said again.
const REPLAYS: usize = 10;

/// All that was relayed.
#[derive(Clone, Default)]
struct Tape(Arc<Mutex<Recording>>);

#[derive(Default)]
struct Recording {
    said: Vec<Passing>,
    replays: usize,
}

impl Tape {
    fn lock(&self) -> MutexGuard<'_, Recording> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recording {
    fn passes(&mut self, passing: Passing) -> Vec<Passing> {
        if passing.relayed().is_none() {
            return vec![passing];
        }
        if self.replays == 0 {
            self.said.push(passing.clone());
            return vec![passing];
        }
        self.replays -= 1;
        std::iter::once(passing).chain(self.said.iter().cloned()).collect()
    }
}

/// The room. Ada hosts it, and has let Bob in.
pub(crate) struct Scene {
    pub(crate) ada: Participant,
    pub(crate) bob: Participant,
    pub(crate) link: String,
    server: HostileServer,
    tape: Tape,
    devices: tempfile::TempDir,
}

impl Scene {
    /// A room made with these arguments.
    pub(crate) fn made_with(arguments: &[&str]) -> Result<Self> {
        let tape = Tape::default();
        let server = {
            let tape = tape.clone();
            HostileServer::start(move |passing: Passing| {
                let is_order = passing.way == Way::ToServer && passing.message["type"] == "govern";
                if is_order { Vec::new() } else { tape.lock().passes(passing) }
            })?
        };
        let devices = tempfile::TempDir::with_prefix("conclave-devices-").map_err(RigError::io("making a folder"))?;
        let device = devices.path().join("Ada").display().to_string();
        let link = create_link_with(&server.url(), &[arguments, &["--identity", &device]].concat())?;
        let join = |name: &str| {
            let builder = ParticipantBuilder::new(&link, name).camera("pattern:320x180@15").microphone("tone");
            let participant = builder.view(320, 180).identity(&devices.path().join(name)).start()?;
            participant.wait_until_joined()?;
            Ok::<_, RigError>(participant)
        };
        let (mut ada, bob) = (join("Ada")?, join("Bob")?);
        if arguments.contains(&"--lobby") {
            let id = ada.wait_for_knock_of("Bob")?;
            ada.command_about("admit", id)?;
        }
        bob.wait_until_connected_to("Ada", SOON)?;
        ada.wait_until_connected_to("Bob", SOON)?;
        Ok(Self { ada, bob, link, server, tape, devices })
    }

    /// From now on the server says all again that it has relayed until now, after each of the next messages.
    pub(crate) fn say_all_again(&self) {
        self.tape.lock().replays = REPLAYS;
    }

    /// A real participant, as the device of that name.
    pub(crate) fn participant(&self, name: &str) -> ParticipantBuilder {
        let builder = ParticipantBuilder::new(&self.link, name).camera("pattern:320x180@15").microphone("tone");
        builder.view(320, 180).identity(&self.device_file(name))
    }

    pub(crate) fn device_file(&self, name: &str) -> PathBuf {
        self.devices.path().join(name)
    }

    /// The key of somebody's device: stolen, or Ada's own word from before.
    pub(crate) fn key_of(&self, name: &str) -> DeviceIdentity {
        let place = StoreLocation::File(self.device_file(name));
        load_or_create(&place).expect("a device's key").0
    }

    pub(crate) fn room(&self) -> RoomId {
        InviteLink::parse(&self.link).expect("the link we were given").room
    }

    /// Somebody with the link and this device.
    pub(crate) fn mallory(&self, device: DeviceIdentity) -> Result<HostileParticipant> {
        HostileParticipant::join(&self.server.signalling_url(), &self.link, device)
    }

    /// What Ada may have signed for a device.
    pub(crate) fn admission_of(&self, device: &DeviceIdentity) -> Admission {
        Admission {
            room: self.room(),
            epoch: Epoch::FIRST,
            device_key: device.public_key(),
            role: AdmittedRole::Participant,
            expires_at_ms: unix_ms() + 60 * 60 * 1000,
        }
    }

    /// Ada and Bob see and hear each other, and nobody else.
    pub(crate) fn assert_the_two_are_undisturbed(self) -> Result<()> {
        self.assert_the_two_are_undisturbed_by(None)
    }

    /// The same, when somebody was with them once.
    pub(crate) fn assert_the_two_are_undisturbed_by(self, once: Option<&str>) -> Result<()> {
        let (ada, bob) = (self.ada.leave()?, self.bob.leave()?);
        for (report, other) in [(&ada, "Bob"), (&bob, "Ada")] {
            let peer = report.peer(other)?;
            assert!(peer.verified && peer.links_built == 1, "{peer:?}");
            assert!(peer.video.frames > 0 && peer.audio.packets > 0, "{peer:?}");
            assert!(once.is_some() || report.peers.iter().filter(|peer| peer.verified).count() == 1, "{report:?}");
        }
        Ok(())
    }
}

/// Nobody else was believed, seen or heard.
pub(crate) fn assert_nobody_but(report: &Report, other: &str) {
    for peer in report.peers.iter().filter(|peer| peer.name.as_deref() != Some(other)) {
        assert!(!peer.verified && peer.video.frames == 0 && peer.audio.packets == 0, "{}: {peer:?}", report.name);
    }
}

/// An admission as the host would sign it.
pub(crate) fn signed(admission: Admission, by: &DeviceIdentity) -> Vec<u8> {
    Signed::sign(admission, by).expect("an admission").to_bytes()
}

pub(crate) fn id_of(participant: &Participant) -> Result<ParticipantId> {
    participant.find("its id", SOON, |event| match event {
        Event::Joined { participant } => Some(participant),
        _ => None,
    })
}

pub(crate) fn unix_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock after 1970");
    u64::try_from(since.as_millis()).expect("a time before the year 500,000,000")
}
