//! A server that goes, and a network that breaks off: the call of a guest goes on.

use std::time::{Duration, Instant};

use conclave_tests::rigs::browser::{BrowserKind, Locator, WatchedConnection};
use conclave_tests::rigs::impaired_network::{Connectivity, ImpairedNetwork, Impairment};
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::{Result, RigError};

use crate::scene::{GUEST, OTHER, SOON, Scene, assert_is_drawn, assert_one_link};

const OUTAGE: Duration = Duration::from_secs(10);
const STAY: Duration = Duration::from_secs(90);
const SERVER_AWAY: &str = "The room server can’t be reached.";
const SERVER_BACK: &str = "The room server is back.";

#[test]
fn a_server_outage_does_not_touch_the_call_of_a_guest() -> Result<()> {
    let scene = Scene::set()?;
    let (bob, ada) = scene.call_with(scene.other().stay(STAY))?;
    assert_is_drawn(&ada, OTHER, 40)?;
    let address = scene.server.kill()?;
    let killed = Instant::now();
    ada.wait_for(&Locator::text(SERVER_AWAY))?;
    let drawn = ada.watch(OTHER, OUTAGE.saturating_sub(killed.elapsed()))?;
    let _server = Server::start_on(address)?;
    ada.wait_until("the server to be back", 2 * SOON, || ada.shows(&Locator::text(SERVER_BACK)))?;

    eprintln!("{} pictures in the outage, longest gap {:?}", drawn.distinct(), drawn.longest_gap());
    assert!(drawn.longest_gap() <= Duration::from_millis(500), "{:?}", drawn.longest_gap());
    assert_is_drawn(&ada, OTHER, 40)?;
    assert_one_link(&ada, 1)?;
    assert_eq!(bob.leave()?.peer(GUEST)?.links_built, 1);
    Ok(())
}

#[test]
fn a_link_that_broke_off_is_repaired_by_a_guest_who_restarts_ice() -> Result<()> {
    assert_is_repaired(Offerer::Guest)
}

#[test]
fn a_link_that_broke_off_is_repaired_by_the_other_end_restarting_ice() -> Result<()> {
    assert_is_repaired(Offerer::Other)
}

/// Who made the link's first offer: the same one restarts ICE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Offerer {
    Guest,
    Other,
}

fn assert_is_repaired(by: Offerer) -> Result<()> {
    let scene = Scene::set()?;
    let mut network = ImpairedNetwork::new(1, Impairment::default())?;
    let other = || {
        let bob = scene.other().stay(STAY).network(&network).start()?;
        bob.wait_until_joined()?;
        Ok::<_, RigError>(bob)
    };
    // Whoever comes later offers.
    let (ada, _bob) = match by {
        Offerer::Guest => {
            let bob = other()?;
            (scene.guest_with(&bob)?, bob)
        }
        Offerer::Other => {
            let ada = scene.browser(BrowserKind::Chromium).start()?;
            ada.join(&scene.link, GUEST)?;
            (ada, other()?)
        }
    };
    assert_is_drawn(&ada, OTHER, 40)?;
    assert!(ada.connections()?.iter().all(|link| offers(link, by) == 1));
    network.set(Impairment { connectivity: Connectivity::Blackout, ..Impairment::default() })?;
    ada.wait_for(&Locator::text("Reconnecting…"))?;
    // Restarted a second after that, it finds no path yet; after two more it is restarted again.
    ada.wait_until("a restart", SOON, || Ok(ada.connections()?.iter().any(|link| offers(link, by) > 1)))?;
    network.set(Impairment::default())?;
    ada.wait_until_gone(&Locator::text("Reconnecting…"))?;
    assert_is_drawn(&ada, OTHER, 40)?;
    let links = ada.connections()?;
    eprintln!("{links:?}");
    assert_eq!(links.len(), 1, "repaired, not built anew: {links:?}");
    assert!(links[0].negotiations() >= 2 && links[0].failures.is_empty(), "{links:?}");
    Ok(())
}

fn offers(link: &WatchedConnection, by: Offerer) -> usize {
    let descriptions = match by {
        Offerer::Guest => &link.local,
        Offerer::Other => &link.remote,
    };
    descriptions.iter().filter(|kind| *kind == "offer").count()
}
