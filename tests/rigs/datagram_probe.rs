//! Numbered, timed datagrams: what came of them shows what a network does.

use std::time::Duration;

/// The size of a probe datagram.
pub const PROBE_BYTES: usize = 200;

/// One datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbeDatagram {
    /// Its place among all.
    pub number: u32,
    /// When it was sent, on the machine's monotonic clock.
    pub sent: Duration,
}

impl ProbeDatagram {
    /// A datagram sent now.
    #[must_use]
    pub fn now(number: u32) -> Self {
        Self { number, sent: monotonic_now() }
    }

    /// Its bytes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; PROBE_BYTES] {
        let mut bytes = [0; PROBE_BYTES];
        let micros = u64::try_from(self.sent.as_micros()).unwrap_or(u64::MAX);
        let fields = self.number.to_be_bytes().into_iter().chain(micros.to_be_bytes());
        bytes.iter_mut().zip(fields).for_each(|(byte, field)| *byte = field);
        bytes
    }

    /// A datagram from its bytes, if they are of the right size.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (number, rest) = bytes.split_first_chunk::<4>()?;
        let (sent, _) = rest.split_first_chunk::<8>()?;
        (bytes.len() == PROBE_BYTES).then(|| Self {
            number: u32::from_be_bytes(*number),
            sent: Duration::from_micros(u64::from_be_bytes(*sent)),
        })
    }
}

/// The machine's monotonic clock: the same in all its processes.
#[must_use]
pub fn monotonic_now() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a timespec of ours.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), u32::try_from(time.tv_nsec).unwrap_or_default())
}
