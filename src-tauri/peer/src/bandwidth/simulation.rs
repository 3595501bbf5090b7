//! The estimator on simulated paths: a bottleneck with a queue, a policer, loss, on a virtual clock.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Estimator, PacketFate, PacketFeedback};

const PICTURE_PACKET_BYTES: usize = 1200;
/// 20 ms of Opus at 32 kbit/s.
const SOUND_PACKET_BYTES: usize = 80 + 64;
const STEP: Duration = Duration::from_millis(1);
const FEEDBACK_INTERVAL: Duration = Duration::from_millis(50);

/// A path to the other end.
#[derive(Debug, Clone, Copy)]
struct Path {
    /// Bits a second that leave the bottleneck.
    rate_bps: f64,
    /// What waits before the bottleneck at most, as time; zero is a policer.
    queue: Duration,
    /// One way.
    delay: Duration,
    random_loss: f64,
}

/// What the sender does with the estimate.
#[derive(Debug, Clone, Copy)]
enum Source {
    /// Sends as much as the estimate says.
    Elastic,
    /// Sends the largest of these rates that fits into the estimate, or the smallest.
    Layers(&'static [u64]),
}

const LAYERS: &[u64] = &[150_000, 500_000, 1_500_000];

struct Packet {
    departure: Instant,
    wire_bytes: usize,
    fate: PacketFate,
}

/// A call over a path that may change.
struct Call {
    start: Instant,
    now: Instant,
    path: Path,
    source: Source,
    estimator: Estimator,
    dice: ChaCha8Rng,
    /// Bytes the source may still send.
    credit: f64,
    /// When the bottleneck is free again.
    busy_until: Instant,
    policer_tokens: f64,
    under_way: VecDeque<Packet>,
    next_feedback: Instant,
    sent_bits: f64,
    delivered_bits: f64,
    worst_queue: Duration,
}

impl Call {
    fn new(path: Path, source: Source) -> Self {
        Self::seeded(11, path, source)
    }

    fn seeded(seed: u64, path: Path, source: Source) -> Self {
        let start = Instant::now();
        println!("seed {seed}, {path:?}, {source:?}");
        Self {
            start,
            now: start,
            path,
            source,
            estimator: Estimator::new(),
            dice: ChaCha8Rng::seed_from_u64(seed),
            credit: 0.0,
            busy_until: start,
            policer_tokens: 0.0,
            under_way: VecDeque::new(),
            next_feedback: start + FEEDBACK_INTERVAL,
            sent_bits: 0.0,
            delivered_bits: 0.0,
            worst_queue: Duration::ZERO,
        }
    }

    fn rate_bps(&self) -> f64 {
        let target = self.estimator.target_bps();
        match self.source {
            Source::Elastic => target as f64,
            Source::Layers(layers) => {
                let fitting = layers.iter().rev().find(|layer| **layer <= target);
                *fitting.unwrap_or(&layers[0]) as f64
            }
        }
    }

    /// Runs for `seconds`; the mean of estimate and of what was delivered, in bits a second.
    fn run(&mut self, seconds: f64) -> (f64, f64) {
        let end = self.now + Duration::from_secs_f64(seconds);
        self.sent_bits = 0.0;
        self.delivered_bits = 0.0;
        self.worst_queue = Duration::ZERO;
        let (mut sum, mut steps) = (0.0, 0.0);
        while self.now < end {
            self.step();
            sum += self.estimator.target_bps() as f64;
            steps += 1.0;
        }
        let means = (sum / steps, self.delivered_bits / seconds);
        println!(
            "at {:5.1} s: estimate {:7.0}, mean {:7.0}, delivered {:7.0}, worst queue {:?}",
            (self.now - self.start).as_secs_f64(),
            self.estimator.target_bps(),
            means.0,
            means.1,
            self.worst_queue,
        );
        means
    }

    /// Runs until the estimate reaches `bps`; how long that took.
    fn run_until(&mut self, bps: u64, patience_seconds: f64) -> f64 {
        let began = self.now;
        while self.estimator.target_bps() < bps {
            self.step();
            let took = (self.now - began).as_secs_f64();
            assert!(took < patience_seconds, "{} after {took} s", self.estimator.target_bps());
        }
        (self.now - began).as_secs_f64()
    }

