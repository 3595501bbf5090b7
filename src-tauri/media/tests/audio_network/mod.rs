//! A sender, a network and a listener on a virtual clock.

use std::f32::consts::TAU;
use std::time::{Duration, Instant};

use bytes::Bytes;
use conclave_media::AudioFrame;
use conclave_media::audio::jitter_buffer::{
    AudioPacket, FrameDecoder, JitterBuffer, JitterBufferStatistics, Playout, Undecodable,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub(crate) const PACKET_SAMPLES: usize = 960;
const PACKET_TIME: Duration = Duration::from_millis(20);
const FRAME_TIME: Duration = Duration::from_millis(10);

/// Packets that hold their own number; they sound like a tone that runs through all of them.
#[derive(Debug, Default)]
pub(crate) struct NumberDecoder;

pub(crate) fn payload(number: u64) -> Bytes {
    Bytes::copy_from_slice(&number.to_le_bytes())
}

fn number(payload: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(payload.try_into().ok()?))
}

fn tone(number: u64, samples: usize) -> impl Iterator<Item = f32> {
    // 200 Hz: four whole periods a packet.
    let start = number % 50 * PACKET_SAMPLES as u64;
    (0..samples as u64).map(move |n| ((start + n) as f32 * TAU * 200.0 / 48_000.0).sin() * 0.1)
}

impl FrameDecoder for NumberDecoder {
    fn samples(&self, payload: &[u8]) -> Option<usize> {
        number(payload).map(|_| PACKET_SAMPLES)
    }

    fn has_redundancy(&self, _: &[u8]) -> bool {
        true
    }

    fn decode(&mut self, payload: &[u8], sound: &mut Vec<f32>) -> Result<(), Undecodable> {
        sound.extend(tone(number(payload).ok_or(Undecodable)?, PACKET_SAMPLES));
        Ok(())
    }

    fn decode_redundancy(&mut self, payload: &[u8], samples: usize, sound: &mut Vec<f32>) -> Result<(), Undecodable> {
        sound.extend(tone(number(payload).ok_or(Undecodable)? - 1, samples));
        Ok(())
    }

    fn conceal(&mut self, samples: usize, sound: &mut Vec<f32>) {
        sound.resize(sound.len() + samples, 0.0);
    }
}

/// What the network does to packets. Delays are added to a constant 40 ms.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Network {
    /// Uniform extra delay of up to this. Reorders when it is over 20 ms.
    pub(crate) jitter: Duration,
    /// Share of packets lost.
    pub(crate) loss: f64,
    /// Share of packets held back by 30 ms, so that the next one overtakes them.
    pub(crate) reordered: f64,
    /// Share of packets that arrive twice.
    pub(crate) duplicated: f64,
    /// How often the network holds everything for a while, and for how long.
    pub(crate) outages: Option<(Duration, Duration)>,
    /// How much slower the sender's clock is than the listener's, in millionths.
    pub(crate) drift_ppm: f64,
}

/// What the listener got.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) statistics: JitterBufferStatistics,
    /// Share of sound that was missing.
    pub(crate) concealed: f64,
    /// The delay over the fastest packet at the end of each second.
    pub(crate) delays: Vec<Duration>,
    /// Frames by what they consisted of: sound, concealment, silence.
    pub(crate) frames: [usize; 3],
}

/// When each packet of `seconds` of speech is sent: `None` where the sender pauses.
pub(crate) type Schedule<'a> = &'a dyn Fn(u64) -> bool;

/// Sends for this long and listens.
pub(crate) fn listen(seed: u64, network: Network, seconds: u64) -> Outcome {
    listen_to(seed, network, seconds, &|_| true)
}

/// Sends those packets that `speaks` says, and listens.
pub(crate) fn listen_to(seed: u64, network: Network, seconds: u64, speaks: Schedule<'_>) -> Outcome {
    eprintln!("seed {seed}, {network:?}");
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let start = Instant::now();
    let mut on_the_way = Vec::new();
    let (first_sequence, first_timestamp) = (random.random::<u16>(), random.random::<u32>());
    let mut sequence = first_sequence;
    let mut free_at = Duration::ZERO;
    for number in 0.. {
        let sent = PACKET_TIME.mul_f64(number as f64 * (1.0 + network.drift_ppm * 1e-6));
        if sent.as_secs() >= seconds {
            break;
        }
        if !speaks(number) {
            continue;
        }
        let mut delay = Duration::from_millis(40) + network.jitter.mul_f64(random.random());
        if random.random_bool(network.reordered) {
            delay += Duration::from_millis(30);
        }
        let mut arrival = sent + delay;
        if let Some((every, length)) = network.outages {
            let since = Duration::from_nanos((sent.as_nanos() % every.as_nanos()) as u64);
            if since < length && sent > every {
                free_at = free_at.max(sent + (length - since));
                arrival = free_at + Duration::from_millis(40);
            }
        }
        let packet = AudioPacket {
            sequence,
            timestamp: first_timestamp.wrapping_add(number as u32 * PACKET_SAMPLES as u32),
            payload: payload(number),
            arrival: start + arrival,
        };
        sequence = sequence.wrapping_add(1);
        if random.random_bool(network.duplicated) {
            on_the_way.push((arrival + Duration::from_millis(5), packet.clone()));
        }
        if !random.random_bool(network.loss) {
            on_the_way.push((arrival, packet));
        }
    }
    on_the_way.sort_by_key(|(arrival, _)| *arrival);

    let mut buffer = JitterBuffer::new(NumberDecoder);
    let mut frame = AudioFrame { samples: [0.0; 480] };
    let mut on_the_way = on_the_way.into_iter().peekable();
    let (mut delays, mut frames) = (Vec::new(), [0; 3]);
    for pull in 0..seconds * 100 {
        let now = FRAME_TIME * pull as u32;
        while let Some((_, packet)) = on_the_way.next_if(|(arrival, _)| *arrival <= now) {
            buffer.insert(packet);
        }
        let kind = match buffer.pull(start + now, &mut frame) {
            Playout::Sound => 0,
            Playout::Concealment => 1,
            Playout::Silence => 2,
        };
        frames[kind] += 1;
        if pull % 100 == 99 {
            delays.push(buffer.statistics().delay);
        }
    }
    let statistics = buffer.statistics();
    let outcome =
        Outcome { statistics, concealed: statistics.concealed.as_secs_f64() / seconds as f64, delays, frames };
    eprintln!("  concealed {:.2} %, {statistics:?}", outcome.concealed * 100.0);
    outcome
}
