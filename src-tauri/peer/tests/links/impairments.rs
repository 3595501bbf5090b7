//! Bad networks.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

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