    fn step(&mut self) {
        self.now += STEP;
        self.credit += self.rate_bps() / 8.0 * STEP.as_secs_f64();
        self.policer_tokens += self.path.rate_bps / 8.0 * STEP.as_secs_f64();
        self.policer_tokens = self.policer_tokens.min(4.0 * PICTURE_PACKET_BYTES as f64);
        // Pictures come thirty times a second, so packets leave in bursts.
        if (self.now - self.start).as_millis().is_multiple_of(33) {
            while self.credit >= PICTURE_PACKET_BYTES as f64 {
                self.send(PICTURE_PACKET_BYTES);
            }
        }
        if (self.now - self.start).as_millis().is_multiple_of(20) {
            self.send(SOUND_PACKET_BYTES);
        }
        if self.now >= self.next_feedback {
            self.next_feedback += FEEDBACK_INTERVAL;
            self.give_feedback();
        }
    }

    fn send(&mut self, wire_bytes: usize) {
        self.credit -= wire_bytes as f64;
        self.sent_bits += wire_bytes as f64 * 8.0;
        let fate = match self.leave_bottleneck(wire_bytes) {
            Some(at) if !self.dice.random_bool(self.path.random_loss) => {
                self.delivered_bits += wire_bytes as f64 * 8.0;
                // The other end's clock began a while ago.
                PacketFate::Arrived(Duration::from_secs(1000) + (at + self.path.delay - self.start))
            }
            _ => PacketFate::Lost,
        };
        self.under_way.push_back(Packet { departure: self.now, wire_bytes, fate });
    }

    /// When a packet leaves the bottleneck; `None` when there is no room for it.
    fn leave_bottleneck(&mut self, wire_bytes: usize) -> Option<Instant> {
        if self.path.queue.is_zero() {
            let fits = self.policer_tokens >= wire_bytes as f64;
            self.policer_tokens -= if fits { wire_bytes as f64 } else { 0.0 };
            return fits.then_some(self.now);
        }
        let starts = self.busy_until.max(self.now);
        let waits = starts - self.now;
        if waits > self.path.queue {
            return None;
        }
        self.worst_queue = self.worst_queue.max(waits);
        let takes = Duration::from_secs_f64(wire_bytes as f64 * 8.0 / self.path.rate_bps);
        self.busy_until = starts + takes;
        Some(self.busy_until)
    }

