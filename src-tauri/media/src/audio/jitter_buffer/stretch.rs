//! Playing faster and slower without a change of pitch: a pitch period is cut out, or played twice, with a cross-fade
//! over its length. Both ends of the seam look alike because the period is the lag at which the sound resembles itself
//! most.

/// Shortest and longest period: 2.5 ms (400 Hz) and 15 ms (67 Hz).
const MIN_LAG: usize = 120;
pub(super) const MAX_LAG: usize = 720;

/// The stretch of sound that is compared: 10 ms.
const WINDOW: usize = 480;

/// How much sound [`cut`] needs: 30 ms.
pub(super) const CUT_NEEDS: usize = 2 * MAX_LAG;

/// The coarse search is done at 6 kHz.
const DECIMATION: usize = 8;

/// Below this power (-50 dBFS) nobody hears a seam.
const INAUDIBLE: f32 = 1e-5;

/// How much alike both ends of a seam must be: a normalised correlation.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(super) struct Likeness(pub(super) f32);

impl Likeness {
    /// Nobody notices.
    pub(super) const SEAMLESS: Self = Self(0.85);
    /// Noticed by who listens for it.
    pub(super) const FAIR: Self = Self(0.4);
    /// Wherever it fits best.
    pub(super) const ANY: Self = Self(-1.0);
}

/// Where the other end of the seam is looked for.
#[derive(Clone, Copy)]
enum Side {
    Before,
    After,
}

/// Cuts a period out of the front of `sound`, if there is one; gives the number of samples removed.
pub(super) fn cut(sound: &mut Vec<f32>, least: Likeness) -> usize {
    let Some(lag) = best_lag(sound, 0, Side::After, least) else {
        return 0;
    };
    if sound.len() < 2 * lag {
        return 0;
    }
    let (front, rest) = sound.split_at_mut(lag);
    cross_fade(front, rest);
    sound.drain(lag..2 * lag);
    lag
}

/// Repeats a period between `played`, which was heard already, and the front of `sound`; gives the number of samples
/// added.
pub(super) fn repeat(played: &[f32], sound: &mut Vec<f32>, least: Likeness) -> usize {
    let Some(context) = played.len().checked_sub(MAX_LAG).and_then(|from| played.get(from..)) else {
        return 0;
    };
    let Some(window) = sound.get(..WINDOW) else { return 0 };
    let joined = [context, window].concat();
    let Some(lag) = best_lag(&joined, MAX_LAG, Side::Before, least) else {
        return 0;
    };
    let Some(mut period) = sound.get(..lag).map(<[f32]>::to_vec) else {
        return 0;
    };
    cross_fade(&mut period, &context[MAX_LAG - lag..]);
    sound.splice(0..0, period);
    lag
}

/// Goes over from what is in `from` to `to`, as long as `from` is.
fn cross_fade(from: &mut [f32], to: &[f32]) {
    let step = 1.0 / from.len().max(1) as f32;
    for (index, (sample, other)) in from.iter_mut().zip(to).enumerate() {
        let share = (index as f32 + 0.5) * step;
        *sample += (other - *sample) * share;
    }
}

/// The lag at which the window at `anchor` resembles `sound` most, if it does enough.
fn best_lag(sound: &[f32], anchor: usize, side: Side, least: Likeness) -> Option<usize> {
    let window = sound.get(anchor..anchor + WINDOW)?;
    if crate::audio::level::power(window) < INAUDIBLE {
        return Some(MAX_LAG);
    }
    let coarse: Vec<f32> = sound.chunks_exact(DECIMATION).map(|chunk| chunk.iter().sum::<f32>()).collect();
    let lags = MIN_LAG / DECIMATION..=MAX_LAG / DECIMATION;
    let (rough, _) = most_alike(&coarse, anchor / DECIMATION, WINDOW / DECIMATION, lags, side)?;
    let rough = rough * DECIMATION;
    let lags = rough.saturating_sub(DECIMATION).max(MIN_LAG)..=(rough + DECIMATION).min(MAX_LAG);
    let (lag, likeness) = most_alike(sound, anchor, WINDOW, lags, side)?;
    (likeness >= least).then_some(lag)
}

