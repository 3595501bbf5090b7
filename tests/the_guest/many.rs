//! Several guests and several participants in one room.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use conclave_tests::rigs::Result;
use conclave_tests::rigs::browser::{Browser, BrowserBuilder, BrowserKind};
use conclave_tests::rigs::desk::Desk;
use conclave_tests::rigs::participant::ParticipantBuilder;

use crate::scene::{OTHER_CAMERA, SOON, Scene};

const GUESTS: [&str; 3] = ["Ada", "Cleo", "Dora"];
const OTHERS: [&str; 2] = ["Bob", "Emil"];
const TOGETHER: Duration = Duration::from_secs(60);
/// Of that, what is looked at.
const AT_THE_END: Duration = Duration::from_secs(10);
const LEAST_FPS: f64 = 10.0;
/// Of the 50 that speech makes in a second.
const LEAST_PACKETS: f64 = 40.0;

/// What has come over one of a page's links until a moment.
#[derive(Debug, Clone, Copy)]
struct Come {
    at: Instant,
    pictures: u64,
    sounds: u64,
}

impl Come {
    /// Pictures and packets of sound that came in a second since.
    fn rates_since(&self, before: &Self) -> (f64, f64) {
        let seconds = (self.at - before.at).as_secs_f64();
        ((self.pictures - before.pictures) as f64 / seconds, (self.sounds - before.sounds) as f64 / seconds)
    }
}

fn come(page: &Browser) -> Result<HashMap<usize, Come>> {
    let mut all = HashMap::new();
    for (at, connection) in page.connections()?.iter().enumerate() {
        if connection.state != "connected" {
            continue;
        }
        let statistics = page.statistics(at)?;
        let sum = |kind, what: &str| statistics.incoming(kind).filter_map(|stream| stream[what].as_u64()).sum();
        let (pictures, sounds) = (sum("video", "framesDecoded"), sum("audio", "packetsReceived"));
        // Of a page that has much to do statistics take their time.
        all.insert(at, Come { at: Instant::now(), pictures, sounds });
    }
    Ok(all)
}

#[test]
fn three_guests_and_two_participants_see_and_hear_each_other_for_a_minute() -> Result<()> {
    let scene = Scene::set()?;
    let mut others = Vec::new();
    for name in OTHERS {
        let other = ParticipantBuilder::new(&scene.link, name)
            .camera(OTHER_CAMERA)
            .microphone("tone")
            .view(320, 180)
            .stay(3 * TOGETHER)
            .start()?;
        other.wait_until_joined()?;
        others.push(other);
    }
    let mut pages = Vec::new();
    for name in GUESTS {
        let desk = Desk::set_up()?;
        let page = BrowserBuilder::new(BrowserKind::Chromium, name)
            .cameras(&desk.cameras)
            .sound_server(&desk.sound)
            // So that what is drawn is small: all five of them share this computer's processor.
            .size(640, 480)
            .start()?;
        page.join(&scene.link, name)?;
        // One after the other: a browser that starts takes what those who are there need.
        page.wait_until("the others", 3 * SOON, || {
            Ok(OTHERS.iter().all(|other| page.wait_for_picture(other).is_ok()))
        })?;
        pages.push((name, page, desk));
    }
    for (name, page, _) in &pages {
        for other in GUESTS.iter().chain(&OTHERS).filter(|other| *other != name) {
            // Five at once on few cores take their time to find each other.
            page.wait_until(other, 3 * SOON, || Ok(page.wait_for_picture(other).is_ok()))?;
        }
    }
    std::thread::sleep(TOGETHER - AT_THE_END);
    let before: Vec<_> = pages.iter().map(|(_, page, _)| come(page)).collect::<Result<_>>()?;
    std::thread::sleep(AT_THE_END);
    let mut directions = 0;
    for ((name, page, _), before) in pages.iter().zip(before) {
        let now = come(page)?;
        assert_eq!(now.len(), GUESTS.len() + OTHERS.len() - 1, "{name}: {now:?}");
        for (link, now) in now {
            let (fps, packets) = now.rates_since(before.get(&link).expect("a link that was there ten seconds ago"));
            eprintln!("to {name} over link {link}: {fps:.1} pictures and {packets:.1} packets of sound a second");
            assert!(fps >= LEAST_FPS, "{name}: {fps} fps");
            assert!(packets >= LEAST_PACKETS, "{name}: {packets} packets of sound a second");
            directions += 1;
        }
        assert!(page.connections()?.iter().all(|link| link.failures.is_empty()));
    }
    for other in others {
        let report = other.leave()?;
        for name in GUESTS.iter().chain(&OTHERS).filter(|name| **name != report.name) {
            let peer = report.peer(name)?;
            eprintln!(
                "to {} from {name}: {:.1} fps, {} packets of sound",
                report.name, peer.video.fps, peer.audio.packets
            );
            assert_eq!(peer.links_built, 1, "{peer:?}");
            assert!(peer.video.fps >= LEAST_FPS && peer.audio.packets > 2_000, "{peer:?}");
            directions += 1;
        }
    }
    assert_eq!(directions, 20);
    Ok(())
}
