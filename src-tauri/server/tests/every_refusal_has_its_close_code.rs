//! Whatever a client does wrong gets a typed error and the error's close code.
//!
//! `TooSlow`, `ShuttingDown` and `TooManyConnections` have files of their own.

use std::num::NonZeroU32;
use std::time::Duration;

use conclave_protocol::ids::ResumeToken;
use conclave_protocol::signalling::limits::MAX_MESSAGE_BYTES;
use conclave_protocol::signalling::{ClientMessage, PROTOCOL_VERSION, Recipient, SignallingError};
use conclave_server::registry::RegistryConfig;
use conclave_server::{Limits, LoopbackClients, ServerConfig};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use crate::support::client::{Client, Joined, ROOM, pair, relay, room};
use crate::support::server::{loopback, started};

#[tokio::test]
async fn malformed() {
    let server = started(loopback()).await;
    for frame in [
        Message::text(""),
        Message::text("{}"),
        Message::text(r#"{"type":"sing"}"#),
        Message::text("[".repeat(10_000)),
        Message::text(
            r#"{"type":"hello","version":1,"room":"short","host":"AAAAAAAAAAAAAAAAAAAAAA","returning":null}"#,
        ),
        Message::text(r#"{"type":"relay","to":"everyone","payload":"not base64url!"}"#),
        Message::binary(ClientMessage::hello(ROOM, None).to_json()),
    ] {
        let mut client = Client::connect(server.listening()).await;
        client.send(frame.clone()).await;
        assert_eq!(client.refused().await, SignallingError::Malformed, "{frame:?}");
    }
    let mut joined = Joined::new(server.listening()).await;
    joined.client.send(Message::text("?")).await;
    assert_eq!(joined.client.refused().await, SignallingError::Malformed);
}

#[tokio::test]
async fn too_large() {
    let server = started(loopback()).await;
    let mut at_the_limit = Client::connect(server.listening()).await;
    at_the_limit.send(Message::text(" ".repeat(MAX_MESSAGE_BYTES))).await;
    assert_eq!(at_the_limit.refused().await, SignallingError::Malformed);
    for bytes in [MAX_MESSAGE_BYTES + 1, 10 * MAX_MESSAGE_BYTES] {
        let mut client = Client::connect(server.listening()).await;
        client.send(Message::text(" ".repeat(bytes))).await;
        assert_eq!(client.refused().await, SignallingError::TooLarge);
    }
}

#[tokio::test]
async fn too_large_for_the_others() {
    let server = started(loopback()).await;
    let (mut first, mut second) = pair(server.listening()).await;
    // The message is shorter than the limit, and what the others would get of it is not.
    let payload = vec![0; (MAX_MESSAGE_BYTES - 60) / 4 * 3];
    let message = relay(Recipient::Everyone, &payload);
    assert!(message.to_json().len() <= MAX_MESSAGE_BYTES);
    first.client.say(message).await;
    assert_eq!(first.client.refused().await, SignallingError::TooLarge);
    let largest = &payload[3..];
    let mut first = Joined::returning(server.listening(), Some(first.me)).await;
    first.client.relay(Recipient::Everyone, largest).await;
    second.hears_relayed(&first.me, largest).await;
}

#[tokio::test]
async fn hello_expected() {
    let server = started(loopback()).await;
    for early in [relay(Recipient::Everyone, b"early"), ClientMessage::Leave] {
        let mut client = Client::connect(server.listening()).await;
        client.say(early).await;
        assert_eq!(client.refused().await, SignallingError::HelloExpected);
    }
}

#[tokio::test]
async fn hello_timeout() {
    let limits = Limits { hello_timeout: Duration::from_millis(50), ..Limits::default() };
    let server = started(ServerConfig { limits, ..loopback() }).await;
    let mut chatty = Client::connect(server.listening()).await;
    chatty.send(Message::Ping(Bytes::new())).await;
    assert_eq!(chatty.refused().await, SignallingError::HelloTimeout, "a ping is no hello");
}

#[tokio::test]
async fn unexpected_hello() {
    let server = started(loopback()).await;
    let mut joined = Joined::new(server.listening()).await;
    joined.client.say(ClientMessage::hello(ROOM, None)).await;
    assert_eq!(joined.client.refused().await, SignallingError::UnexpectedHello);
}

#[tokio::test]
async fn unsupported_version() {
    let server = started(loopback()).await;
    for version in [0, PROTOCOL_VERSION + 1, u16::MAX] {
        let mut client = Client::connect(server.listening()).await;
        client.say(ClientMessage::Hello { version, room: ROOM.room, host: ROOM.host, returning: None }).await;
        assert_eq!(client.refused().await, SignallingError::UnsupportedVersion);
    }
}

#[tokio::test]
async fn too_many_messages() {
    let limits = Limits {
        messages_per_second: NonZeroU32::MIN,
        message_burst: NonZeroU32::new(10).unwrap(),
        ..Limits::default()
    };
    let server = started(ServerConfig { limits, ..loopback() }).await;
    let (mut flooder, mut other) = pair(server.listening()).await;
    for number in 0..20 {
        flooder.client.relay(Recipient::Everyone, &[number]).await;
    }
    assert_eq!(flooder.client.refused().await, SignallingError::TooManyMessages);
    // The hello and nine more fit in the burst, and the other, who said one thing, is not affected.
    for number in 0..9 {
        other.hears_relayed(&flooder.me, &[number]).await;
    }
    other.client.relay(Recipient::Everyone, b"kept for the flooder").await;
    let mut back = Joined::returning(server.listening(), Some(flooder.me)).await;
    back.hears_relayed(&other.me, b"kept for the flooder").await;

    let mut pinger = Client::connect(server.listening()).await;
    for _ in 0..20 {
        pinger.send(Message::Ping(Bytes::new())).await;
    }
    assert_eq!(pinger.refused().await, SignallingError::TooManyMessages);
}

#[tokio::test]
async fn room_full() {
    let server = started(loopback()).await;
    let mut inside = Vec::new();
    for _ in 0..12 {
        inside.push(Joined::new(server.listening()).await);
    }
    let mut thirteenth = Client::connect(server.listening()).await;
    thirteenth.say(ClientMessage::hello(ROOM, None)).await;
    assert_eq!(thirteenth.refused().await, SignallingError::RoomFull);
}

#[tokio::test]
async fn no_more_rooms() {
    let rooms = RegistryConfig { rooms: 1, ..RegistryConfig::default() };
    let server = started(ServerConfig { rooms, loopback: LoopbackClients::Exempt, ..loopback() }).await;
    let _inside = Joined::new(server.listening()).await;
    let mut client = Client::connect(server.listening()).await;
    client.say(ClientMessage::hello(room(1), None)).await;
    assert_eq!(client.refused().await, SignallingError::TooManyConnections);
}

#[tokio::test]
async fn wrong_token() {
    let server = started(loopback()).await;
    let joined = Joined::new(server.listening()).await;
    let mut thief = Client::connect(server.listening()).await;
    let mut claim = joined.me.clone();
    claim.token = ResumeToken([0; 16]);
    thief.say(ClientMessage::hello(ROOM, Some(claim))).await;
    assert_eq!(thief.refused().await, SignallingError::WrongToken);
}

#[tokio::test]
async fn replaced() {
    let server = started(loopback()).await;
    let (mut other, older) = pair(server.listening()).await;
    let mut newer = Joined::returning(server.listening(), Some(older.me)).await;
    assert_eq!(older.client.refused().await, SignallingError::Replaced);
    newer.client.relay(Recipient::Everyone, b"it is me").await;
    other.hears_relayed(&newer.me, b"it is me").await;
    other.client.relay(Recipient::Everyone, b"so it is").await;
    newer.hears_relayed(&other.me, b"so it is").await;
}
