//! What processing a microphone's sound costs, without threads or waiting: one line of JSON with mean processor times in
//! microseconds for each 10 ms. `cargo xtask bench sound` shows them.

mod stopwatch;

use std::io::Write as _;
use std::time::{Duration, Instant};

use conclave_media::AudioFrame;
use conclave_media::audio::processing::{EchoReference, Place, Processor, SoundProcessing, Switch};
use conclave_media::frame::AUDIO_FRAME_SAMPLES;
use stopwatch::Stopwatch;

/// A minute.
const FRAMES: u32 = 6_000;

/// How late the speaker's sound comes to the microphone: 80 ms.
const ECHO_FRAMES: u32 = 8;

/// Bursts of noise, as long as syllables.
fn sound(seed: u32, number: u32) -> AudioFrame {
    let loud = if (number / 20).is_multiple_of(3) { 0.01 } else { 0.2 };
    let mut state = seed.wrapping_add(number.wrapping_mul(2_654_435_761));
    let samples = std::array::from_fn(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 8) as f32 / (1 << 23) as f32 - 1.0) * loud
    });
    AudioFrame { samples }
}

fn cost_us(processing: SoundProcessing) -> f64 {
    let (reference, start) = (EchoReference::default(), Instant::now());
    let mut processor = Processor::new(reference.clone());
    let mut stopwatch = Stopwatch::default();
    for number in ECHO_FRAMES..FRAMES {
        let now = start + Duration::from_millis(10) * number;
        reference.played(now, Place::default(), &sound(1, number));
        let (voice, echo) = (sound(2, number / 2), sound(1, number - ECHO_FRAMES));
        let mut frame = AudioFrame { samples: [0.0; AUDIO_FRAME_SAMPLES] };
        for ((sample, voice), echo) in frame.samples.iter_mut().zip(&voice.samples).zip(&echo.samples) {
            *sample = voice * 0.5 + echo * 0.4;
        }
        stopwatch.time(|| processor.process(now, processing, &mut frame));
    }
    stopwatch.mean_ms() * 1e3
}

fn main() -> std::io::Result<()> {
    let none = SoundProcessing::default();
    let echo = cost_us(SoundProcessing { echo_cancellation: Switch::On, ..none });
    let noise = cost_us(SoundProcessing { noise_suppression: Switch::On, ..none });
    let gain = cost_us(SoundProcessing { automatic_gain: Switch::On, ..none });
    let all = cost_us(SoundProcessing::ALL);
    writeln!(
        std::io::stdout(),
        "{{\"echo_cancellation_us\":{echo:.1},\"noise_suppression_us\":{noise:.1},\"automatic_gain_us\":{gain:.1},\
         \"all_us\":{all:.1}}}"
    )
}
