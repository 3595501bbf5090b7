//! A server, from binding its port to stopping.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use conclave_protocol::invite::{InvalidServerAddress, ServerAddress};
use conclave_protocol::signalling::IceServer;
use rand::rngs::StdRng;
use rand::{RngCore as _, SeedableRng as _};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::ServerConfig;
use crate::http::{App, OwnPages, router};
use crate::hub::Hub;
use crate::limits::MAX_ICE_SERVERS_BYTES;
use crate::metrics::Metrics;
use crate::network::{Addresses, Listener};
use crate::orders::HostKeyVerifier;
use crate::registry::Registry;
use crate::tls::{Certificate, Tls, TlsError, Upkeep};

/// Why a server can't be started.
#[derive(Debug, Error)]
pub enum BindError {
    /// The address can't be listened on.
    #[error("can't listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The address where it listens makes no URL.
    #[error(transparent)]
    Address(#[from] InvalidServerAddress),
    /// The list of ICE servers would not fit in a welcome.
    #[error("the ICE servers are larger than {MAX_ICE_SERVERS_BYTES} bytes of JSON")]
    IceServers,
    /// The system gives no random bytes to draw tokens from.
    #[error("no random bytes from the system: {0}")]
    Randomness(String),
    /// There can be no TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The metrics can't be set up.
    #[error("the metrics can't be set up: {0}")]
    Metrics(#[from] prometheus::Error),
}

/// A server that holds its port and answers nobody yet.
pub struct Server {
    listening: SocketAddr,
    url: ServerAddress,
    listener: Listener,
    upkeep: Option<Upkeep>,
    app: Arc<App>,
}

impl Server {
    /// Takes the port.
    ///
    /// # Errors
    /// [`BindError`] when it can't be had, or the configuration makes no sense.
    pub async fn bind(config: ServerConfig) -> Result<Self, BindError> {
        check_ice_servers(&config.rooms.ice_servers)?;
        let mut random = StdRng::try_from_os_rng().map_err(|error| BindError::Randomness(error.to_string()))?;
        let ids = move || {
            let mut bytes = [0; 16];
            random.fill_bytes(&mut bytes);
            bytes
        };
        let metrics = Metrics::new()?;
        let tls = config.certificate.as_ref().map(Tls::new).transpose()?;
        let (acceptor, upkeep) = tls.map(|tls| (tls.acceptor, tls.upkeep)).unzip();
        let listen = |source| BindError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
        let listening = listener.local_addr().map_err(listen)?;
        let url = match config.public_url {
            Some(url) => url,
            None => ServerAddress::parse(&address(listening, config.certificate.as_ref()))?,
        };
        let addresses = Addresses::new(&config.limits, config.loopback, &config.trusted_proxies);
        Ok(Self {
            listening,
            listener: Listener::new(listener, acceptor, addresses, config.limits.clone(), metrics.clone()),
            upkeep,
            app: Arc::new(App {
                hub: Hub::new(Registry::new(config.rooms, ids, HostKeyVerifier), metrics.clone()),
                limits: config.limits,
                metrics,
                own_pages: OwnPages::of(&url),
                tls: config.certificate.is_some(),
            }),
            url,
        })
    }

    /// The address and port that it holds.
    #[must_use]
    pub fn listening(&self) -> SocketAddr {
        self.listening
    }

    /// How clients reach it: the public URL, or else one made of where it listens.
    #[must_use]
    pub fn url(&self) -> &ServerAddress {
        &self.url
    }

    /// Serves until `stop` is ready. Then nobody new is let in, everyone is told
    /// [`ShuttingDown`](conclave_protocol::signalling::SignallingError::ShuttingDown), and within twice
    /// [`Limits::close_timeout`](crate::limits::Limits::close_timeout) this returns.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let (stopping, stopped) = watch::channel(false);
        let app = Arc::clone(&self.app);
        let upkeep = self.upkeep;
        let stop = async {
            tokio::select! {
                () = stop => {}
                () = app.hub.run() => {}
                never = keep(upkeep) => match never {},
            }
            app.hub.stop();
            stopping.send_replace(true);
        };
        let (open, ()) = tokio::join!(self.listener.accept(router(self.app), stopped), stop);
        open.closed_within(2 * app.limits.close_timeout).await;
    }

    /// Serves in the background, on the runtime that this is called in.
    #[must_use]
    pub fn start(self) -> RunningServer {
        let (listening, url) = (self.listening, self.url.clone());
        let (stop, mut stopped) = watch::channel(());
        // Ready when the sender is dropped; nothing is ever sent.
        let task = tokio::spawn(self.serve(async move { while stopped.changed().await.is_ok() {} }));
        RunningServer { listening, url, stop, task }
    }
}

/// A server in the background. Dropping it stops the server too, without waiting.
pub struct RunningServer {
    listening: SocketAddr,
    url: ServerAddress,
    stop: watch::Sender<()>,
    task: JoinHandle<()>,
}

impl RunningServer {
    /// See [`Server::listening`].
    #[must_use]
    pub fn listening(&self) -> SocketAddr {
        self.listening
    }

    /// See [`Server::url`].
    #[must_use]
    pub fn url(&self) -> &ServerAddress {
        &self.url
    }

    /// Stops as [`Server::serve`] says, and waits for it.
    pub async fn shutdown(self) {
        drop(self.stop);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the server did not stop in order");
        }
    }
}

async fn keep(upkeep: Option<Upkeep>) -> Infallible {
    match upkeep {
        Some(upkeep) => upkeep.run().await,
        None => pending().await,
    }
}

/// How clients reach a server that has no public URL: by its certificate's first domain, or by where it listens.
fn address(listening: SocketAddr, certificate: Option<&Certificate>) -> String {
    match certificate {
        None => format!("http://{}", reachable(listening)),
        Some(Certificate::Files(_)) => format!("https://{}", reachable(listening)),
        Some(Certificate::Acme(acme)) => format!("https://{}:{}", acme.domain, listening.port()),
    }
}

/// An address that stands for all of a computer's is reached from it by loopback.
fn reachable(listening: SocketAddr) -> SocketAddr {
    let ip = match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listening.port())
}

fn check_ice_servers(servers: &[IceServer]) -> Result<(), BindError> {
    match serde_json::to_string(servers) {
        Ok(json) if json.len() <= MAX_ICE_SERVERS_BYTES => Ok(()),
        _ => Err(BindError::IceServers),
    }
}
