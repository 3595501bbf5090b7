//! A server on a free port of loopback, and what a browser or a scraper gets from it.

use std::net::SocketAddr;

use conclave_server::{RunningServer, Server, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::within;

pub(crate) fn loopback() -> ServerConfig {
    ServerConfig { listen: "127.0.0.1:0".parse().unwrap(), ..ServerConfig::default() }
}

pub(crate) async fn started(config: ServerConfig) -> RunningServer {
    Server::bind(config).await.unwrap().start()
}

/// An HTTP answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) bytes: Vec<u8>,
    /// The same as text, as far as it is text.
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

pub(crate) async fn get(server: SocketAddr, path: &str) -> Answer {
    get_with(server, path, "").await
}

/// With further lines of the request's head.
pub(crate) async fn get_with(server: SocketAddr, path: &str, head: &str) -> Answer {
    ask(TcpStream::connect(server).await.unwrap(), &server.to_string(), path, head).await
}

/// Over a connection that is there.
pub(crate) async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, host: &str, path: &str, head: &str) -> Answer {
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{head}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head and a body");
    let bytes = answer.split_off(end + 4);
    let head = String::from_utf8(answer).expect("a head of text");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, head, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
}

/// The value of one sample, as `name{label="value"}`.
pub(crate) async fn metric(server: SocketAddr, sample: &str) -> Option<u64> {
    let text = get(server, "/metrics").await.body;
    let mut samples = text.lines().filter_map(|line| line.rsplit_once(' '));
    samples.find(|(name, _)| *name == sample).and_then(|(_, value)| value.parse().ok())
}
