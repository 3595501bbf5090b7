//! Whole calls with one thing in them that goes a certain way.

use std::time::Duration;

use conclave_protocol::intent::Intent;
use conclave_protocol::signalling::SignallingError;
use conclave_protocol::snapshot::{EndReason, RoomPhase, ServerPresence};
use conclave_room::Input;

use crate::client::Life;
use crate::convergence::{settled, settles, stays_settled};
use crate::world::{Trace, World};

const SOON: Duration = Duration::from_secs(3);

fn call_of(people: usize, seed: u64) -> World {
    let mut world = World::new(seed, Trace::Off);
    for _ in 0..people {
        world.add_client();
    }
    settles(&mut world, SOON);
    // Devices take up to two seconds, and are told.
    world.run_for(SOON);
    world
}

#[test]
fn on_a_good_network_everyone_is_connected_by_the_first_attempt() {
    for seed in 0..50 {
        let mut world = call_of(8, seed);
        stays_settled(&mut world, Duration::from_secs(60));
        assert_eq!(world.counts.links_opened, 8 * 7, "seed {seed}");
        assert_eq!(world.counts.rebuilds_asked_for + world.counts.ice_restarts, 0, "seed {seed}");
    }
}

#[test]
fn links_outlive_a_server_that_is_away_for_minutes_and_then_a_third_joins() {
    for seed in 0..20 {
        let mut world = call_of(2, seed);
        let before = world.counts.clone();
        world.restart_server(Duration::from_secs(600));
        world.run_for(Duration::from_secs(590));
        for client in world.running() {
            assert_eq!(world.clients[client].room.snapshot().server, ServerPresence::Connecting);
        }
        settles(&mut world, Duration::from_secs(20));
        assert_eq!(world.counts.links_opened, before.links_opened, "seed {seed}: no link is touched");
        assert_eq!(world.counts.ice_restarts, 0, "seed {seed}: no link is touched");
        world.add_client();
        settles(&mut world, SOON);
        assert_eq!(world.running().len(), 3);
        assert_eq!(world.counts.links_opened, before.links_opened + 4, "seed {seed}");
    }
}

#[test]
fn a_call_in_which_everyone_leaves_leaves_nothing_behind() {
    let mut world = call_of(5, 1);
    for client in 0..5 {
        world.feed(client, Input::Intent(Intent::Leave));
        assert_eq!(world.clients[client].life, Life::Ended(EndReason::Left));
        world.run_for(Duration::from_secs(1));
        settled(&world).expect("the others notice at once");
    }
    stays_settled(&mut world, Duration::from_secs(120));
    assert_eq!(world.server.registry.statistics().rooms, 0);
}

#[test]
fn whoever_crashes_is_gone_for_the_others_when_their_place_lapses() {
    let mut world = call_of(4, 1);
    world.crash(2);
    let took = settles(&mut world, Duration::from_secs(50));
    assert!(took > Duration::from_secs(25), "the place is kept: {took:?}");
    stays_settled(&mut world, Duration::from_secs(60));
}

#[test]
fn whoever_the_host_removes_is_gone_for_all_within_a_second() {
    for seed in 0..20 {
        let mut world = call_of(5, seed);
        world.has_host(0);
        world.run_for(SOON);
        world.host_removes(3);
        world.run_for(Duration::from_secs(1));
        assert_eq!(world.clients[3].life, Life::Ended(EndReason::Refused { error: SignallingError::Removed }));
        settled(&world).expect("the others notice at once");
    }
}

#[test]
fn a_lobby_without_its_host_lets_nobody_in_and_the_host_lets_itself_in() {
    for seed in 0..20 {
        let mut world = call_of(3, seed);
        world.has_host(0);
        world.run_for(SOON);
        world.host = None;
        world.feed(0, Input::Intent(Intent::Leave));
        let waiting = world.add_client();
        world.run_for(Duration::from_secs(300));
        assert_eq!(world.clients[waiting].room.snapshot().phase, RoomPhase::Waiting);
        assert!(world.clients[waiting].links.is_empty());
        let host = world.add_client();
        world.has_host(host);
        settles(&mut world, Duration::from_secs(10));
        assert_eq!(world.running().len() as u64 + world.counts.refused, 4, "seed {seed}");
    }
}

#[test]
fn someone_alone_without_a_server_gives_up_after_two_minutes() {
    let mut world = call_of(2, 1);
    world.feed(0, Input::Intent(Intent::Leave));
    world.restart_server(Duration::from_secs(1000));
    world.run_for(Duration::from_secs(119));
    assert_eq!(world.clients[1].life, Life::Running);
    world.run_for(Duration::from_secs(4));
    assert_eq!(world.clients[1].life, Life::Ended(EndReason::ServerUnreachable));
}
