//! How steadily the reference follows the microphone.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::super::reference::Place;
use super::*;

const FRAME_S: f64 = 0.010;

/// A speaker that plays how many seconds it has played, and a microphone.
struct Devices {
    aligned: AlignedReference,
    reference: EchoReference,
    start: Instant,
    rng: ChaCha8Rng,
    drift_ppm: f64,
    /// Frames that the speaker takes, and the microphone gives, at once.
    lump: u32,
    given: u32,
    played: u32,
    asked: u32,
    /// What the speaker played before the next frame.
    before: Before,
    /// What it has to play yet, in samples.
    queued: usize,
}

impl Devices {
    fn new(drift_ppm: f64, lump: u32, given: u32) -> Self {
        let reference = EchoReference::default();
        let aligned = AlignedReference::new(reference.clone());
        let rng = ChaCha8Rng::seed_from_u64(1);
        Self {
            aligned,
            reference,
            start: Instant::now(),
            rng,
            drift_ppm,
            lump,
            given,
            played: 0,
            asked: 0,
            before: Before::default(),
            queued: 0,
        }
    }

    /// Devices whose reference is at its place, and how late it is there, in milliseconds.
    fn settled() -> (Self, f64) {
        let mut devices = Self::new(0.0, 1, 1);
        devices.late_ms(1_000);
        let (before, ..) = devices.late_ms(300);
        (devices, before)
    }

    /// Asserts that the reference is where it was; gives how many of the next frames have none.
    fn none_since(&mut self, before: f64) -> u32 {
        let (least, most, none) = self.late_ms(300);
        assert!((least - before).abs() < 1.0 && most - least < 1.0, "{before} before, then {least} to {most} ms");
        none
    }

    /// When a thread looks at its device after a time: at the end of a nap.
    fn look(&mut self, seconds: f64) -> Instant {
        self.start + Duration::from_secs_f64(seconds + self.rng.random_range(0.0..0.003))
    }

    fn play(&mut self) {
        let at = self.look(f64::from(self.played) * FRAME_S / (1.0 + self.drift_ppm * 1e-6));
        for _ in 0..self.lump {
            let first = f64::from(self.played) * FRAME_S;
            let samples = std::array::from_fn(|n| (first + n as f64 / RATE) as f32);
            let before = std::mem::take(&mut self.before);
            self.reference.played(at, Place { before, queued: self.queued }, &AudioFrame { samples });
            self.played += 1;
        }
    }

    /// What the microphone gets as reference in the next frame: the middle, in seconds; nothing for silence.
    fn hear(&mut self) -> Option<f64> {
        self.asked += 1;
        let now = self.look(f64::from(self.asked.next_multiple_of(self.given)) * FRAME_S);
        let frame = self.aligned.next(now);
        (frame.samples[0] != 0.0).then(|| f64::from(frame.samples[240]))
    }

    /// The microphone gives so many frames while the speaker's thread sleeps.
    fn miss(&mut self, frames: u32) {
        for _ in 0..frames {
            self.hear();
        }
    }

    /// How late the reference is over so many frames, in milliseconds, at least and at most; and how many have none.
    fn late_ms(&mut self, frames: u32) -> (f64, f64, u32) {
        let (mut least, mut most, mut none) = (f64::MAX, f64::MIN, 0);
        for _ in 0..frames {
            while f64::from(self.played) / (1.0 + self.drift_ppm * 1e-6)
                < f64::from((self.asked + 1).next_multiple_of(self.given))
            {
                self.play();
            }
            let Some(heard) = self.hear() else {
                none += 1;
                continue;
            };
            let played = f64::from(self.asked) * FRAME_S * (1.0 + self.drift_ppm * 1e-6);
            let late = (played - heard) * 1e3;
            (least, most) = (least.min(late), most.max(late));
        }
        (least, most, none)
    }
}

#[test]
fn drifting_clocks_are_followed_at_a_steady_distance() {
    for drift_ppm in [0.0, 200.0, -200.0, 400.0] {
        let mut devices = Devices::new(drift_ppm, 1, 1);
        let settling = devices.late_ms(3_000);
        let (least, most, none) = devices.late_ms(30_000);
        eprintln!("{drift_ppm} ppm: {settling:.2?} ms late, then {least:.2} to {most:.2} ms");
        assert_eq!(none, 0);
        assert!(most - least < 0.5, "{least} to {most} ms");
        assert!(least > 5.0 && most < 25.0, "{least} to {most} ms");
    }
}

#[test]
fn devices_that_take_and_give_much_at_once_have_a_reference_without_gaps() {
    for (lump, given) in [(2, 1), (4, 1), (8, 1), (1, 5), (5, 5), (2, 4)] {
        let mut devices = Devices::new(100.0, lump, given);
        devices.late_ms(3_000);
        let (least, most, none) = devices.late_ms(3_000);
        eprintln!("{lump} played and {given} given at once: {least:.2} to {most:.2} ms late");
        assert_eq!(none, 0);
        assert!(most - least < 1.0, "{least} to {most} ms");
    }
}

