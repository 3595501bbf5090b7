//! A bottleneck with a queue, random loss, and others who use it too.

use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const OTHERS_PACKET_BYTES: usize = 1_200;
/// How fast a greedy flow takes more while nothing of it is lost, in bits a second each second.
const GREEDY_GROWTH_BPS: f64 = 400e3;

/// A path to the other end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path {
    /// Bits a second that leave the bottleneck.
    pub(super) rate_bps: f64,
    /// What waits before it at most, as time.
    pub(super) queue: Duration,
    /// One way.
    pub(super) delay: Duration,
    pub(super) random_loss: f64,
    pub(super) others: Others,
}

/// Who else sends through the bottleneck.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Others {
    None,
    /// So many bits a second, whatever happens.
    Steady(f64),
    /// More and more, and half of it after a loss, as TCP does.
    Greedy,
}

pub(super) struct Network {
    pub(super) path: Path,
    dice: ChaCha8Rng,
    busy_until: Instant,
    others_bps: f64,
    others_credit: f64,
    /// How long each packet of sound waited before the bottleneck.
    pub(super) waits: Vec<Duration>,
}

impl Network {
    pub(super) fn new(seed: u64, path: Path, now: Instant) -> Self {
        Self {
            path,
            dice: ChaCha8Rng::seed_from_u64(seed),
            busy_until: now,
            others_bps: 500e3,
            others_credit: 0.0,
            waits: Vec::new(),
        }
    }

    /// The others send what they do in `step`.
    pub(super) fn step(&mut self, now: Instant, step: Duration) {
        match self.path.others {
            Others::None => return,
            Others::Steady(bps) => self.others_bps = bps,
            Others::Greedy => self.others_bps += GREEDY_GROWTH_BPS * step.as_secs_f64(),
        }
        self.others_credit += self.others_bps / 8.0 * step.as_secs_f64();
        while self.others_credit >= OTHERS_PACKET_BYTES as f64 {
            self.others_credit -= OTHERS_PACKET_BYTES as f64;
            if self.pass(now, OTHERS_PACKET_BYTES).is_none() && self.path.others == Others::Greedy {
                self.others_bps /= 2.0;
                self.others_credit = 0.0;
            }
        }
    }

    fn wait(&self, now: Instant) -> Duration {
        self.busy_until.saturating_duration_since(now)
    }

    fn pass(&mut self, now: Instant, wire_bytes: usize) -> Option<Instant> {
        if self.wait(now) > self.path.queue {
            return None;
        }
        let takes = Duration::from_secs_f64(wire_bytes as f64 * 8.0 / self.path.rate_bps);
        self.busy_until = self.busy_until.max(now) + takes;
        Some(self.busy_until)
    }

    /// When a packet arrives; `None` when it does not.
    pub(super) fn send(&mut self, now: Instant, wire_bytes: usize) -> Option<Instant> {
        let at = self.pass(now, wire_bytes)?;
        (!self.dice.random_bool(self.path.random_loss)).then_some(at + self.path.delay)
    }

    pub(super) fn send_sound(&mut self, now: Instant, wire_bytes: usize) -> Option<Instant> {
        self.waits.push(self.wait(now));
        self.send(now, wire_bytes)
    }
}
