//! How a link is to be built.

use std::sync::Arc;
use std::time::Duration;

use crate::network::Impairment;

/// How a link is to be built.
#[derive(Debug, Clone)]
pub struct LinkConfig {
    /// Who offers.
    pub role: Role,
    /// STUN and TURN servers to gather candidates with.
    pub ice_servers: Vec<IceServer>,
    /// Which of this machine's addresses to offer.
    pub interfaces: Interfaces,
    /// How long after both descriptions are known the link may take to connect, before it is given up as failed.
    pub connect_timeout: Duration,
    /// What becomes of outgoing datagrams; only tests and rehearsals set this.
    pub impairment: Option<Arc<dyn Impairment>>,
}

impl LinkConfig {
    /// A link that offers as `role` says, on every real interface, without any server.
    #[must_use]
    pub fn new(role: Role) -> Self {
        Self {
            role,
            ice_servers: Vec::new(),
            interfaces: Interfaces::AllReal,
            connect_timeout: Duration::from_secs(8),
            impairment: None,
        }
    }
}

/// Who offers, at the start and at every ICE restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// This end.
    Offerer,
    /// The other end.
    Answerer,
}

/// A STUN or TURN server.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IceServer {
    /// `stun:` (RFC 7064) and `turn:` (RFC 7065) URLs. TURN is reached by UDP only; URLs that ask for TCP or TLS are
    /// passed over.
    pub urls: Vec<String>,
    /// The TURN user; empty for STUN.
    pub username: String,
    /// The TURN password; empty for STUN.
    pub credential: String,
}

impl std::fmt::Debug for IceServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceServer").field("urls", &self.urls).finish_non_exhaustive()
    }
}

/// Which of this machine's addresses to offer as host candidates (RFC 8445 section 5.1.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interfaces {
    /// Those of every interface that is up, but not loopback, link-local or container bridges.
    AllReal,
    /// 127.0.0.1 only.
    LoopbackOnly,
    /// [`Interfaces::AllReal`] and 127.0.0.1.
    RealAndLoopback,
    /// None: the link goes through a TURN server, and the other end learns no address of this machine (the
    /// `iceTransportPolicy` `relay`, W3C WebRTC section 4.2.2). Servers are reached from all the others.
    RelayOnly,
}
