//! Trouble: who comes and goes, and what breaks.

use std::time::Duration;

use conclave_protocol::intent::{DeviceChoice, Intent};
use conclave_protocol::line::{TileSize, VideoLine};
use conclave_protocol::peer::DisplayName;
use conclave_room::Input;
use rand::Rng as _;
use rand::seq::IndexedRandom as _;

use crate::client::Life;
use crate::links::Accident;
use crate::world::{Event, World};

/// More at a time would fill the room with the kept places of those who crashed.
const PEOPLE: usize = 8;
/// Starts in all of one simulation.
const STARTS: usize = 12;

/// How long somebody is cut off: the server may notice after 10 s, and keeps the place for 30 s.
pub(crate) const CUT_OFF_FOR: Duration = Duration::from_secs(45);

/// Something that befalls somebody; whom, is drawn when it happens.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble {
    Start,
    Leave,
    Crash,
    CutSocket,
    /// A socket breaks and its client notices late.
    SilenceSocket,
    RestartServer,
    /// The server is out of somebody's reach for so long that their place there lapses.
    CutOff,
    Link(Accident),
    Intent,
}

/// A good mixture of everything.
const MIXTURE: &[(Trouble, f64)] = &[
    (Trouble::Start, 1.0),
    (Trouble::Leave, 0.5),
    (Trouble::Crash, 0.5),
    (Trouble::CutSocket, 2.0),
    (Trouble::SilenceSocket, 1.0),
    (Trouble::RestartServer, 0.3),
    (Trouble::Link(Accident::Blink), 2.0),
    (Trouble::Link(Accident::NeedsRestart), 1.5),
    (Trouble::Link(Accident::Breaks), 1.0),
    (Trouble::Link(Accident::Fails), 1.0),
    (Trouble::Intent, 4.0),
];

/// What happens to people who stay.
const ACCIDENTS: &[(Trouble, f64)] = &[
    (Trouble::CutSocket, 2.0),
    (Trouble::Link(Accident::Blink), 2.0),
    (Trouble::Link(Accident::NeedsRestart), 2.0),
    (Trouble::Link(Accident::Breaks), 2.0),
    (Trouble::Link(Accident::Fails), 2.0),
    (Trouble::Intent, 2.0),
];

/// Some people come within seconds, and then all kinds of trouble.
pub(crate) fn plan(world: &mut World, people: usize, duration: Duration) {
    people_come(world, people, Duration::from_secs(5));
    plan_mixture(world, MIXTURE, duration);
}

/// Links and sockets break, but nobody vanishes.
pub(crate) fn plan_accidents(world: &mut World, duration: Duration) {
    plan_mixture(world, ACCIDENTS, duration);
}

fn plan_mixture(world: &mut World, mixture: &'static [(Trouble, f64)], duration: Duration) {
    let total: f64 = mixture.iter().map(|(_, weight)| weight).sum();
    let mean = Duration::from_millis(world.rng.random_range(300..5000));
    let mut at = Duration::ZERO;
    loop {
        at += mean.mul_f64(-world.rng.random_range(0.001_f64..1.0).ln());
        if at >= duration {
            return;
        }
        let mut drawn = world.rng.random_range(0.0..total);
        let found = mixture.iter().find(|(_, weight)| {
            drawn -= weight;
            drawn < 0.0
        });
        if let Some((trouble, _)) = found {
            world.schedule(at, Event::Trouble(*trouble));
        }
    }
}

/// The server dies again and again while people come, crash and lose their links.
pub(crate) fn plan_restarts(world: &mut World, people: usize, duration: Duration) {
    people_come(world, people, duration / 2);
    let mut at = Duration::ZERO;
    loop {
        at += Duration::from_millis(world.rng.random_range(500..20_000));
        if at >= duration {
            return;
        }
        world.schedule(at, Event::Trouble(Trouble::RestartServer));
        if world.rng.random_bool(0.3) {
            world.schedule(at, Event::Trouble(Trouble::Crash));
        }
        if world.rng.random_bool(0.5) {
            let soon = at + Duration::from_millis(world.rng.random_range(0..3000));
            world.schedule(soon, Event::Trouble(Trouble::Link(Accident::Breaks)));
        }
    }
}

