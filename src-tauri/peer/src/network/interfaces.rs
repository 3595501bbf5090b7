//! Which local addresses a link is bound to.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};

use rtc::shared::ifaces::ifaces;

use crate::config::Interfaces;

/// Addresses a link is bound to at most: each is a socket, and a candidate to be checked against each of the other
/// end's.
const MAX_ADDRESSES: usize = 8;

/// Interfaces that lead only to containers and virtual machines on this machine.
const BRIDGE_PREFIXES: [&str; 10] =
    ["docker", "br-", "veth", "virbr", "vboxnet", "vmnet", "lxc", "lxd", "cni", "podman"];

/// The local addresses, looked up whenever they are asked for: an ICE restart binds anew, on the network that is there
/// then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocalAddresses(pub(crate) Interfaces);

impl ToSocketAddrs for LocalAddresses {
    type Iter = std::vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let mut addresses = Vec::new();
        if self.0 != Interfaces::LoopbackOnly {
            addresses.extend(
                ifaces()?
                    .into_iter()
                    .filter(|interface| is_real(&interface.name) && is_up(&interface.name))
                    .filter_map(|interface| interface.addr.map(|address| address.ip()))
                    .filter(is_reachable),
            );
            addresses.sort_by_key(IpAddr::is_ipv6);
            addresses.dedup();
            addresses.truncate(MAX_ADDRESSES);
        }
        if self.0 != Interfaces::AllReal {
            addresses.push(loopback);
        }
        if addresses.is_empty() {
            // Without a network a link still needs a socket, or it could not be restarted once there is one.
            addresses.push(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        }
        let sockets: Vec<_> = addresses.into_iter().map(|ip| SocketAddr::new(ip, 0)).collect();
        Ok(sockets.into_iter())
    }
}

fn is_real(name: &str) -> bool {
    !BRIDGE_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether the system says that the interface is not down; where it says nothing, it is up.
fn is_up(name: &str) -> bool {
    // The name comes from the system, but a path must not be built from anything with a separator in it.
    if name.contains('/') || name.starts_with('.') {
        return false;
    }
    std::fs::read_to_string(format!("/sys/class/net/{name}/operstate")).map_or(true, |state| state.trim() != "down")
}

/// Whether another machine could reach the address: not loopback, link-local (RFC 3927, RFC 4291 section 2.5.6),
/// multicast or unspecified.
fn is_reachable(address: &IpAddr) -> bool {
    if address.is_loopback() || address.is_unspecified() || address.is_multicast() {
        return false;
    }
    match address {
        IpAddr::V4(address) => !address.is_link_local() && !address.is_broadcast(),
        IpAddr::V6(address) => !address.is_unicast_link_local() && address.to_ipv4_mapped().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_only_is_one_ipv4_address_with_a_port_of_the_system_s_choice() {
        let addresses: Vec<_> = LocalAddresses(Interfaces::LoopbackOnly).to_socket_addrs().unwrap().collect();
        assert_eq!(addresses, [SocketAddr::from(([127, 0, 0, 1], 0))]);
    }

    #[test]
    fn real_interfaces_never_include_loopback_or_link_local_addresses() {
        let addresses: Vec<_> = LocalAddresses(Interfaces::AllReal).to_socket_addrs().unwrap().collect();
        assert!(!addresses.is_empty());
        assert!(addresses.len() <= MAX_ADDRESSES);
        for address in addresses {
            assert!(address.ip().is_unspecified() || is_reachable(&address.ip()), "{address}");
        }
    }

    #[test]
    fn addresses_that_lead_nowhere_are_not_offered() {
        for text in ["127.0.0.1", "169.254.3.4", "0.0.0.0", "224.0.0.1", "::1", "fe80::1", "::", "::ffff:10.0.0.1"] {
            assert!(!is_reachable(&text.parse().unwrap()), "{text}");
        }
        for text in ["192.168.1.5", "10.0.0.1", "203.0.113.9", "2001:db8::1", "fd00::1"] {
            assert!(is_reachable(&text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn container_bridges_are_not_real_but_tunnels_are() {
        for name in ["docker0", "br-1f3a", "veth12ab", "virbr0"] {
            assert!(!is_real(name), "{name}");
        }
        for name in ["eth0", "wlp2s0", "enp3s0", "tun0", "wg0", "en0"] {
            assert!(is_real(name), "{name}");
        }
    }
}
