//! What is done to voices and noise, and how it is switched.

use std::time::{Duration, Instant};

use super::processor::Processor;
use super::reference::EchoReference;
use super::settings::{SoundProcessing, Switch};
use super::test_sound::{RATE, frames, level, likeness, noise, speech, sum};

const NONE: SoundProcessing =
    SoundProcessing { echo_cancellation: Switch::Off, noise_suppression: Switch::Off, automatic_gain: Switch::Off };
const SUPPRESSOR: SoundProcessing = SoundProcessing { noise_suppression: Switch::On, ..NONE };
const GAIN: SoundProcessing = SoundProcessing { automatic_gain: Switch::On, ..NONE };

/// What becomes of a sound; `wanted` says what is wanted at each frame.
fn processed(sound: &[f32], wanted: impl Fn(usize) -> SoundProcessing) -> Vec<f32> {
    let (mut processor, start) = (Processor::new(EchoReference::default()), Instant::now());
    let mut sent = Vec::new();
    for (number, mut frame) in frames(sound).enumerate() {
        processor.process(start + Duration::from_millis(10) * number as u32, wanted(number), &mut frame);
        sent.extend_from_slice(&frame.samples);
    }
    sent
}

#[test]
fn noise_is_turned_down_and_speech_is_kept() {
    let mut voice = speech(4, 20, -25.0);
    voice[..5 * RATE].fill(0.0);
    let noisy = sum(&voice, &noise(5, 20, -50.0));
    let (sent, clean) = (processed(&noisy, |_| SUPPRESSOR), processed(&voice, |_| SUPPRESSOR));
    let quieter = level(&noisy, 2.0, 5.0) - level(&sent, 2.0, 5.0);
    let kept = level(&sent, 6.0, 20.0) - level(&voice, 6.0, 20.0);
    let alike = likeness(&clean[6 * RATE..], &sent[6 * RATE..]);
    eprintln!("noise {quieter:.1} dB less, speech {kept:+.1} dB, {alike:.3} alike");
    assert!(quieter >= 10.0, "{quieter}");
    assert!(kept.abs() <= 2.0 && alike >= 0.9, "{kept} {alike}");
}

#[test]
fn a_faint_voice_becomes_a_usual_one_and_a_loud_one_stays_and_does_not_clip() {
    for (loudness, from, until) in
        [(-45.0, -25.0, -17.0), (-35.0, -25.0, -17.0), (-25.0, -25.0, -17.0), (-12.0, -16.0, -11.0)]
    {
        let sent = processed(&speech(6, 20, loudness), |_| GAIN);
        let levels = [(0.0, 2.0), (2.0, 5.0), (5.0, 10.0), (10.0, 20.0)].map(|(from, until)| level(&sent, from, until));
        let peak = sent.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        eprintln!("{loudness} dBFS: {levels:.1?}, peak {peak:.2}");
        assert!((from..=until).contains(&levels[3]), "{levels:?}");
        assert!(peak <= 1.0, "{peak}");
    }
}

#[test]
fn pauses_are_not_raised() {
    let mut quiet = noise(8, 40, -65.0);
    let voice = speech(6, 10, -45.0);
    quiet.iter_mut().zip(&voice).for_each(|(to, from)| *to += from);
    let sent = processed(&quiet, |_| SoundProcessing { noise_suppression: Switch::On, ..GAIN });
    let pause = [(12.0, 15.0), (20.0, 25.0), (35.0, 40.0)].map(|(from, until)| level(&sent, from, until));
    eprintln!("noise of -65 dBFS after a faint voice: {pause:.1?}");
    assert!(pause.iter().all(|level| *level <= -49.0), "{pause:?}");
    assert!(pause[2] <= pause[0] + 1.0, "{pause:?}");
}

#[test]
fn switching_makes_neither_a_gap_nor_a_click() {
    let tone: Vec<f32> =
        (0..6 * RATE).map(|n| (n as f32 * 300.0 * std::f32::consts::TAU / RATE as f32).sin() * 0.3).collect();
    let canceller = SoundProcessing { echo_cancellation: Switch::On, ..NONE };
    let sent = processed(&tone, |frame| [NONE, canceller, SoundProcessing::ALL, GAIN, NONE, SUPPRESSOR][frame / 100]);
    let steepest = |sound: &[f32]| sound.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    // The gain may double the tone.
    assert!(steepest(&sent) <= 2.5 * steepest(&tone), "{} of {}", steepest(&sent), steepest(&tone));
    let gap = frames(&sent[..5 * RATE]).map(|frame| level(&frame.samples, 0.0, 0.01)).fold(0.0, f32::min);
    eprintln!("steepest {} of {}, quietest frame {gap:.1} dBFS", steepest(&sent), steepest(&tone));
    assert!(gap > -35.0, "{gap}");
    assert_eq!(sent[..RATE], tone[..RATE], "nothing is done before anything is switched on");
}

#[test]
fn what_is_off_again_leaves_the_sound_alone() {
    let voice = speech(9, 3, -20.0);
    let sent = processed(&voice, |frame| if frame < 100 { SoundProcessing::ALL } else { NONE });
    assert_eq!(sent[RATE + RATE / 10..], voice[RATE + RATE / 10..]);
}

#[test]
fn what_is_louder_than_full_scale_does_no_harm() {
    let shout: Vec<f32> = speech(9, 3, -6.0).iter().map(|sample| sample * 20.0).collect();
    let sent = processed(&shout, |_| SoundProcessing::ALL);
    assert!(sent.iter().all(|sample| sample.is_finite() && sample.abs() <= 1.1));
}
