//! How many connections and joins each address may have.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::HeaderMap;

use super::joins::JoinLimiter;
use crate::config::LoopbackClients;
use crate::limits::{Limits, MAX_REMEMBERED_ADDRESSES};

/// The header in which proxies name the client: <https://developer.mozilla.org/docs/Web/HTTP/Headers/X-Forwarded-For>
const FORWARDED_FOR: &str = "x-forwarded-for";

/// What is counted of all addresses. As large as there are connections, and as joins are remembered.
pub(crate) struct Addresses {
    sockets: Arc<Counts>,
    websockets: Arc<Counts>,
    joins: JoinLimiter,
    loopback: LoopbackClients,
    proxies: Vec<IpAddr>,
}

impl Addresses {
    pub(crate) fn new(limits: &Limits, loopback: LoopbackClients, proxies: &[IpAddr]) -> Arc<Self> {
        Arc::new(Self {
            sockets: Counts::new(limits.sockets_per_address),
            websockets: Counts::new(limits.connections_per_address),
            joins: JoinLimiter::new(limits.joins_per_minute_per_address, MAX_REMEMBERED_ADDRESSES),
            loopback,
            proxies: proxies.iter().map(IpAddr::to_canonical).collect(),
        })
    }

    /// What is asked for the connections of one client at `address`.
    pub(crate) fn gate(self: &Arc<Self>, address: IpAddr) -> AddressGate {
        let address = address.to_canonical();
        let addresses = Arc::clone(self);
        if self.proxies.contains(&address) {
            // One connection carries requests of many people, each of whom is counted for their own.
            return AddressGate { addresses, counted_as: None, proxy: Some(address) };
        }
        let exempt = address.is_loopback() && self.loopback == LoopbackClients::Exempt;
        AddressGate { addresses, counted_as: (!exempt).then(|| counted_as(address)), proxy: None }
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
    /// The trusted proxy at the other end of the connection, if there is one.
    proxy: Option<IpAddr>,
}

impl AddressGate {
    /// The gate for one request. A trusted proxy names whom it speaks for in the last entry of `X-Forwarded-For`; what
    /// is before that, anyone may have written. Who is not named is counted as the proxy. Anyone else speaks for
    /// themselves, whatever they write there.
    pub(crate) fn of_request(&self, headers: &HeaderMap) -> Self {
        let Some(proxy) = self.proxy else { return self.clone() };
        let forwarded = headers.get_all(FORWARDED_FOR).iter().next_back().and_then(|value| value.to_str().ok());
        let client = forwarded.and_then(|list| list.rsplit(',').next()).and_then(|last| last.trim().parse().ok());
        let address = client.map_or(proxy, |client: IpAddr| client.to_canonical());
        Self { counted_as: Some(counted_as(address)), ..self.clone() }
    }

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
        Addresses::new(&limits, loopback, &["192.0.2.80".parse().unwrap()])
    }

    fn forwarded(lists: &[&str]) -> HeaderMap {
        lists
            .iter()
            .map(|list| (hyper::header::HeaderName::from_static(FORWARDED_FOR), list.parse().unwrap()))
            .collect()
    }

    #[test]
    fn whom_a_trusted_proxy_speaks_for_is_counted_by_its_last_word() {
        let addresses = addresses(LoopbackClients::Limited);
        let proxy = gate(&addresses, "192.0.2.80");
        let sockets: Vec<_> = (0..9).map(|_| proxy.socket_slot().unwrap()).collect();
        assert_eq!(sockets.len(), 9, "its connections carry many people's requests");
        for (lists, counted) in [
            (["198.51.100.7"].as_slice(), "198.51.100.7"),
            (&["203.0.113.1, 198.51.100.7"], "198.51.100.7"),
            (&["203.0.113.1", "203.0.113.9,198.51.100.7"], "198.51.100.7"),
            (&["2001:db8::5"], "2001:db8::"),
            (&["nonsense"], "192.0.2.80"),
            (&[""], "192.0.2.80"),
            (&[], "192.0.2.80"),
        ] {
            let request = proxy.of_request(&forwarded(lists));
            assert_eq!(request.counted_as, Some(counted.parse().unwrap()), "{lists:?}");
        }
    }

    #[test]
    fn nobody_else_is_believed_whom_they_speak_for() {
        let addresses = addresses(LoopbackClients::Exempt);
        for (address, counted) in [("198.51.100.7", Some("198.51.100.7")), ("127.0.0.1", None)] {
            let request = gate(&addresses, address).of_request(&forwarded(&["203.0.113.1"]));
            assert_eq!(request.counted_as, counted.map(|address| address.parse().unwrap()));
        }
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
