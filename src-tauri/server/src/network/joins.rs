//! How often each address may join.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock, Reference as _};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

/// How long addresses that haven't joined lately stay remembered at most.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);
/// How often a full memory is searched for addresses to forget: a search costs as much as the memory is large.
const FULL_SWEEP_INTERVAL: Duration = Duration::from_secs(1);

/// Joins a minute an address, over a bounded number of addresses.
pub(super) struct JoinLimiter<C: Clock = MonotonicClock> {
    limiter: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    capacity: usize,
    swept: Mutex<C::Instant>,
}

impl JoinLimiter {
    pub(super) fn new(joins_per_minute: NonZeroU32, capacity: usize) -> Self {
        Self::with_clock(joins_per_minute, capacity, MonotonicClock)
    }
}

impl<C: Clock + Clone> JoinLimiter<C> {
    fn with_clock(joins_per_minute: NonZeroU32, capacity: usize, clock: C) -> Self {
        let quota = Quota::per_minute(joins_per_minute);
        Self {
            limiter: RateLimiter::new(quota, HashMapStateStore::default(), clock.clone()),
            swept: Mutex::new(clock.now()),
            clock,
            capacity,
        }
    }

    /// Whether this address may join now; counts it if so. When too many addresses are remembered, none may.
    pub(super) fn allows(&self, address: IpAddr) -> bool {
        self.sweep();
        self.limiter.len() < self.capacity && self.limiter.check_key(&address).is_ok()
    }

    fn sweep(&self) {
        let interval = if self.limiter.len() < self.capacity { SWEEP_INTERVAL } else { FULL_SWEEP_INTERVAL };
        let now = self.clock.now();
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        if Duration::from(now.duration_since(*swept)) >= interval {
            *swept = now;
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use governor::clock::FakeRelativeClock;

    use super::*;

    fn address(number: u32) -> IpAddr {
        Ipv4Addr::from_bits(0xC000_0200 + number).into()
    }

    fn limiter(capacity: usize) -> (JoinLimiter<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (JoinLimiter::with_clock(NonZeroU32::new(30).unwrap(), capacity, clock.clone()), clock)
    }

    #[test]
    fn thirty_joins_a_minute_and_then_one_every_two_seconds() {
        let (limiter, clock) = limiter(10);
        assert_eq!((0..40).filter(|_| limiter.allows(address(1))).count(), 30);
        assert!(limiter.allows(address(2)), "another address is not affected");
        clock.advance(Duration::from_secs(2));
        assert_eq!((0..40).filter(|_| limiter.allows(address(1))).count(), 1);
        clock.advance(Duration::from_secs(60));
        assert_eq!((0..40).filter(|_| limiter.allows(address(1))).count(), 30);
    }

    #[test]
    fn only_so_many_addresses_are_remembered_and_those_not_for_long() {
        let (limiter, clock) = limiter(10);
        assert_eq!((0..20).filter(|&number| limiter.allows(address(number))).count(), 10);
        assert_eq!(limiter.limiter.len(), 10);
        clock.advance(Duration::from_secs(5));
        assert!(limiter.allows(address(20)), "those before have earned their join back, and are forgotten");
        assert_eq!(limiter.limiter.len(), 1);
        clock.advance(SWEEP_INTERVAL);
        limiter.allows(address(21));
        assert_eq!(limiter.limiter.len(), 1);
    }
}
