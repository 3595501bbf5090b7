//! With a certificate a server speaks TLS and nothing else, within the limits that it has without.

use std::net::SocketAddr;
use std::time::Duration;

use conclave_protocol::signalling::{ClientMessage, ServerMessage, SignallingError};
use conclave_server::{Limits, ServerConfig};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use crate::support::client::ROOM;
use crate::support::server::{ask, get, loopback, started};
use crate::support::tls::{Pair, loopback_with};
use crate::support::within;

const NOT_SERVED: &str = r#"conclave_sockets_turned_away_total{reason="no_tls"}"#;

#[tokio::test]
async fn pages_come_over_it_and_browsers_are_told_to_stay_with_it() {
    let pair = Pair::new();
    let (config, _folder) = loopback_with(&pair);
    let server = started(config).await;
    assert_eq!(server.url().to_string(), format!("https://{}", server.listening()));
    for path in ["/healthz", "/j/AAAAAAAAAAAAAAAAAAAAAA", "/nope"] {
        let answer = pair.get(server.listening(), path).await;
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"), "{path}");
    }
    assert_eq!(pair.get(server.listening(), "/healthz").await.body, "ok\n");
    let without = started(loopback()).await;
    assert_eq!(get(without.listening(), "/healthz").await.header("strict-transport-security"), None);
}

#[tokio::test]
async fn a_client_joins_and_is_let_go_in_order() {
    let pair = Pair::new();
    let (config, _folder) = loopback_with(&pair);
    let server = started(config).await;
    let stream = pair.connect(server.listening()).await.unwrap();
    let address = format!("wss://localhost:{}/signal", server.listening().port());
    let (mut socket, _) = within(client_async(address, stream)).await.unwrap();
    socket.send(Message::text(ClientMessage::hello(ROOM, None).to_json())).await.unwrap();
    let Some(Ok(Message::Text(text))) = within(socket.next()).await else { panic!("a message") };
    assert!(matches!(serde_json::from_str(&text).unwrap(), ServerMessage::Welcome { .. }));

    server.shutdown().await;
    let Some(Ok(Message::Text(text))) = within(socket.next()).await else { panic!("a last message") };
    let refused = ServerMessage::Refused { error: SignallingError::ShuttingDown };
    assert_eq!(serde_json::from_str::<ServerMessage>(&text).unwrap(), refused);
    assert!(matches!(within(socket.next()).await, Some(Ok(Message::Close(Some(_))))));
    // Neither cut off nor reset: TLS has an end of its own.
    assert!(within(socket.next()).await.is_none());
}

#[tokio::test]
async fn plain_http_is_not_answered_and_harms_nobody() {
    let pair = Pair::new();
    let (config, _folder) = loopback_with(&pair);
    let server = started(config).await;
    let mut stream = TcpStream::connect(server.listening()).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP"), "{answer:?}");
    assert!(pair.get(server.listening(), "/metrics").await.body.contains(NOT_SERVED));
}

#[tokio::test]
async fn a_handshake_that_does_not_end_is_cut_off() {
    let pair = Pair::new();
    let (config, _folder) = loopback_with(&pair);
    let limits = Limits { handshake_timeout: Duration::from_millis(50), ..Limits::default() };
    let server = started(ServerConfig { limits, ..config }).await;
    let mut stream = TcpStream::connect(server.listening()).await.unwrap();
    // The beginning of a record of 512 bytes with the client's greeting in it.
    stream.write_all(&[22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]).await.unwrap();
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    assert_eq!(answer, b"");
    assert!(metrics(&pair, server.listening()).await.contains(NOT_SERVED));
}

#[tokio::test]
async fn who_has_not_shaken_hands_counts_for_its_address() {
    let pair = Pair::new();
    let (config, _folder) = loopback_with(&pair);
    let limits = Limits { sockets_per_address: 1, ..Limits::default() };
    let server = started(ServerConfig { limits, ..config }).await;
    let mut silent = TcpStream::connect(server.listening()).await.unwrap();
    assert!(pair.connect(server.listening()).await.is_err(), "there is no place for it");
    silent.shutdown().await.unwrap();
    within(silent.read_to_end(&mut Vec::new())).await.unwrap();
    let metrics = metrics(&pair, server.listening()).await;
    assert!(metrics.contains(r#"conclave_sockets_turned_away_total{reason="address_full"}"#), "{metrics}");
}

#[tokio::test]
async fn a_handshake_in_the_making_holds_up_no_stop() {
    let pair = Pair::new();
    let (config, _folder) = loopback_with(&pair);
    let limits = Limits { close_timeout: Duration::from_secs(60), ..Limits::default() };
    let server = started(ServerConfig { limits, ..config }).await;
    let _silent = TcpStream::connect(server.listening()).await.unwrap();
    // Accepted after the silent one, and so it has been seen too.
    pair.get(server.listening(), "/healthz").await;
    within(server.shutdown()).await;
}

/// Asked for until there is a place and the handshake was quick enough.
async fn metrics(pair: &Pair, server: SocketAddr) -> String {
    let stream = within(async {
        loop {
            if let Ok(stream) = pair.connect(server).await {
                return stream;
            }
        }
    });
    ask(stream.await, "localhost", "/metrics", "").await.body
}
