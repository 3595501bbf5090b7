//! The jitter buffer on seeded networks, a virtual clock and packets that know their number.
#![cfg(test)]

mod audio_network;

use std::time::Duration;

use audio_network::{Network, listen, listen_to};

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn a_perfect_network_costs_next_to_nothing() {
    let outcome = listen(1, Network::default(), 60);
    assert_eq!(outcome.statistics.concealed, Duration::ZERO);
    assert!(outcome.statistics.mean_wait <= ms(25), "{:?}", outcome.statistics.mean_wait);
    assert!(outcome.statistics.lost + outcome.statistics.late + outcome.statistics.discarded == 0);
}

#[test]
fn jitter_is_hidden_at_about_its_own_size_in_delay() {
    for (seed, jitter) in [(2, 10), (3, 30), (4, 60), (5, 100)] {
        let network = Network { jitter: ms(jitter), ..Network::default() };
        let outcome = listen(seed, network, 120);
        assert!(outcome.concealed < 0.01, "{jitter} ms: {:.2} %", outcome.concealed * 100.0);
        let allowed = ms(jitter + 35);
        assert!(outcome.statistics.delay <= allowed, "{jitter} ms: {:?}", outcome.statistics.delay);
        // A packet waits for the difference between its own delay and the target, half the jitter on average.
        assert!(outcome.statistics.mean_wait <= ms(jitter / 2 + 35), "{:?}", outcome.statistics.mean_wait);
    }
}

#[test]
fn the_delay_goes_down_again_after_jitter() {
    let network = Network { outages: Some((ms(60_000), ms(300))), ..Network::default() };
    let outcome = listen(6, network, 115);
    let before = outcome.delays[58];
    let worst = *outcome.delays[60..64].iter().max().unwrap();
    let after = outcome.delays[90];
    assert!(worst > before + ms(50), "{worst:?} after {before:?}");
    assert!(after <= before + ms(20), "{after:?} after {before:?}");
    assert!(outcome.concealed < 0.01);
}

#[test]
fn bursts_are_played_and_caught_up_with() {
    let network = Network { jitter: ms(10), outages: Some((ms(5_000), ms(150))), ..Network::default() };
    let outcome = listen(7, network, 120);
    assert!(outcome.concealed < 0.03, "{:.2} %", outcome.concealed * 100.0);
    assert!(outcome.delays.iter().all(|delay| *delay < ms(260)), "{:?}", outcome.delays.iter().max());
    assert_eq!(outcome.statistics.discarded, 0);
}

#[test]
fn most_of_15_percent_loss_is_recovered_from_redundant_copies() {
    let network = Network { loss: 0.15, jitter: ms(15), ..Network::default() };
    let outcome = listen(8, network, 120);
    let lost_share = outcome.statistics.lost as f64 / 6_000.0;
    assert!((0.12..0.18).contains(&lost_share), "{lost_share}");
    // Only the last of several lost in a row has a copy: 15 % of losses are followed by another.
    let recovered = outcome.statistics.fec_recovered as f64 / outcome.statistics.lost as f64;
    assert!(recovered > 0.75, "{recovered:.2} of losses recovered");
    assert!(outcome.concealed < 0.04, "{:.2} %", outcome.concealed * 100.0);
    assert!(outcome.statistics.delay < ms(80));
}

#[test]
fn reordered_and_doubled_packets_are_put_right() {
    let network = Network { reordered: 0.05, duplicated: 0.05, jitter: ms(5), ..Network::default() };
    let outcome = listen(9, network, 120);
    assert!((200..400).contains(&outcome.statistics.duplicates));
    assert_eq!(outcome.statistics.lost, 0);
    assert!(outcome.statistics.packets >= 5_995, "the last few are on the way");
    assert!(outcome.concealed < 0.01, "{:.2} %", outcome.concealed * 100.0);
    assert!(outcome.statistics.delay < ms(70));
}

#[test]
fn clocks_that_drift_apart_do_not_add_up_to_delay_or_gaps() {
    for (seed, drift_ppm) in [(10, 200.0), (11, -200.0)] {
        let network = Network { jitter: ms(10), drift_ppm, ..Network::default() };
        // In ten minutes the clocks come 120 ms apart.
        let outcome = listen(seed, network, 600);
        assert!(outcome.concealed < 0.001, "{drift_ppm} ppm: {:.2} %", outcome.concealed * 100.0);
        let late = outcome.delays.iter().skip(5).max().unwrap();
        assert!(*late < ms(50), "{drift_ppm} ppm: {late:?}");
        let changes = outcome.statistics.accelerated + outcome.statistics.expanded;
        assert!(changes < 200, "{changes} changes of speed for 120 ms");
    }
}

#[test]
fn pauses_of_the_sender_are_silence_and_not_loss() {
    let network = Network { jitter: ms(20), ..Network::default() };
    // Two seconds of speech, three of nothing.
    let outcome = listen_to(12, network, 120, &|number| number % 250 < 100);
    assert_eq!(outcome.statistics.lost, 0);
    assert!(outcome.concealed < 0.005, "{:.2} %", outcome.concealed * 100.0);
    let [sound, concealment, silence] = outcome.frames;
    assert!((4_700..4_900).contains(&sound), "{sound}");
    assert!(concealment < 600, "{concealment}: each pause begins with a fade");
    assert!(silence > 6_000, "{silence}");
}

#[test]
fn speech_after_minutes_of_silence_is_whole() {
    let network = Network { jitter: ms(20), drift_ppm: 200.0, ..Network::default() };
    let minute = 60 * 50;
    let outcome = listen_to(13, network, 660, &|number| number < minute || number >= 10 * minute);
    assert_eq!((outcome.statistics.lost, outcome.statistics.late, outcome.statistics.restarts), (0, 0, 0));
    assert!(outcome.concealed < 0.001);
    assert!(outcome.delays[659] < ms(60));
}

#[test]
fn a_held_up_network_does_not_leave_a_call_seconds_behind() {
    let network = Network { outages: Some((ms(20_000), ms(1_500))), ..Network::default() };
    let outcome = listen(14, network, 39);
    // The outage ends at 21.5 s.
    assert!(outcome.delays[24] < ms(1_000), "{:?}", outcome.delays);
    assert!(outcome.delays[37] < ms(60), "{:?}", outcome.delays);
}

#[test]
fn any_seed_of_a_middling_network_keeps_within_its_numbers() {
    let network = Network {
        jitter: ms(40),
        loss: 0.02,
        reordered: 0.01,
        duplicated: 0.01,
        outages: Some((ms(15_000), ms(120))),
        drift_ppm: 50.0,
    };
    for seed in 100..120 {
        let outcome = listen(seed, network, 60);
        assert!(outcome.concealed < 0.02, "seed {seed}: {:.2} %", outcome.concealed * 100.0);
        assert!(outcome.statistics.mean_wait < ms(90), "seed {seed}: {:?}", outcome.statistics.mean_wait);
    }
}
