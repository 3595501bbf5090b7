//! Probing, estimating, pacing and choosing a layer together, on simulated paths.

mod call;
mod network;

use std::time::Duration;

use self::call::{Call, P360, P720, WANTED_BPS};
use self::network::{Others, Path};

/// A quiet scene.
const QUIET: f64 = 0.15;
const FULL: f64 = 1.0;

const FREE: Path = Path {
    rate_bps: 100e6,
    queue: Duration::from_millis(300),
    delay: Duration::from_millis(2),
    random_loss: 0.0,
    others: Others::None,
};

fn narrow(rate_bps: f64) -> Path {
    Path { rate_bps, delay: Duration::from_millis(50), queue: Duration::from_millis(500), ..FREE }
}

#[test]
fn on_a_free_path_the_largest_layer_is_sent_from_the_first_second_on() {
    for used_share in [QUIET, FULL] {
        let mut call = Call::new(1, FREE, used_share);
        call.run(1.0);
        assert!(call.estimate_bps() > 2_400_000, "{}", call.estimate_bps());
        call.run(60.0);
        assert!(call.changes.is_empty(), "{:?}", call.changes);
        assert!(call.probes.len() <= 2 && call.padding_bytes < 20_000, "{} B", call.padding_bytes);
    }
}

#[test]
fn a_path_of_2_5_mbit_carries_the_largest_layer() {
    for used_share in [QUIET, FULL] {
        let mut call = Call::new(2, narrow(2.5e6), used_share);
        call.run_until(P720, 10.0);
        call.run(60.0);
        assert_eq!(call.layer, P720);
        assert!(call.changes.len() <= 2, "{:?}", call.changes);
    }
}

#[test]
fn a_path_of_1_mbit_settles_on_the_middle_layer_and_is_left_in_peace() {
    for used_share in [QUIET, FULL] {
        let mut call = Call::new(3, narrow(1e6), used_share);
        call.run_until(P360, 1.5);
        call.run(5.0);
        call.run(120.0);
        assert_eq!(call.layer, P360);
        assert!(call.shortest_stay(5.0) >= 10.0, "{:?}", call.changes);
        assert!(call.wait_at(0.95) <= Duration::from_millis(100), "{:?}", call.wait_at(0.95));
        let late = call.probes.iter().filter(|(at, _)| *at > 60.0).count();
        assert!(late <= 3, "pauses grow: {:?}", call.probes);
    }
}

#[test]
fn a_path_of_500_kbit_is_given_less_within_a_second() {
    for used_share in [QUIET, FULL] {
        let mut call = Call::new(4, narrow(500e3), used_share);
        let took = call.run_until(0, 1.5);
        assert!(took <= 1.1, "{took}");
        call.run(4.0);
        call.run(60.0);
        assert_eq!(call.layer, 0);
        assert!(call.wait_at(0.95) <= Duration::from_millis(100), "{:?}", call.wait_at(0.95));
    }
}

#[test]
fn random_loss_does_not_keep_the_largest_layer_away() {
    for seed in 0..10 {
        for (random_loss, allowed_changes, least_share) in [(0.05, 4, 0.9), (0.15, 8, 0.75)] {
            let mut call = Call::new(seed, Path { random_loss, ..FREE }, QUIET);
            call.run(20.0);
            call.run(60.0);
            let share = f64::from(call.steps_at[P720]) / f64::from(call.steps_at.iter().sum::<u32>());
            assert!(share > least_share, "{share} at {random_loss}");
            assert!(call.changes.len() <= allowed_changes, "{:?}", call.changes);
        }
    }
}

#[test]
fn a_path_that_narrows_and_widens_is_followed() {
    for used_share in [0.5, FULL] {
        let mut call = Call::new(5, narrow(4e6), used_share);
        call.run(10.0);
        assert_eq!(call.layer, P720);
        call.network.path = narrow(1e6);
        if used_share == FULL {
            call.run_until(P360, 4.0);
        }
        call.run(20.0);
        call.network.path = narrow(4e6);
        call.run_until(P720, 20.0);
        call.run(30.0);
        assert_eq!(call.layer, P720);
    }
}

#[test]
fn others_on_the_path_are_given_way_and_their_room_is_taken_again() {
    let mut call = Call::new(6, narrow(4e6), FULL);
    call.run(10.0);
    call.network.path.others = Others::Steady(2.8e6);
    call.run(20.0);
    assert!(call.layer <= P360, "{}", call.layer);
    assert!(call.wait_at(0.95) <= Duration::from_millis(400), "{:?}", call.wait_at(0.95));
    call.network.path.others = Others::None;
    call.run_until(P720, 20.0);

    for wanted_bps in [WANTED_BPS, 0] {
        let mut call = Call::new(7, Path { others: Others::Greedy, ..narrow(4e6) }, FULL);
        call.wanted_bps = wanted_bps;
        call.run(20.0);
        call.run(60.0);
        if wanted_bps > 0 {
            call.network.path.others = Others::None;
            call.run_until(P720, 25.0);
        }
    }
}

#[test]
fn who_wants_nothing_more_sends_no_padding() {
    let mut call = Call::new(8, narrow(1e6), QUIET);
    call.wanted_bps = 0;
    call.run(60.0);
    assert_eq!((call.probes.len(), call.padding_bytes), (0, 0));
}

#[test]
fn a_new_path_is_probed_at_once_and_the_layer_stays() {
    let mut call = Call::new(9, FREE, QUIET);
    call.run(30.0);
    call.network.path = Path { delay: Duration::from_millis(80), ..FREE };
    call.change_path();
    call.run(30.0);
    assert!(call.changes.is_empty() && call.probes.len() >= 2, "{:?}, {:?}", call.changes, call.probes);
}

#[test]
fn a_camera_that_is_off_is_not_probed_for() {
    let mut call = Call::new(10, narrow(1e6), QUIET);
    call.run(10.0);
    call.used_share = 0.0;
    call.run(1.0);
    let before = (call.probes.len(), call.padding_bytes);
    call.run(120.0);
    assert_eq!((call.probes.len(), call.padding_bytes), before);
}

#[test]
fn a_quiet_scene_keeps_its_layer_through_others_bursts() {
    let path = Path { rate_bps: 8e6, ..FREE };
    let mut call = Call::new(11, path, QUIET);
    call.run(5.0);
    for _ in 0..5 {
        call.network.path.others = Others::Steady(10e6);
        call.run(0.6);
        call.network.path.others = Others::None;
        call.run(15.0);
    }
    assert!(call.changes.is_empty(), "{:?}", call.changes);
}
