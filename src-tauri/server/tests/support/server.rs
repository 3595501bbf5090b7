//! A server on a free port of loopback, and what a browser or a scraper gets from it.

use std::net::SocketAddr;

use conclave_server::{RunningServer, Server, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
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
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

pub(crate) async fn get(server: SocketAddr, path: &str) -> Answer {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {server}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within(stream.read_to_string(&mut answer)).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// The value of one sample, as `name{label="value"}`.
pub(crate) async fn metric(server: SocketAddr, sample: &str) -> Option<u64> {
    let text = get(server, "/metrics").await.body;
    let mut samples = text.lines().filter_map(|line| line.rsplit_once(' '));
    samples.find(|(name, _)| *name == sample).and_then(|(_, value)| value.parse().ok())
}
