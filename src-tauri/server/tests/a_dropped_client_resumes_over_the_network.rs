//! A hiccup of the network or of the server leaves the room as it was.

use std::time::Duration;

use conclave_protocol::signalling::{ClientMessage, LeaveReason, Recipient, ServerMessage};
use conclave_server::ServerConfig;
use conclave_server::registry::RegistryConfig;

use crate::support::client::{Joined, ROOM, pair};
use crate::support::server::{loopback, started};

#[tokio::test]
async fn a_client_comes_back_to_its_place_before_anyone_notices() {
    let server = started(loopback()).await;
    let address = server.listening();
    let (mut first, second) = pair(address).await;
    drop(second.client);
    let mut back = Joined::returning(address, Some(second.me.clone())).await;
    assert_eq!(back.me, second.me);
    assert_eq!(back.members, [first.member()]);
    back.client.relay(Recipient::Everyone, b"back").await;
    first.hears_relayed(&back.me, b"back").await;
}

#[tokio::test]
async fn what_is_said_to_an_absent_client_waits_for_it() {
    let server = started(loopback()).await;
    let address = server.listening();
    let (mut first, mut second) = pair(address).await;
    // Refused for a second hello: from here on the server knows it to be away.
    second.client.say(ClientMessage::hello(ROOM, None)).await;
    second.client.refused().await;
    first.client.relay(Recipient::Everyone, b"one").await;
    first.client.relay(Recipient::Participant(second.me.participant), b"two").await;
    // What one client says is handled in order: once this third message has arrived, the two are kept.
    let mut third = Joined::new(address).await;
    first.client.relay(Recipient::Participant(third.me.participant), b"three").await;
    third.hears_relayed(&first.me, b"three").await;

    let mut back = Joined::returning(address, Some(second.me)).await;
    back.hears_relayed(&first.me, b"one").await;
    back.hears_relayed(&first.me, b"two").await;
}

#[tokio::test]
async fn a_place_lapses_by_itself() {
    let rooms = RegistryConfig { resume_window: Duration::from_millis(50), ..RegistryConfig::default() };
    let server = started(ServerConfig { rooms, ..loopback() }).await;
    let (mut first, second) = pair(server.listening()).await;
    drop(second.client);
    let left = ServerMessage::Left { participant: second.me.participant, reason: LeaveReason::TimedOut };
    first.hears(left).await;
}

#[tokio::test]
async fn a_server_that_restarted_empty_is_refilled_by_its_clients() {
    let server = started(loopback()).await;
    let (first, second) = pair(server.listening()).await;
    let address = server.listening();
    server.shutdown().await;
    // On the same port, which is free at once.
    let server = started(ServerConfig { listen: address, ..loopback() }).await;
    assert_eq!(server.listening(), address);
    let mut second = Joined::returning(address, Some(second.me)).await;
    assert_eq!(second.members, []);
    let mut first = Joined::returning(address, Some(first.me)).await;
    assert_eq!(first.members, [second.member()]);
    second.hears(ServerMessage::Joined { member: first.member() }).await;
    let third = Joined::new(address).await;
    assert!(third.me.order > second.me.order && second.me.order > first.me.order);
    first.hears(ServerMessage::Joined { member: third.member() }).await;
    first.client.relay(Recipient::Participant(second.me.participant), b"as before").await;
    second.hears(ServerMessage::Joined { member: third.member() }).await;
    second.hears_relayed(&first.me, b"as before").await;
}