fn most_alike(
    sound: &[f32],
    anchor: usize,
    window: usize,
    lags: std::ops::RangeInclusive<usize>,
    side: Side,
) -> Option<(usize, Likeness)> {
    let here = sound.get(anchor..anchor + window)?;
    lags.filter_map(|lag| {
        let start = match side {
            Side::Before => anchor.checked_sub(lag)?,
            Side::After => anchor + lag,
        };
        let there = sound.get(start..start + window)?;
        Some((lag, likeness(here, there)))
    })
    .max_by(|(_, a), (_, b)| a.0.total_cmp(&b.0))
}

fn likeness(a: &[f32], b: &[f32]) -> Likeness {
    let (mut product, mut power_a, mut power_b) = (0.0, 1e-9, 1e-9);
    for (a, b) in a.iter().zip(b) {
        product += a * b;
        power_a += a * a;
        power_b += b * b;
    }
    Likeness(product / f32::sqrt(power_a * power_b))
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;
    use crate::audio::level::{dbfs, power};

    fn sine(hz: f32, from: usize, samples: usize) -> Vec<f32> {
        (from..from + samples).map(|n| (TAU * hz * n as f32 / 48_000.0).sin() * 0.3).collect()
    }

    /// The largest step between neighbours: a seam that doesn't fit shows as a jump.
    fn steepest(sound: &[f32]) -> f32 {
        sound.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn a_cut_tone_goes_on_without_a_jump_and_as_loud() {
        for hz in [110.0, 220.0, 440.0, 1_000.0] {
            let mut sound = sine(hz, 0, 2_400);
            let (level, slope) = (dbfs(power(&sound)), steepest(&sound));
            let removed = cut(&mut sound, Likeness::SEAMLESS);
            assert!((MIN_LAG..=MAX_LAG).contains(&removed), "{hz} Hz: {removed}");
            assert_eq!(sound.len(), 2_400 - removed);
            assert!(steepest(&sound) < slope * 1.05, "{hz} Hz");
            assert!((dbfs(power(&sound)) - level).abs() < 0.3, "{hz} Hz");
        }
    }

    #[test]
    fn a_repeated_tone_goes_on_without_a_jump_and_as_loud() {
        for hz in [110.0, 220.0, 440.0, 1_000.0] {
            let played = sine(hz, 0, 960);
            let mut sound = sine(hz, 960, 960);
            let slope = steepest(&sound);
            let added = repeat(&played, &mut sound, Likeness::SEAMLESS);
            assert!((MIN_LAG..=MAX_LAG).contains(&added), "{hz} Hz: {added}");
            assert_eq!(sound.len(), 960 + added);
            let joined = [&played[..], &sound[..]].concat();
            assert!(steepest(&joined) < slope * 1.05, "{hz} Hz");
        }
    }

    #[test]
    fn noise_is_left_alone_unless_it_must_be() {
        let mut state = 1_u32;
        let mut noise: Vec<f32> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 - 0.5
        })
        .take(2_400)
        .collect();
        assert_eq!(cut(&mut noise, Likeness::SEAMLESS), 0);
        assert!(cut(&mut noise, Likeness::ANY) > 0);
    }

    #[test]
    fn silence_gives_the_most() {
        let mut silence = vec![0.0; CUT_NEEDS];
        assert_eq!(cut(&mut silence, Likeness::SEAMLESS), MAX_LAG);
        let mut silence = vec![0.0; 960];
        assert_eq!(repeat(&[0.0; MAX_LAG], &mut silence, Likeness::SEAMLESS), MAX_LAG);
    }

    #[test]
    fn too_little_sound_is_left_alone() {
        for samples in [0, 1, WINDOW, WINDOW + MIN_LAG - 1] {
            let mut sound = sine(100.0, 0, samples);
            assert_eq!(cut(&mut sound, Likeness::ANY), 0);
            assert_eq!(repeat(&[], &mut sound, Likeness::ANY), 0);
        }
    }
}
