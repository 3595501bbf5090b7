//! Rooms that share the real server's registry, over a network that delays, reorders, drops and breaks, all on a virtual
//! clock: whatever happened, once it is over everyone sees everyone else, over exactly one working link a pair.
//!
//! A failing seed is printed; `CONCLAVE_SEED=n cargo test -p conclave-room --test simulation -- --nocapture` runs it
//! alone, and says what happens. `CONCLAVE_SEEDS=n` runs so many times as many seeds.

mod chaos;
mod client;
mod convergence;
mod host;
mod links;
mod scenarios;
mod server;
mod weather;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use rand::Rng as _;

use crate::chaos::Trouble;
use crate::host::HostStep;
use crate::weather::Weather;
use crate::world::{Counts, Trace, World};

/// How long it may take until all is well after the trouble ended: a server that notices late that a client is gone
/// (10 s), and the 30 s for which it keeps the place, are the greater part of it.
const SETTLE_WITHIN: Duration = Duration::from_secs(60);
/// No test has more seeds than this.
const SEEDS_APART: u64 = 1_000_000;
/// How long it must then stay well.
const STAYS: Duration = Duration::from_secs(60);

#[test]
fn rooms_converge_after_joins_leaves_crashes_and_a_bad_network() {
    let _ = run_seeds(0, 600, SETTLE_WITHIN, |world| {
        let people = world.rng.random_range(2..=6);
        let trouble = Duration::from_secs(world.rng.random_range(10..=90));
        let weather = Weather::bad(&mut world.rng);
        world.set_weather(weather);
        chaos::plan(world, people, trouble);
        world.run_for(trouble);
    });
}

#[test]
fn rooms_converge_after_servers_that_restart_again_and_again() {
    let _ = run_seeds(1_000_000, 250, SETTLE_WITHIN, |world| {
        let people = world.rng.random_range(3..=8);
        let trouble = Duration::from_secs(world.rng.random_range(30..=120));
        let weather = Weather::bad(&mut world.rng);
        world.set_weather(weather);
        chaos::plan_restarts(world, people, trouble);
        world.run_for(trouble);
    });
}

#[test]
fn rooms_in_which_nobody_crashes_are_well_again_soon() {
    let _ = run_seeds(2_000_000, 200, Duration::from_secs(15), |world| {
        let people = world.rng.random_range(2..=6);
        // Whoever is cut off before the welcome comes leaves a place behind that takes its time to lapse.
        chaos::plan_crowd(world, people);
        world.run_for(Duration::from_secs(3));
        let trouble = Duration::from_secs(world.rng.random_range(10..=25));
        let weather = Weather::lossy(&mut world.rng);
        world.set_weather(weather);
        chaos::plan_accidents(world, trouble);
        world.run_for(trouble);
    });
}

#[test]
fn rooms_converge_after_crowds_that_come_at_once_on_a_network_that_only_delays() {
    let _ = run_seeds(3_000_000, 150, Duration::from_secs(15), |world| {
        let weather = Weather::slow(&mut world.rng);
        world.set_weather(weather);
        let people = world.rng.random_range(6..=8);
        chaos::plan_crowd(world, people);
        world.run_for(Duration::from_secs(2));
    });
}

#[test]
fn rooms_with_a_lobby_and_a_lock_converge_and_nobody_who_was_not_let_in_is_linked() {
    let counts = run_seeds(4_000_000, 400, SETTLE_WITHIN, |world| {
        let people = world.rng.random_range(2..=6);
        let trouble = Duration::from_secs(world.rng.random_range(20..=90));
        let weather = Weather::bad(&mut world.rng);
        world.set_weather(weather);
        host::plan(world, people, trouble);
        world.run_for(trouble);
        // Who waits would wait for ten minutes otherwise.
        world.host_comes();
    });
    if let Some(counts) = counts {
        assert!(counts.waited > 200 && counts.admitted > 200, "too few waited: {counts:?}");
        assert!(counts.refused > 20 && counts.removed > 100, "too few were sent away: {counts:?}");
        assert!(counts.locked > 200 && counts.unlocked > 200 && counts.met_a_lock > 100, "too few locks: {counts:?}");
        assert!(counts.locked_out > 20, "too few were locked out: {counts:?}");
    }
}

#[test]
fn whoever_loses_its_place_in_a_locked_room_comes_back_while_a_link_lives() {
    let counts = run_seeds(5_000_000, 200, SETTLE_WITHIN, |world| {
        let host = world.add_client();
        world.has_host(host);
        let people = world.rng.random_range(3..=6);
        chaos::plan_crowd(world, people);
        world.run_for(Duration::from_secs(15));
        world.host_step(HostStep::TurnsKey);
        world.run_for(Duration::from_secs(1));
        // Some of them, the host perhaps among them.
        for _ in 0..3 {
            world.trouble(Trouble::CutOff);
        }
        world.run_for(chaos::CUT_OFF_FOR);
    });
    if let Some(counts) = counts {
        assert!(counts.met_a_lock > 200 && counts.tried_again > 50, "too few came back: {counts:?}");
    }
}

/// Runs each seed's trouble, heals the network, and checks that all becomes well and stays so. What happened in all of them, if they
/// are run together.
fn run_seeds(first: u64, number: u64, settle_within: Duration, trouble: impl Fn(&mut World)) -> Option<Counts> {
    let alone = number_from("CONCLAVE_SEED");
    let (seeds, trace) = match alone {
        Some(seed) if (first..first + SEEDS_APART).contains(&seed) => (seed..seed + 1, Trace::Printed),
        Some(_) => return None,
        None => (first..first + number * number_from("CONCLAVE_SEEDS").unwrap_or(1), Trace::Off),
    };
    let started = Instant::now();
    let mut counts = Counts::default();
    let mut slowest = (Duration::ZERO, 0);
    let number = seeds.end - seeds.start;
    for seed in seeds {
        let run = catch_unwind(AssertUnwindSafe(|| {
            let mut world = World::new(seed, trace);
            trouble(&mut world);
            world.set_weather(Weather::fair());
            let settled = convergence::settles(&mut world, settle_within);
            convergence::stays_settled(&mut world, STAYS);
            (settled, world.counts)
        }));
        match run {
            Ok((settled, run)) => {
                counts.add(&run);
                slowest = slowest.max((settled, seed));
            }
            Err(panic) => {
                eprintln!("failed with CONCLAVE_SEED={seed}");
                resume_unwind(panic);
            }
        }
    }
    eprintln!(
        "{number} seeds in {:?}; slowest to settle: {:?} (seed {}); {counts:?}",
        started.elapsed(),
        slowest.0,
        slowest.1
    );
    if alone.is_some() {
        return None;
    }
    counts.assert_something_happened();
    Some(counts)
}

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}
