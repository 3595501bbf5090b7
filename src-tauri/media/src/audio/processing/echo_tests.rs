//! What the canceller does to echoes in a room.

use std::time::Duration;

use super::settings::{SoundProcessing, Switch};
use super::test_room::{Heard, Room, Way};
use super::test_sound::{RATE, level, likeness, speech};

const CANCELLER: SoundProcessing =
    SoundProcessing { echo_cancellation: Switch::On, noise_suppression: Switch::Off, automatic_gain: Switch::Off };

fn way(delay_ms: u64, drift_ppm: f64) -> Way {
    Way { delay: Duration::from_millis(delay_ms), drift_ppm, lump: 1, late: Duration::ZERO }
}

/// How much less of the echo is sent than the microphone hears, between two seconds.
fn removed_db(heard: &Heard, from: f32, until: f32) -> f32 {
    level(&heard.microphone, from, until) - level(&heard.sent, from, until)
}

#[test]
fn an_echo_is_gone_after_three_seconds_however_late_it_is() {
    let (far, silence) = (speech(1, 10, -20.0), vec![0.0; 10 * RATE]);
    for wanted in [CANCELLER, SoundProcessing::ALL] {
        for delay_ms in [20, 80, 200] {
            let heard = Room::new().hear(&far, &silence, way(delay_ms, 0.0), wanted);
            let removed = removed_db(&heard, 3.0, 9.9);
            let first = [0.5, 1.0, 2.0].map(|second| removed_db(&heard, second, second + 0.5));
            eprintln!("{delay_ms} ms, {wanted:?}: {removed:.1} dB less; at first {first:.1?}");
            assert!(removed >= 30.0, "{removed}");
        }
    }
}

#[test]
fn clocks_that_drift_apart_do_not_bring_the_echo_back() {
    let (far, silence) = (speech(1, 40, -20.0), vec![0.0; 40 * RATE]);
    for drift_ppm in [200.0, -200.0] {
        let heard = Room::new().hear(&far, &silence, way(80, drift_ppm), CANCELLER);
        let mut seconds: Vec<f32> = (3..39).map(|n| removed_db(&heard, n as f32, n as f32 + 1.0)).collect();
        let whole = removed_db(&heard, 3.0, 39.0);
        seconds.sort_by(f32::total_cmp);
        eprintln!("{drift_ppm} ppm: {whole:.1} dB less, {:.1} dB in the worst second", seconds[0]);
        assert!(whole >= 30.0 && seconds[0] >= 25.0, "{drift_ppm} ppm: {whole} {:?}", seconds[0]);
    }
}

/// How a voice would be sent if nothing were played: the canceller's filters alone change a waveform.
fn undisturbed(near: &[f32]) -> Heard {
    Room::new().hear(&vec![0.0; near.len()], near, way(80, 0.0), CANCELLER)
}

#[test]
fn devices_that_take_and_give_much_at_once_do_not_bring_the_echo_back() {
    let (far, silence) = (speech(1, 30, -20.0), vec![0.0; 30 * RATE]);
    let way = Way { lump: 5, ..way(200, 50.0) };
    let heard = Room::new().hear(&far, &silence, way, CANCELLER);
    let worst = (5..29).map(|n| removed_db(&heard, n as f32, n as f32 + 1.0)).fold(f32::MAX, f32::min);
    let whole = removed_db(&heard, 5.0, 29.0);
    eprintln!("50 ms at once: {whole:.1} dB less, {worst:.1} dB in the worst second");
    assert!(whole >= 40.0 && worst >= 30.0, "{whole} {worst}");
}

#[test]
fn a_thread_that_comes_late_does_not_bring_the_echo_back() {
    let (far, silence) = (speech(1, 30, -20.0), vec![0.0; 30 * RATE]);
    for (late_ms, at_least, in_the_worst) in [(15, 40.0, 35.0), (40, 40.0, 35.0), (100, 30.0, 15.0)] {
        let way = Way { late: Duration::from_millis(late_ms), ..way(80, 50.0) };
        let heard = Room::new().hear(&far, &silence, way, CANCELLER);
        let seconds: Vec<f32> = (5..29).map(|n| removed_db(&heard, n as f32, n as f32 + 1.0)).collect();
        let worst = seconds.iter().copied().fold(f32::MAX, f32::min);
        let whole = removed_db(&heard, 5.0, 29.0);
        eprintln!("{late_ms} ms late every three seconds: {whole:.1} dB less; each second {seconds:.0?}");
        assert!(whole >= at_least && worst >= in_the_worst, "{whole} {worst}");
    }
}

#[test]
fn who_speaks_against_the_speaker_is_heard() {
    let (far, mut near) = (speech(1, 15, -20.0), speech(2, 15, -22.0));
    near[..5 * RATE].fill(0.0);
    let (heard, alone) = (Room::new().hear(&far, &near, way(80, 0.0), CANCELLER), undisturbed(&near));
    let echo = Room::new().hear(&far, &vec![0.0; far.len()], way(80, 0.0), SoundProcessing::default()).microphone;
    let kept = level(&heard.sent, 5.0, 14.0) - level(&alone.sent, 5.0, 14.0);
    let of_voice = likeness(&alone.sent[5 * RATE..], &heard.sent[5 * RATE..]);
    let of_echo = [&heard.microphone[..], &heard.sent[..]]
        .map(|sound| likeness(&echo[5 * RATE..heard.sent.len()], &sound[5 * RATE..heard.sent.len()]));
    eprintln!("the near voice is sent {kept:+.1} dB, {of_voice:.2} alike; of the echo {of_echo:.2?} are left");
    assert!(kept.abs() <= 3.0, "{kept}");
    assert!(of_voice >= 0.8, "{of_voice}");
    assert!(of_echo[1] <= of_echo[0] / 3.0, "{of_echo:?}");
}

#[test]
fn who_speaks_while_nothing_is_played_is_sent_as_they_are() {
    let near = speech(2, 10, -22.0);
    let alone = undisturbed(&near);
    let kept = level(&alone.sent, 1.0, 9.5) - level(&near, 1.0, 9.5);
    eprintln!("sent {kept:+.1} dB");
    assert!(kept.abs() <= 1.5, "{kept}");
}

#[test]
fn another_speaker_at_another_place_is_learned_in_three_seconds() {
    let (far, silence) = (speech(1, 8, -20.0), vec![0.0; 8 * RATE]);
    for (before, after) in [(80, 140), (140, 40)] {
        let mut room = Room::new();
        room.hear(&far, &silence, way(before, 0.0), CANCELLER);
        let heard = room.hear(&far, &silence, way(after, 0.0), CANCELLER);
        let halves: Vec<f32> = (0..10).map(|n| removed_db(&heard, n as f32 / 2.0, n as f32 / 2.0 + 0.5)).collect();
        let removed = removed_db(&heard, 3.0, 7.5);
        eprintln!("{before} to {after} ms: each half second {halves:.0?}, then {removed:.1} dB less");
        assert!(removed >= 30.0, "{removed}");
    }
}
