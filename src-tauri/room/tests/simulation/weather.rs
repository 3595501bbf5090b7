//! How bad the network is.

use std::ops::RangeInclusive;
use std::time::Duration;

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

/// How bad the network is. Probabilities are from 0 to 1.
#[derive(Debug, Clone)]
pub(crate) struct Weather {
    /// How long a message travels, in milliseconds.
    pub(crate) delay_ms: RangeInclusive<u64>,
    /// How likely a signal is overtaken by later ones.
    pub(crate) overtaken: f64,
    /// How likely a socket can't be opened.
    pub(crate) refused: f64,
    /// How likely nothing at all comes of opening a socket.
    pub(crate) unanswered: f64,
    /// How likely a connection between two participants never comes up, nor fails.
    pub(crate) stuck: f64,
    /// How likely it fails at once.
    pub(crate) fails: f64,
    /// How likely a device can't be opened.
    pub(crate) device_fails: f64,
    /// How likely a resume token is mangled.
    pub(crate) token_mangled: f64,
}

impl Weather {
    pub(crate) fn fair() -> Self {
        Self {
            delay_ms: 5..=50,
            overtaken: 0.0,
            refused: 0.0,
            unanswered: 0.0,
            stuck: 0.0,
            fails: 0.0,
            device_fails: 0.0,
            token_mangled: 0.0,
        }
    }

    /// Nothing is lost, but all is slow and signals come in any order.
    pub(crate) fn slow(rng: &mut ChaCha8Rng) -> Self {
        let slowest = rng.random_range(100..=800);
        Self { delay_ms: 5..=slowest, overtaken: rng.random_range(0.0..0.5), ..Self::fair() }
    }

    pub(crate) fn bad(rng: &mut ChaCha8Rng) -> Self {
        let slowest = rng.random_range(20..=1500);
        Self {
            delay_ms: 1..=slowest,
            overtaken: rng.random_range(0.0..0.4),
            refused: rng.random_range(0.0..0.5),
            unanswered: rng.random_range(0.0..0.2),
            stuck: rng.random_range(0.0..0.4),
            fails: rng.random_range(0.0..0.3),
            device_fails: rng.random_range(0.0..0.5),
            token_mangled: if rng.random_bool(0.2) { 0.2 } else { 0.0 },
        }
    }

    /// As bad, but with a server that answers, and that knows its clients.
    pub(crate) fn lossy(rng: &mut ChaCha8Rng) -> Self {
        Self { refused: 0.0, unanswered: 0.0, token_mangled: 0.0, ..Self::bad(rng) }
    }

    pub(crate) fn delay(&self, rng: &mut ChaCha8Rng) -> Duration {
        Duration::from_millis(rng.random_range(self.delay_ms.clone()))
    }
}
