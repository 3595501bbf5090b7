//! A server that goes, and a network that breaks off: the call of a guest goes on.

use std::time::{Duration, Instant};

use conclave_tests::rigs::Result;
use conclave_tests::rigs::browser::Locator;
use conclave_tests::rigs::impaired_network::{Connectivity, ImpairedNetwork, Impairment};
use conclave_tests::rigs::server::Server;

use crate::scene::{GUEST, OTHER, SOON, Scene, assert_is_drawn, assert_one_link};

const OUTAGE: Duration = Duration::from_secs(10);
const STAY: Duration = Duration::from_secs(90);
const SERVER_AWAY: &str = "The room server can’t be reached.";
const SERVER_BACK: &str = "The room server is back.";

#[test]
fn a_server_outage_does_not_touch_the_call_of_a_guest() -> Result<()> {
    let scene = Scene::set()?;
    let bob = scene.other().stay(STAY).start()?;
    bob.wait_until_joined()?;
    let ada = scene.guest_with(&bob)?;
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
fn a_link_that_broke_off_is_repaired_by_restarting_ice() -> Result<()> {
    let scene = Scene::set()?;
    let mut network = ImpairedNetwork::new(1, Impairment::default())?;
    let bob = scene.other().stay(STAY).network(&network).start()?;
    bob.wait_until_joined()?;
    let ada = scene.guest_with(&bob)?;
    assert_is_drawn(&ada, OTHER, 40)?;
    network.set(Impairment { connectivity: Connectivity::Blackout, ..Impairment::default() })?;
    ada.wait_for(&Locator::text("Reconnecting…"))?;
    // Restarted a second after that, it finds no path yet; after two more it is restarted again.
    ada.wait_until("a restart", SOON, || {
        Ok(ada
            .connections()?
            .iter()
            .any(|link| link.restarts > 0 || link.remote.iter().skip(1).any(|kind| kind == "offer")))
    })?;
    network.set(Impairment::default())?;
    ada.wait_until_gone(&Locator::text("Reconnecting…"))?;
    assert_is_drawn(&ada, OTHER, 40)?;
    let links = ada.connections()?;
    eprintln!("{links:?}");
    assert_eq!(links.len(), 1, "repaired, not built anew: {links:?}");
    assert!(links[0].negotiations() >= 2 && links[0].failures.is_empty(), "{links:?}");
    Ok(())
}
