//! A TURN server (RFC 8656) on the loopback address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use tokio::net::UdpSocket;
use tokio::runtime::Runtime;
use turn::auth::{AuthHandler, generate_auth_key};
use turn::relay::relay_static::RelayAddressGeneratorStatic;
use turn::server::Server;
use turn::server::config::{ConnConfig, ServerConfig};
use webrtc_util::vnet::net::Net;

use super::error::{Result, RigError};

/// Who may use it.
pub const USERNAME: &str = "ada";
/// And with which password.
pub const CREDENTIAL: &str = "lovelace";

const REALM: &str = "conclave.test";

/// A TURN server, in this process; gone when dropped.
pub struct TurnServer {
    _server: Server,
    _runtime: Runtime,
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
    directory: TempDir,
}

struct OnePerson {
    asked: Arc<AtomicUsize>,
}

impl AuthHandler for OnePerson {
    fn auth_handle(&self, username: &str, realm: &str, _: SocketAddr) -> std::result::Result<Vec<u8>, turn::Error> {
        if username != USERNAME {
            return Err(turn::Error::ErrNoSuchUser);
        }
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(generate_auth_key(username, realm, CREDENTIAL))
    }
}

impl TurnServer {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When the system gives no port.
    pub fn start() -> Result<Self> {
        let starting = || RigError::io("starting a TURN server");
        let directory = TempDir::with_prefix("conclave-turn-").map_err(starting())?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(starting())?;
        let socket = runtime.block_on(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))).map_err(starting())?;
        let address = socket.local_addr().map_err(starting())?;
        let asked = Arc::<AtomicUsize>::default();
        let relay = RelayAddressGeneratorStatic {
            relay_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            address: Ipv4Addr::LOCALHOST.to_string(),
            net: Arc::new(Net::new(None)),
        };
        let config = ServerConfig {
            conn_configs: vec![ConnConfig { conn: Arc::new(socket), relay_addr_generator: Box::new(relay) }],
            realm: REALM.to_owned(),
            auth_handler: Arc::new(OnePerson { asked: Arc::clone(&asked) }),
            // Zero is its default.
            channel_bind_timeout: Duration::ZERO,
            alloc_close_notify: None,
        };
        let server = runtime.block_on(Server::new(config));
        let server = server.map_err(|error| starting()(std::io::Error::other(error)))?;
        Ok(Self { _server: server, _runtime: runtime, address, asked, directory })
    }

    /// Its address, as lists of ICE servers have it (RFC 7065).
    #[must_use]
    pub fn url(&self) -> String {
        format!("turn:{}", self.address)
    }

    /// How many requests came with the right name.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// A list of ICE servers that has it alone, in a file.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn list(&self) -> Result<PathBuf> {
        let file = self.directory.path().join("ice-servers.json");
        let list = json!([{ "urls": [self.url()], "username": USERNAME, "credential": CREDENTIAL }]);
        std::fs::write(&file, list.to_string()).map_err(RigError::io("writing a list of ICE servers"))?;
        Ok(file)
    }
}
