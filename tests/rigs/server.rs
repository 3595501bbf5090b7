//! A real room server on a loopback port.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use serde::Deserialize;

use super::binaries::binaries;
use super::error::{Result, RigError};
use super::process::{Mark, Process, Signal};

/// How long a server may take to listen, or to stop.
const PATIENCE: Duration = Duration::from_secs(10);

const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A room server; stopped when dropped.
#[derive(Debug)]
pub struct Server {
    process: Process,
    address: SocketAddr,
    url: String,
}

/// The line a server prints when it is ready.
#[derive(Debug, Deserialize)]
struct Ready {
    listening: SocketAddr,
    url: String,
}

impl Server {
    /// Starts a server on a free port and waits until it listens.
    ///
    /// # Errors
    /// When it can't be built or started.
    pub fn start() -> Result<Self> {
        Self::start_on(ANY_PORT)
    }

    /// The same, logging what `filter` asks for, as `RUST_LOG` has it.
    ///
    /// # Errors
    /// When it can't be built or started.
    pub fn start_with_log_filter(filter: &str) -> Result<Self> {
        Self::start_at(ANY_PORT, filter)
    }

    /// The same, telling clients of the ICE servers listed in a file.
    ///
    /// # Errors
    /// When it can't be built or started.
    pub fn start_with_ice_servers(list: &Path) -> Result<Self> {
        let list = list.to_string_lossy();
        Self::start_with(ANY_PORT, "info", &["--ice-servers", &list])
    }

    /// Starts a server where another one was before.
    ///
    /// # Errors
    /// When it can't be built or started.
    pub fn start_on(address: SocketAddr) -> Result<Self> {
        Self::start_at(address, "info")
    }

    fn start_at(address: SocketAddr, log_filter: &str) -> Result<Self> {
        Self::start_with(address, log_filter, &[])
    }

    fn start_with(address: SocketAddr, log_filter: &str, further: &[&str]) -> Result<Self> {
        let mut command = Command::new(&binaries()?.server);
        command
            .args(["--listen", &address.to_string()])
            // Every participant of these tests has the same address; the limits an address have tests of their own.
            .arg("--exempt-loopback")
            .args(further)
            .env("RUST_LOG", log_filter);
        let process = Process::start("server", command)?;
        let text = process.wait_for_line("its address", Mark::default(), PATIENCE, |line| Some(line.text.clone()))?;
        let ready: Ready = serde_json::from_str(&text).map_err(|error| RigError::Unreadable {
            what: "the server's first line".to_owned(),
            reason: error.to_string(),
            text,
        })?;
        Ok(Self { process, address: ready.listening, url: ready.url })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it is called by: `http://HOST:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address of its signalling WebSocket.
    #[must_use]
    pub fn signalling_url(&self) -> String {
        format!("ws://{}/signal", self.address)
    }

    /// The program.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Kills it without warning and says where it was, for [`Server::start_on`].
    ///
    /// # Errors
    /// When it was gone already.
    pub fn kill(mut self) -> Result<SocketAddr> {
        self.process.signal(Signal::Kill)?;
        self.process.wait_for_exit(PATIENCE)?;
        Ok(self.address)
    }

    /// Holds it where it is: its sockets stay open, and nothing is read or said any more.
    ///
    /// # Errors
    /// When it is gone.
    pub fn freeze(&self) -> Result<()> {
        self.process.signal(Signal::Stop)
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// When it is gone.
    pub fn thaw(&self) -> Result<()> {
        self.process.signal(Signal::Continue)
    }

    /// Asks it to stop and waits until it has.
    ///
    /// # Errors
    /// When it doesn't in time.
    pub fn terminate(mut self) -> Result<ExitStatus> {
        self.process.signal(Signal::Terminate)?;
        self.process.wait_for_exit(PATIENCE)
    }

    /// Its figures by name, those with labels under `name{labels}`.
    ///
    /// # Errors
    /// When they can't be had or read.
    pub fn metrics(&self) -> Result<BTreeMap<String, f64>> {
        let text = self.get("/metrics")?;
        text.lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| {
                let parsed =
                    line.rsplit_once(' ').and_then(|(name, value)| Some((name.to_owned(), value.parse().ok()?)));
                parsed.ok_or_else(|| RigError::Unreadable {
                    what: "the server's metrics".to_owned(),
                    reason: format!("no figure in {line:?}"),
                    text: text.clone(),
                })
            })
            .collect()
    }

    /// One of its figures.
    ///
    /// # Errors
    /// When it can't be had, or there is none of that name.
    pub fn metric(&self, name: &str) -> Result<f64> {
        let metrics = self.metrics()?;
        metrics.get(name).copied().ok_or_else(|| RigError::Unreadable {
            what: "the server's metrics".to_owned(),
            reason: format!("no {name}"),
            text: format!("{metrics:#?}"),
        })
    }

    /// The body of a page.
    ///
    /// # Errors
    /// When it can't be had, or its status is not 200.
    pub fn get(&self, path: &str) -> Result<String> {
        let response = self.request(path).map_err(RigError::io(format!("getting {path}")))?;
        match response.split_once("\r\n\r\n") {
            Some((head, body)) if head.starts_with("HTTP/1.0 200") || head.starts_with("HTTP/1.1 200") => {
                Ok(body.to_owned())
            }
            _ => Err(RigError::Unreadable {
                what: format!("the server's {path}"),
                reason: "not a 200 response".to_owned(),
                text: response,
            }),
        }
    }

    fn request(&self, path: &str) -> std::io::Result<String> {
        let mut socket = TcpStream::connect_timeout(&self.address, PATIENCE)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        // HTTP/1.0: the body ends with the connection, whatever its framing.
        write!(socket, "GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address)?;
        let mut response = String::new();
        socket.read_to_string(&mut response)?;
        Ok(response)
    }
}
