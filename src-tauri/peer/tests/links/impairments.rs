//! Bad networks.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use conclave_peer::{Fate, Impairment};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A cable that can be pulled.
#[derive(Debug, Default)]
pub(crate) struct Cable {
    is_pulled: AtomicBool,
}

impl Cable {
    pub(crate) fn pull(&self) {
        self.is_pulled.store(true, Ordering::SeqCst);
    }

    pub(crate) fn plug_in(&self) {
        self.is_pulled.store(false, Ordering::SeqCst);
    }
}

impl Impairment for Cable {
    fn fate(&self, _length_bytes: usize) -> Fate {
        match self.is_pulled.load(Ordering::SeqCst) {
            true => Fate::Drop,
            false => Fate::Deliver,
        }
    }
}

/// Holds datagrams and lets all of them go together, every so often.
#[derive(Debug)]
pub(crate) struct Batches {
    every: Duration,
    start: Instant,
}

impl Batches {
    pub(crate) fn new(every: Duration) -> Self {
        Self { every, start: Instant::now() }
    }
}

impl Impairment for Batches {
    fn fate(&self, _length_bytes: usize) -> Fate {
        let into = self.start.elapsed().as_micros() % self.every.as_micros();
        Fate::Delay(self.every - Duration::from_micros(u64::try_from(into).unwrap_or_default()))
    }
}

/// Loses a share of the datagrams, the same ones for the same seed.
#[derive(Debug)]
pub(crate) struct Loss {
    share: f64,
    dice: Mutex<ChaCha8Rng>,
}

impl Loss {
    pub(crate) fn new(share: f64, seed: u64) -> Self {
        Self { share, dice: Mutex::new(ChaCha8Rng::seed_from_u64(seed)) }
    }
}

impl Impairment for Loss {
    fn fate(&self, _length_bytes: usize) -> Fate {
        match self.dice.lock().unwrap().random_bool(self.share) {
            true => Fate::Drop,
            false => Fate::Deliver,
        }
    }
}

/// A narrow place in the path, with a queue before it.
#[derive(Debug)]
pub(crate) struct Bottleneck {
    rate_bps: f64,
    max_wait: Duration,
    free_at: Mutex<Instant>,
}

impl Bottleneck {
    pub(crate) fn new(rate_bps: f64, max_wait: Duration) -> Self {
        Self { rate_bps, max_wait, free_at: Mutex::new(Instant::now()) }
    }
}

impl Impairment for Bottleneck {
    fn fate(&self, length_bytes: usize) -> Fate {
        let now = Instant::now();
        let mut free_at = self.free_at.lock().unwrap();
        let begins = (*free_at).max(now);
        if begins - now > self.max_wait {
            return Fate::Drop;
        }
        *free_at = begins + Duration::from_secs_f64((length_bytes + 28) as f64 * 8.0 / self.rate_bps);
        Fate::Delay(*free_at - now)
    }
}
