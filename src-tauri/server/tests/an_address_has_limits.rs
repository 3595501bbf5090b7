//! What one address may have and do, and that this computer's own may be exempt.

use std::io;
use std::num::NonZeroU32;
use std::time::Duration;

use conclave_protocol::signalling::{ClientMessage, SignallingError};
use conclave_server::{Limits, LoopbackClients, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::client::{Client, Joined, room};
use crate::support::server::{get, loopback, metric, started};
use crate::support::within;

#[tokio::test]
async fn the_twenty_first_connection_is_turned_away_until_one_ends() {
    let server = started(loopback()).await;
    let address = server.listening();
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(Joined::new_alone(address, open.len()).await);
    }
    let refused = Client::connect(address).await.refused().await;
    assert_eq!(refused, SignallingError::TooManyConnections);
    let mut leaving = open.pop().unwrap().client;
    leaving.say(ClientMessage::Leave).await;
    assert_eq!(leaving.closed().await, 1000);
    Joined::new_alone(address, 20).await;
}

#[tokio::test]
async fn an_address_joins_only_so_often() {
    let limits = Limits { joins_per_minute_per_address: NonZeroU32::new(3).unwrap(), ..Limits::default() };
    let server = started(ServerConfig { limits, ..loopback() }).await;
    let address = server.listening();
    for room in 0..3 {
        Joined::new_alone(address, room).await;
    }
    let mut fourth = Client::connect(address).await;
    fourth.say(ClientMessage::hello(room(9), None)).await;
    assert_eq!(fourth.refused().await, SignallingError::TooManyConnections);
}

#[tokio::test]
async fn loopback_is_exempt_when_told_so() {
    let limits = Limits {
        connections_per_address: 1,
        sockets_per_address: 1,
        joins_per_minute_per_address: NonZeroU32::MIN,
        ..Limits::default()
    };
    let server = started(ServerConfig { limits, loopback: LoopbackClients::Exempt, ..loopback() }).await;
    let mut open = Vec::new();
    for room in 0..5 {
        open.push(Joined::new_alone(server.listening(), room).await);
    }
}

#[tokio::test]
async fn an_address_has_only_so_many_sockets() {
    let limits = Limits { sockets_per_address: 2, ..Limits::default() };
    let server = started(ServerConfig { limits, ..loopback() }).await;
    let address = server.listening();
    let (mut first, _second) = (TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap());
    assert_turned_away(TcpStream::connect(address).await.unwrap()).await;
    // One that ends makes room for one that asks what happened.
    first.shutdown().await.unwrap();
    within(first.read_to_end(&mut Vec::new())).await.unwrap();
    drop(first);
    let turned_away = r#"conclave_sockets_turned_away_total{reason="address_full"}"#;
    assert_eq!(metric(address, turned_away).await, Some(1));
}

#[tokio::test]
async fn a_server_has_only_so_many_sockets() {
    let limits = Limits { sockets: 1, ..Limits::default() };
    let server = started(ServerConfig { limits, loopback: LoopbackClients::Exempt, ..loopback() }).await;
    let client = Client::connect(server.listening()).await;
    assert_turned_away(TcpStream::connect(server.listening()).await.unwrap()).await;
    drop(client);
}

#[tokio::test]
async fn a_request_that_never_ends_is_cut_off() {
    let limits = Limits { request_timeout: Duration::from_millis(50), ..Limits::default() };
    let server = started(ServerConfig { limits, ..loopback() }).await;
    let mut stream = TcpStream::connect(server.listening()).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-endless: ").await.unwrap();
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(!answer.contains("200"), "{answer}");
    assert_eq!(get(server.listening(), "/healthz").await.status, 200);
}

/// The server accepts, as the system does it, and closes at once.
async fn assert_turned_away(mut stream: TcpStream) {
    let mut answer = Vec::new();
    match within(stream.read_to_end(&mut answer)).await {
        Ok(_) => assert_eq!(answer, b""),
        Err(error) => assert_eq!(error.kind(), io::ErrorKind::ConnectionReset),
    }
}
