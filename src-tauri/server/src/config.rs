//! What a server is started with.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use conclave_protocol::invite::ServerAddress;

use crate::limits::Limits;
use crate::registry::RegistryConfig;
use crate::tls::Certificate;

/// The port that a server listens on when nothing else is said.
pub const DEFAULT_PORT: u16 = 7000;

/// What a server is started with.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// How clients reach the server, when that differs from where it listens.
    pub public_url: Option<ServerAddress>,
    /// The certificate for TLS; without one the server speaks plain HTTP.
    pub certificate: Option<Certificate>,
    /// Whether limits an address hold for clients on this computer.
    pub loopback: LoopbackClients,
    /// Proxies on the way to clients, which are believed whom they speak for (`X-Forwarded-For`).
    pub trusted_proxies: Vec<IpAddr>,
    /// What one client may do.
    pub limits: Limits,
    /// What bounds the rooms, and the ICE servers to tell clients of.
    pub rooms: RegistryConfig,
}

impl Default for ServerConfig {
    /// Port 7000 on loopback, with the protocol's limits.
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, DEFAULT_PORT).into(),
            public_url: None,
            certificate: None,
            loopback: LoopbackClients::default(),
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
            rooms: RegistryConfig::default(),
        }
    }
}

/// Whether the limits an address hold for loopback addresses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LoopbackClients {
    /// They do.
    #[default]
    Limited,
    /// They don't: for tests and load on one computer, and behind a proxy on it that limits by itself.
    Exempt,
}
