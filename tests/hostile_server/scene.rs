//! Three in a room whose server meddles with what two of them say to each other.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use conclave_protocol::ids::RoomId;
use conclave_protocol::notice::SecurityProblem;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::hostile_server::{Client, HostileServer, Meddler, Passing, Relayed, Way};
use conclave_tests::rigs::participant::{Participant, ParticipantBuilder, TimedEvent, create_link_at};
use conclave_tests::rigs::report::Report;
use serde_json::Value;

use crate::bob::{Bob, With};

/// The first to join, who is offered to; the second, who offers; and the third, whom nobody meddles with.
pub(crate) const ADA: Client = Client(0);
pub(crate) const BOB: Client = Client(1);

pub(crate) const SOON: Duration = Duration::from_secs(5);

/// Meddles with what Ada and Bob say to each other, and passes all else on.
struct BetweenTwo<F> {
    ids: HashMap<Client, String>,
    attack: F,
}

impl<F: FnMut(Relayed, Passing) -> Vec<Passing> + Send + 'static> Meddler for BetweenTwo<F> {
    fn passes(&mut self, passing: Passing) -> Vec<Passing> {
        if passing.way == Way::ToClient && passing.message["type"] == "welcome" {
            let id = passing.message["participant"].as_str().unwrap_or_default().to_owned();
            self.ids.insert(passing.client, id);
        }
        let between = |relayed: &Relayed| {
            let is = |client| self.ids.get(&client) == Some(&relayed.from);
            (relayed.to == ADA && is(BOB)) || (relayed.to == BOB && is(ADA))
        };
        match passing.relayed().filter(between) {
            Some(relayed) => (self.attack)(relayed, passing),
            None => vec![passing],
        }
    }
}

/// Three participants of one room.
pub(crate) struct Scene {
    pub(crate) ada: Participant,
    pub(crate) bob: Bob,
    pub(crate) cleo: Participant,
    _server: HostileServer,
}

impl Scene {
    /// The attack is on what Ada and Bob say to each other.
    pub(crate) fn between_two(
        bob: With,
        attack: impl FnMut(Relayed, Passing) -> Vec<Passing> + Send + 'static,
    ) -> Result<Self> {
        Self::meddled(bob, BetweenTwo { ids: HashMap::new(), attack })
    }

    /// The attack is on anything.
    pub(crate) fn meddled(bob: With, meddler: impl Meddler) -> Result<Self> {
        let server = HostileServer::start(meddler)?;
        let link = create_link_at(&server.url())?;
        let join = |name: &str| -> Result<Participant> {
            let participant = builder(&link, name).start()?;
            participant.wait_until_joined()?;
            Ok(participant)
        };
        Ok(Self { ada: join("Ada")?, bob: Bob::join(bob, &link)?, cleo: join("Cleo")?, _server: server })
    }

    /// Both honest pairs are linked.
    pub(crate) fn wait_for_the_honest(&self) -> Result<()> {
        self.cleo.wait_until_connected_to("Ada", SOON)?;
        self.cleo.wait_until_connected_to("Bob", SOON)?;
        Ok(())
    }

    /// Somebody is told.
    pub(crate) fn wait_for_adas_problem(&self, problem: SecurityProblem) -> Result<()> {
        let what = format!("the notice of {problem:?}");
        self.ada.wait_for(&what, SOON, |event| event.is_security(problem)).map(drop)
    }

    pub(crate) fn wait_for_bobs_problem(&self, problem: SecurityProblem) -> Result<()> {
        self.bob.wait_for_problem(problem, SOON)
    }

    /// Everybody is linked to everybody, whether or not their names have come.
    pub(crate) fn wait_until_all_are_connected(&self, within: Duration) -> Result<()> {
        if let Bob::Guest(_) = self.bob {
            self.bob.wait_until_connected_to("Ada", within)?;
            self.bob.wait_until_connected_to("Cleo", within)?;
        }
        let with_the_app = [Some(&self.ada), self.bob.participant(), Some(&self.cleo)];
        for participant in with_the_app.into_iter().flatten() {
            let connected = RefCell::new(HashSet::new());
            participant.wait_for("links to both others", within, |event| {
                if let Event::Connected { peer, .. } = event {
                    connected.borrow_mut().insert(*peer);
                }
                connected.borrow().len() == 2
            })?;
        }
        Ok(())
    }

