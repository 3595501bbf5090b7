//! Room servers in this program, started when a room needs one.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use conclave_call::protocol::invite::ServerAddress;
use conclave_server::config::DEFAULT_PORT;
use conclave_server::{RunningServer, Server, ServerConfig};
use tokio::sync::Mutex;

use super::RoomError;

/// Addresses of documentation (RFC 5737): nothing is sent there, the system only says which way it would go.
const SOMEWHERE_ELSE: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 9);

/// For whom a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Others on this computer.
    ThisComputer,
    /// The computers of its network, too.
    LocalNetwork,
}

/// Links of former starts may each want a port of their own; more than this are not started.
const MAX_SERVERS: usize = 8;

/// The servers that run.
#[derive(Default)]
pub struct Hosting {
    running: Mutex<Vec<RunningServer>>,
}

impl Hosting {
    /// The address of a server for this audience, started if there is none where this computer is now.
    ///
    /// # Errors
    /// [`RoomError::NoNetwork`], [`RoomError::NotHosted`].
    pub async fn server(&self, audience: Audience) -> Result<ServerAddress, RoomError> {
        let ip = address_for(audience)?;
        let mut running = self.running.lock().await;
        if audience == Audience::LocalNetwork {
            leave_former_networks(&mut running).await;
        }
        if let Some(server) = running.iter().find(|server| server.listening().ip() == ip) {
            return Ok(server.url().clone());
        }
        // The usual port first, so that links are good for the next start, too.
        let server = match start(ip, DEFAULT_PORT).await {
            Ok(server) => server,
            Err(RoomError::NotHosted) => start(ip, 0).await?,
            Err(error) => return Err(error),
        };
        let url = server.url().clone();
        running.push(server);
        Ok(url)
    }

    /// Starts the server again that a room of this device was made on, if it was one of this program's. Says nothing of
    /// whether there is one now: joining does.
    pub async fn revive(&self, address: &ServerAddress) {
        let Some(socket) = own_address(address) else { return };
        let mut running = self.running.lock().await;
        if !socket.ip().is_loopback() {
            leave_former_networks(&mut running).await;
        }
        if running.len() >= MAX_SERVERS || running.iter().any(|server| server.listening() == socket) {
            return;
        }
        match start(socket.ip(), socket.port()).await {
            Ok(server) => running.push(server),
            // Another program's, mostly: conclave-server, or the app of somebody else on this computer.
            Err(error) => tracing::info!(%error, "the room's server was not started again"),
        }
    }

    /// Stops all of them and waits for it.
    pub async fn shutdown(&self) {
        for server in std::mem::take(&mut *self.running.lock().await) {
            server.shutdown().await;
        }
    }
}

/// Stops the servers at addresses that this computer had in another network, where nobody reaches them any more. One that
/// it still has, though a VPN is the usual way now, may have a call.
async fn leave_former_networks(running: &mut Vec<RunningServer>) {
    let former = running.extract_if(.., |server| !is_own(server.listening().ip()));
    for server in former.collect::<Vec<_>>() {
        server.shutdown().await;
    }
}

/// Whether this computer has the address: the system lets no other be listened on.
fn is_own(ip: IpAddr) -> bool {
    UdpSocket::bind((ip, 0)).is_ok()
}

async fn start(ip: IpAddr, port: u16) -> Result<RunningServer, RoomError> {
    let config = ServerConfig { listen: SocketAddr::new(ip, port), ..ServerConfig::default() };
    let server = Server::bind(config).await.map_err(|error| {
        tracing::info!(%error, "no room server");
        RoomError::NotHosted
    })?;
    tracing::info!(listening = %server.listening(), "a room server was started");
    Ok(server.start())
}

fn address_for(audience: Audience) -> Result<IpAddr, RoomError> {
    match audience {
        Audience::ThisComputer => Ok(Ipv4Addr::LOCALHOST.into()),
        Audience::LocalNetwork => network_address().ok_or(RoomError::NoNetwork),
    }
}

/// This computer's address in the network that its other connections take. Only that one is listened on: not those of
/// virtual networks or of a second, public one.
fn network_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(SOMEWHERE_ELSE).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_unspecified() && !ip.is_loopback()).then_some(ip)
}

/// Where a server at this address would listen; `None` when it isn't this program's to start.
fn own_address(address: &ServerAddress) -> Option<SocketAddr> {
    // Servers of this program have plain addresses with a port.
    let socket: SocketAddr = address.authority().parse().ok()?;
    let is_own = socket.ip() == IpAddr::from(Ipv4Addr::LOCALHOST) || network_address() == Some(socket.ip());
    (is_own && !address.to_string().starts_with("https")).then_some(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_is_started_once_and_serves_this_computer_only() {
        let hosting = Hosting::default();
        let address = hosting.server(Audience::ThisComputer).await.unwrap();
        assert!(address.is_loopback());
        assert_eq!(hosting.server(Audience::ThisComputer).await.unwrap(), address);
        hosting.shutdown().await;
    }

    #[tokio::test]
    async fn the_server_of_an_old_link_comes_back_at_its_port() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = ServerAddress::parse(&format!("http://127.0.0.1:{port}")).unwrap();
        let hosting = Hosting::default();
        hosting.revive(&address).await;
        assert_eq!(hosting.server(Audience::ThisComputer).await.unwrap(), address);
        hosting.shutdown().await;
    }

    #[tokio::test]
    async fn links_of_two_starts_have_a_server_each() {
        let hosting = Hosting::default();
        let address = hosting.server(Audience::ThisComputer).await.unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        hosting.revive(&ServerAddress::parse(&format!("http://127.0.0.1:{port}")).unwrap()).await;
        hosting.revive(&address).await;
        let listening: Vec<_> = hosting.running.lock().await.iter().map(|server| server.listening().port()).collect();
        assert_eq!((listening.len(), listening[1]), (2, port));
        hosting.shutdown().await;
    }

    #[test]
    fn an_address_that_this_computer_has_is_told_from_one_that_it_had() {
        assert!(is_own(Ipv4Addr::LOCALHOST.into()));
        assert!(network_address().is_none_or(is_own));
        // Of documentation: nobody has it.
        assert!(!is_own(Ipv4Addr::new(192, 0, 2, 7).into()));
    }

    #[test]
    fn servers_elsewhere_are_not_started() {
        for address in
            ["https://rooms.example.org", "http://192.0.2.7:7000", "https://127.0.0.1:7000", "http://localhost:7000"]
        {
            assert_eq!(own_address(&ServerAddress::parse(address).unwrap()), None, "{address}");
        }
    }
}