/// Everybody comes within a second.
pub(crate) fn plan_crowd(world: &mut World, people: usize) {
    people_come(world, people, Duration::from_secs(1));
}

fn people_come(world: &mut World, people: usize, within: Duration) {
    for _ in 0..people {
        let at = within.mul_f64(world.rng.random());
        world.schedule(at, Event::Trouble(Trouble::Start));
    }
}

impl World {
    pub(crate) fn trouble(&mut self, trouble: Trouble) {
        self.say(|| format!("trouble: {trouble:?}"));
        let running = self.running();
        if let Trouble::Start = trouble {
            if running.len() < PEOPLE && self.clients.len() < STARTS {
                self.add_client();
            }
            return;
        }
        if let Trouble::RestartServer = trouble {
            let down_for = Duration::from_millis(self.rng.random_range(0..8000));
            self.restart_server(down_for);
            return;
        }
        let Some(client) = running.choose(&mut self.rng).copied() else { return };
        match trouble {
            Trouble::Start | Trouble::RestartServer => {}
            Trouble::Leave => {
                self.counts.leaves += 1;
                self.feed(client, Input::Intent(Intent::Leave));
            }
            Trouble::Crash => self.crash(client),
            Trouble::CutSocket => self.cut_socket_of(client, Duration::from_secs(1)),
            Trouble::CutOff => {
                self.clients[client].cut_off_until = self.now + CUT_OFF_FOR;
                self.cut_socket_of(client, Duration::from_secs(1));
            }
            Trouble::SilenceSocket => self.cut_socket_of(client, Duration::from_secs(10)),
            Trouble::Link(accident) => {
                let working = self.working_links();
                if let Some(offerer) = working.choose(&mut self.rng).copied()
                    && let Some((_, answerer)) = self.pair(offerer)
                {
                    let end = if self.rng.random_bool(0.5) { offerer } else { answerer };
                    self.accident(end, accident);
                }
            }
            Trouble::Intent => {
                let intent = self.draw_intent(client);
                if let Intent::ViewVideo { participant, line, size } = intent {
                    self.clients[client].views.insert((participant, line), size);
                }
                self.feed(client, Input::Intent(intent));
            }
        }
    }

    /// Gone without a word.
    pub(crate) fn crash(&mut self, client: usize) {
        self.say(|| format!("{client} crashes"));
        self.counts.crashes += 1;
        self.clients[client].life = Life::Crashed;
        self.may_have_lost_its_host(client);
        self.cut_socket_of(client, Duration::ZERO);
        for (_, link) in std::mem::take(&mut self.clients[client].links) {
            self.links_end_closes(link);
        }
    }

    fn cut_socket_of(&mut self, client: usize, notices_within: Duration) {
        if let Some(id) = self.clients[client].connection {
            self.cut_socket(id, notices_within);
        }
    }

    fn draw_intent(&mut self, client: usize) -> Intent {
        let others = self.clients[client].room.snapshot().others;
        let other = others.choose(&mut self.rng).map(|other| other.id);
        let number = self.rng.random_range(0..1000_u16);
        match (self.rng.random_range(0..6), other) {
            (0, _) => Intent::Rename { name: DisplayName::from_untrusted(&format!("renamed {number}")) },
            (1, _) => Intent::MuteMicrophone { muted: self.rng.random() },
            (2, _) => Intent::SelectCamera { camera: None },
            (3, _) => Intent::SelectCamera { camera: Some(DeviceChoice(format!("device:{number}"))) },
            (4, Some(participant)) => {
                let line = if self.rng.random() { VideoLine::Camera } else { VideoLine::Screen };
                Intent::ViewVideo { participant, line, size: TileSize { width: number, height: number } }
            }
            (_, Some(participant)) => Intent::SetVolume { participant, volume: f32::from(number) / 500.0 },
            (_, None) => Intent::MuteMicrophone { muted: false },
        }
    }
}