    /// Everybody leaves; nothing went between Ada and Bob, and all was well with Cleo.
    pub(crate) fn assert_nothing_flowed(self) -> Result<()> {
        self.wait_for_the_honest()?;
        std::thread::sleep(Duration::from_secs(1));
        let ada = self.ada.leave()?;
        self.bob.leave_without_ada()?;
        let cleo = self.cleo.leave()?;
        assert_nothing_of(&ada, "Bob");
        for name in ["Ada", "Bob"] {
            let peer = cleo.peer(name)?;
            assert!(peer.verified, "{name} is not verified");
            assert!(peer.video.frames > 0 && peer.audio.packets > 0, "{name} was not seen and heard: {peer:?}");
            assert_eq!(peer.links_built, 1, "{name}");
        }
        Ok(())
    }
}

/// A server that keeps the first two of a room apart from the next two, each pair in a room of its own.
pub(crate) fn between_two_rooms() -> Result<HostileServer> {
    let elsewhere = Value::String(RoomId([9; 16]).to_text());
    HostileServer::start(move |mut passing: Passing| {
        if passing.way == Way::ToServer && passing.message["type"] == "hello" && passing.client.0 >= 2 {
            passing.message["room"] = elsewhere.clone();
        }
        vec![passing]
    })
}

/// A server that lets everybody into the room of whoever comes first, whichever host their links name: a room is R and
/// H to a server.
pub(crate) fn regardless_of_hosts() -> Result<HostileServer> {
    let mut host: Option<Value> = None;
    HostileServer::start(move |mut passing: Passing| {
        if passing.way == Way::ToServer && passing.message["type"] == "hello" {
            passing.message["host"] = host.get_or_insert_with(|| passing.message["host"].clone()).clone();
        }
        vec![passing]
    })
}

/// The latest room code that a participant told of.
pub(crate) fn room_code(of: &Participant) -> Option<String> {
    let code = |event: &TimedEvent| match &event.event {
        Event::RoomCode { code } => Some(code.clone()),
        _ => None,
    };
    of.events().iter().rev().find_map(code)
}

/// Nothing of the other was seen or heard. They may not even have a name.
pub(crate) fn assert_nothing_of(report: &Report, other: &str) {
    for peer in report.peers.iter().filter(|peer| peer.name.as_deref() != Some("Cleo")) {
        assert!(!peer.verified, "{} takes somebody for {other}: {peer:?}", report.name);
        assert_eq!((peer.video.frames, peer.audio.packets), (0, 0), "{} saw or heard {other}: {peer:?}", report.name);
    }
}

/// Whatever was seen or heard is of somebody who has proven who they are.
pub(crate) fn assert_only_proven(report: &Report) {
    for peer in &report.peers {
        let flowed = peer.video.frames > 0 || peer.audio.packets > 0;
        assert!(!flowed || peer.verified, "{}: {peer:?}", report.name);
    }
}

pub(crate) fn builder(link: &str, name: &str) -> ParticipantBuilder {
    ParticipantBuilder::new(link, name).camera("pattern:320x180@15").microphone("tone").view(320, 180)
}

/// What sealed bytes are.
pub(crate) mod kind {
    pub(crate) const HELLO: u8 = 1;
    pub(crate) const ENVELOPE: u8 = 2;
    /// The second byte of an envelope.
    pub(crate) const ANSWER: u8 = 2;
    pub(crate) const CONFIRM: u8 = 3;
}

pub(crate) fn is_hello(payload: &[u8]) -> bool {
    payload.first() == Some(&kind::HELLO)
}

pub(crate) fn is_envelope(payload: &[u8]) -> bool {
    payload.first() == Some(&kind::ENVELOPE)
}

/// Whether it is an envelope of this type.
pub(crate) fn is_of_type(payload: &[u8], envelope_type: u8) -> bool {
    payload.get(..2) == Some(&[kind::ENVELOPE, envelope_type])
}
