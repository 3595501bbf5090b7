//! How many connections and joins each address may have.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::joins::JoinLimiter;
use crate::config::LoopbackClients;
use crate::limits::{Limits, MAX_REMEMBERED_ADDRESSES};

/// What is counted of all addresses. As large as there are connections, and as joins are remembered.
pub(crate) struct Addresses {
    sockets: Arc<Counts>,
    websockets: Arc<Counts>,
    joins: JoinLimiter,
    loopback: LoopbackClients,
}

impl Addresses {
    pub(crate) fn new(limits: &Limits, loopback: LoopbackClients) -> Arc<Self> {
        Arc::new(Self {
            sockets: Counts::new(limits.sockets_per_address),
            websockets: Counts::new(limits.connections_per_address),
            joins: JoinLimiter::new(limits.joins_per_minute_per_address, MAX_REMEMBERED_ADDRESSES),
            loopback,
        })
    }

    /// What is asked for one client at `address`.
    pub(crate) fn gate(self: &Arc<Self>, address: IpAddr) -> AddressGate {
        let address = address.to_canonical();
        let exempt = address.is_loopback() && self.loopback == LoopbackClients::Exempt;
        AddressGate { addresses: Arc::clone(self), counted_as: (!exempt).then(|| counted_as(address)) }
    }
}

/// One household or host has a whole IPv6 /64 to choose addresses from (RFC 6177): it counts as one.
fn counted_as(address: IpAddr) -> IpAddr {
    const SUBNET: u128 = !0 << 64;
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & SUBNET)),
    }
}

/// Asks the limits of one client's address.
#[derive(Clone)]
pub(crate) struct AddressGate {
    addresses: Arc<Addresses>,
    /// `None` for an address without limits.
    counted_as: Option<IpAddr>,
}

impl AddressGate {
    /// A slot for a TCP connection; `None` when the address has too many.
    pub(crate) fn socket_slot(&self) -> Option<Slot> {
        self.slot(&self.addresses.sockets)
    }

    /// A slot for a WebSocket; `None` when the address has too many.
    pub(crate) fn websocket_slot(&self) -> Option<Slot> {
        self.slot(&self.addresses.websockets)
    }

    /// Whether the address may join a room now; counts it if so.
    pub(crate) fn allows_join(&self) -> bool {
        self.counted_as.is_none_or(|address| self.addresses.joins.allows(address))
    }

    fn slot(&self, counts: &Arc<Counts>) -> Option<Slot> {
        match self.counted_as {
            Some(address) => counts.take(address),
            None => Some(Slot { held: None }),
        }
    }
}

/// How many of something each address has.
struct Counts {
    limit: usize,
    held: Mutex<HashMap<IpAddr, usize>>,
}

impl Counts {
    fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, held: Mutex::default() })
    }

    fn take(self: &Arc<Self>, address: IpAddr) -> Option<Slot> {
        let mut held = self.held();
        let count = held.entry(address).or_insert(0);
        if *count >= self.limit {
            return None;
        }
        *count += 1;
        Some(Slot { held: Some((Arc::clone(self), address)) })
    }

    fn release(&self, address: IpAddr) {
        let mut held = self.held();
        if let Some(count) = held.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                held.remove(&address);
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        // Nothing that holds the lock can panic half-way.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the connections that an address may have; given back when dropped.
pub(crate) struct Slot {
    held: Option<(Arc<Counts>, IpAddr)>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some((counts, address)) = self.held.take() {
            counts.release(address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(loopback: LoopbackClients) -> Arc<Addresses> {
        let limits = Limits { connections_per_address: 2, ..Limits::default() };
        Addresses::new(&limits, loopback)
    }

    fn gate(addresses: &Arc<Addresses>, address: &str) -> AddressGate {
        addresses.gate(address.parse().unwrap())
    }

    #[test]
    fn each_address_has_its_own_slots_and_gets_them_back() {
        let addresses = addresses(LoopbackClients::Limited);
        let (one, other) = (gate(&addresses, "192.0.2.1"), gate(&addresses, "192.0.2.2"));
        let first = one.websocket_slot().unwrap();
        let _second = one.websocket_slot().unwrap();
        assert!(one.websocket_slot().is_none());
        assert!(other.websocket_slot().is_some());
        drop(first);
        assert!(one.websocket_slot().is_some());
    }

    #[test]
    fn an_address_without_connections_is_forgotten() {
        let addresses = addresses(LoopbackClients::Limited);
        drop(gate(&addresses, "192.0.2.1").websocket_slot().unwrap());
        assert_eq!(addresses.websockets.held().len(), 0);
    }

    #[test]
    fn a_v6_subnet_and_a_mapped_v4_address_count_as_one() {
        let addresses = addresses(LoopbackClients::Limited);
        let _slots: Vec<_> = ["2001:db8::1", "2001:db8::ffff:2"]
            .map(|address| gate(&addresses, address).websocket_slot().unwrap())
            .into();
        assert!(gate(&addresses, "2001:db8::3").websocket_slot().is_none());
        assert!(gate(&addresses, "2001:db8:0:1::3").websocket_slot().is_some());
        let _slots: Vec<_> =
            ["192.0.2.1", "::ffff:192.0.2.1"].map(|address| gate(&addresses, address).websocket_slot().unwrap()).into();
        assert!(gate(&addresses, "192.0.2.1").websocket_slot().is_none());
    }

    #[test]
    fn loopback_is_exempt_only_when_told_so() {
        for (loopback, allowed) in [(LoopbackClients::Limited, 2), (LoopbackClients::Exempt, 9)] {
            let addresses = addresses(loopback);
            let slots: Vec<_> = (0..9).filter_map(|_| gate(&addresses, "127.0.0.1").websocket_slot()).collect();
            assert_eq!(slots.len(), allowed, "{loopback:?}");
            let others: Vec<_> = (0..9).filter_map(|_| gate(&addresses, "192.0.2.1").websocket_slot()).collect();
            assert_eq!(others.len(), 2, "{loopback:?}");
        }
    }
}