#[test]
fn sound_that_was_lost_moves_the_reference_within_a_second() {
    let mut devices = Devices::new(0.0, 1, 1);
    let (before, ..) = devices.late_ms(1_000);
    // The thread was away, and its ring ran over.
    devices.asked += 18;
    devices.late_ms(100);
    let (least, most, none) = devices.late_ms(1_000);
    assert_eq!(none, 0);
    assert!((least - before).abs() < 3.0 && most - least < 2.0, "{before} before, then {least} to {most} ms");
}

#[test]
fn a_closed_speaker_has_no_reference_and_an_opened_one_has() {
    let mut devices = Devices::new(0.0, 1, 1);
    assert!(devices.hear().is_none());
    let (_, _, none) = devices.late_ms(500);
    assert!(none <= 5, "{none}");
    let heard = (0..100).filter(|_| devices.hear().is_some()).count();
    assert!(heard <= 3, "{heard} frames of a speaker that plays no more");
    assert!(devices.aligned.samples.is_empty(), "what was not played is kept");
    devices.played = devices.asked;
    let (least, most, none) = devices.late_ms(500);
    assert!(none <= 5 && most - least < 3.0, "{least} to {most} ms, {none}");
}

#[test]
fn a_thread_that_comes_late_moves_nothing() {
    for late in [1, 2, 5, 15] {
        let (mut devices, before) = Devices::settled();
        devices.miss(late);
        assert_eq!(devices.none_since(before), 0);
    }
}

#[test]
fn a_thread_that_often_comes_late_is_waited_for() {
    let mut devices = Devices::new(0.0, 1, 1);
    devices.late_ms(1_000);
    let mut late = || {
        devices.late_ms(50);
        (0..3).filter(|_| devices.hear().is_none_or(|heard| heard == 0.0)).count()
    };
    let late: Vec<usize> = (0..40).map(|_| late()).collect();
    eprintln!("frames without, each half second: {late:?}");
    assert!(late[..5].iter().all(|frames| *frames > 0) && late[30..].iter().all(|frames| *frames == 0));
}

#[test]
fn silence_that_a_speaker_played_for_lack_of_sound_moves_nothing() {
    let (mut devices, before) = Devices::settled();
    devices.miss(6);
    devices.played += 6;
    devices.before = Before::Silence(6 * AUDIO_FRAME_SAMPLES);
    let none = devices.none_since(before);
    assert!(none <= 6, "{none}");
}

#[test]
fn lost_sound_of_a_microphone_that_is_told_of_moves_the_reference_at_once() {
    let (mut devices, before) = Devices::settled();
    devices.asked += 18;
    devices.aligned.lose(Lost::Samples(18 * AUDIO_FRAME_SAMPLES));
    assert_eq!(devices.none_since(before), 0);
}

#[test]
fn a_thread_that_comes_late_in_the_first_second_moves_little() {
    let mut devices = Devices::new(0.0, 1, 1);
    devices.late_ms(50);
    devices.miss(15);
    let (least, most, none) = devices.late_ms(1_000);
    eprintln!("{least:.1} to {most:.1} ms, {none} frames without");
    assert!(most < 40.0 && none <= 2, "{least} to {most} ms, {none}");
}

#[test]
fn what_a_speaker_has_yet_to_play_is_not_heard_yet() {
    let mut devices = Devices::new(0.0, 1, 1);
    devices.queued = 10 * AUDIO_FRAME_SAMPLES;
    devices.late_ms(50);
    let (least, most, none) = devices.late_ms(1_000);
    assert!(least > 90.0 && most < 110.0 && none == 0, "{least} to {most} ms, {none}");
}

#[test]
fn another_speaker_has_a_place_of_its_own() {
    let mut devices = Devices::new(0.0, 1, 1);
    devices.queued = 10 * AUDIO_FRAME_SAMPLES;
    devices.late_ms(1_000);
    (devices.queued, devices.before) = (2 * AUDIO_FRAME_SAMPLES, Before::Opening);
    let (.., none) = devices.late_ms(10);
    let (least, most, without) = devices.late_ms(1_000);
    assert!(none <= 5 && without == 0, "{none} and {without} frames without");
    assert!(least > 10.0 && most < 40.0, "{least} to {most} ms");
}

#[test]
fn a_reading_at_a_wrong_place_finds_another_within_seconds() {
    let mut devices = Devices::new(0.0, 1, 1);
    devices.queued = 10 * AUDIO_FRAME_SAMPLES;
    devices.late_ms(1_000);
    // Nobody said that this is another speaker.
    devices.queued = 2 * AUDIO_FRAME_SAMPLES;
    devices.late_ms(300);
    let (least, most, none) = devices.late_ms(1_000);
    assert!(none == 0 && least > 10.0 && most < 40.0, "{least} to {most} ms, {none}");
}