    /// Everything that is decided by now, as seen by a feedback that travels back.
    fn give_feedback(&mut self) {
        let seen_at = Duration::from_secs(1000) + (self.now - self.start) - self.path.delay.min(self.now - self.start);
        let newest =
            self.under_way.iter().rposition(|packet| matches!(packet.fate, PacketFate::Arrived(at) if at <= seen_at));
        let Some(newest) = newest else { return };
        let packets: Vec<PacketFeedback> = self
            .under_way
            .drain(..=newest)
            .map(|packet| PacketFeedback {
                departure: packet.departure,
                wire_bytes: packet.wire_bytes,
                fate: packet.fate,
            })
            .collect();
        self.estimator.feedback(self.now, &packets);
    }
}

const FREE: Path =
    Path { rate_bps: 100e6, queue: Duration::from_millis(200), delay: Duration::from_millis(20), random_loss: 0.0 };

#[test]
fn on_a_free_path_the_estimate_grows_within_seconds() {
    let mut call = Call::new(FREE, Source::Elastic);
    let took = call.run_until(5_000_000, 3.0);
    println!("{took} s to 5 Mbit/s");
    let mut call = Call::new(FREE, Source::Layers(LAYERS));
    let took = call.run_until(3_000_000, 3.0);
    println!("{took} s to 3 Mbit/s with layers");
}

#[test]
fn a_narrow_path_is_filled_but_its_queue_is_not() {
    for rate_bps in [300e3, 1e6, 2.5e6] {
        let path = Path { rate_bps, queue: Duration::from_millis(1500), ..FREE };
        let mut call = Call::new(path, Source::Elastic);
        call.run(8.0);
        let (estimate, delivered) = call.run(30.0);
        assert!(estimate < rate_bps * 1.05, "{estimate} of {rate_bps}");
        assert!(delivered > rate_bps * 0.7, "{delivered} of {rate_bps}");
        let allowed = Duration::from_millis(if rate_bps < 500e3 { 400 } else { 300 });
        assert!(call.worst_queue < allowed, "{:?} at {rate_bps}", call.worst_queue);
    }
}

#[test]
fn layers_settle_on_the_one_that_fits() {
    for (rate_bps, fitting) in [(300e3, 150e3), (900e3, 500e3), (3e6, 1.5e6)] {
        let path = Path { rate_bps, queue: Duration::from_millis(1000), ..FREE };
        let mut call = Call::new(path, Source::Layers(LAYERS));
        call.run(8.0);
        let (_, delivered) = call.run(60.0);
        assert!(delivered > fitting * 0.85 && delivered < fitting * 1.3, "{delivered} at {rate_bps}");
    }
}

#[test]
fn a_policer_is_met_at_its_rate_with_little_loss() {
    let path = Path { rate_bps: 1e6, queue: Duration::ZERO, ..FREE };
    let mut call = Call::new(path, Source::Elastic);
    call.run(8.0);
    let (estimate, delivered) = call.run(30.0);
    let sent_bps = call.sent_bits / 30.0;
    assert!((0.75e6..1.15e6).contains(&estimate), "{estimate}");
    assert!(delivered > 0.7e6, "{delivered}");
    assert!(delivered > sent_bps * 0.93, "{delivered} of {sent_bps} sent");
}

#[test]
fn loss_that_is_the_path_s_own_does_not_starve_the_call() {
    for seed in 0..20 {
        for (random_loss, enough) in [(0.02, 4e6), (0.15, 0.7e6), (0.3, 0.5e6)] {
            let path = Path { random_loss, ..FREE };
            let mut call = Call::seeded(seed, path, Source::Layers(LAYERS));
            call.run(5.0);
            let (estimate, _) = call.run(30.0);
            assert!(estimate > enough, "{estimate} at {random_loss}");
        }
    }
}

#[test]
fn a_narrow_path_with_loss_of_its_own_is_not_overrun() {
    for seed in 0..20 {
        let path = Path { rate_bps: 1e6, queue: Duration::from_millis(500), random_loss: 0.1, ..FREE };
        let mut call = Call::seeded(seed, path, Source::Elastic);
        call.run(10.0);
        let (estimate, delivered) = call.run(30.0);
        assert!(estimate < 1.2e6, "{estimate}");
        assert!(delivered > 0.6e6, "{delivered}");
    }
}

#[test]
fn a_path_that_narrows_is_followed_at_once_and_one_that_widens_in_time() {
    let narrow = Path { rate_bps: 300e3, queue: Duration::from_millis(1000), ..FREE };
    let mut call = Call::new(FREE, Source::Layers(LAYERS));
    call.run(10.0);
    call.path = narrow;
    call.run(2.0);
    let (estimate, _) = call.run(10.0);
    assert!(estimate < 320e3, "{estimate}");
    call.path = FREE;
    let took = call.run_until(1_500_000, 25.0);
    println!("{took} s to widen");
}

#[test]
fn a_longer_path_grows_as_well() {
    for delay_ms in [1, 100, 250] {
        let path = Path { delay: Duration::from_millis(delay_ms), ..FREE };
        let mut call = Call::new(path, Source::Elastic);
        let took = call.run_until(4_000_000, 5.0);
        println!("{took} s at {delay_ms} ms");
    }
}

#[test]
fn a_changed_path_is_begun_anew_without_a_leap() {
    let mut call = Call::new(FREE, Source::Elastic);
    call.run(5.0);
    call.estimator.path_changed(call.now);
    assert!(call.estimator.target_bps() <= 1_000_000);
    call.path.delay = Duration::from_millis(180);
    let (estimate, _) = call.run(5.0);
    assert!(estimate > 1e6, "a longer path is no queue: {estimate}");
}
