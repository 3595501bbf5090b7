//! `/metrics` tells what an operator needs, and of nobody in particular.

use conclave_protocol::ids::ParticipantId;
use conclave_protocol::signalling::{ClientMessage, LeaveReason, Recipient, ServerMessage};

use crate::support::client::{Client, ROOM, pair};
use crate::support::server::{get, loopback, metric, started};

#[tokio::test]
async fn connections_rooms_messages_bytes_and_drops_are_counted() {
    let server = started(loopback()).await;
    let address = server.listening();
    let (mut first, mut second) = pair(address).await;
    first.client.relay(Recipient::Participant(ParticipantId([9; 16])), b"nobody").await;
    first.client.relay(Recipient::Everyone, b"hello").await;
    second.hears_relayed(&first.me, b"hello").await;
    for (sample, expected) in [
        ("conclave_connections", 2),
        ("conclave_rooms", 1),
        ("conclave_participants", 2),
        ("conclave_participants_away", 0),
        (r#"conclave_messages_received_total{type="hello"}"#, 2),
        (r#"conclave_messages_received_total{type="relay"}"#, 2),
        (r#"conclave_messages_sent_total{type="welcome"}"#, 2),
        (r#"conclave_messages_sent_total{type="joined"}"#, 1),
        (r#"conclave_messages_sent_total{type="relayed"}"#, 1),
        (r#"conclave_messages_dropped_total{reason="unknown_recipient"}"#, 1),
    ] {
        assert_eq!(metric(address, sample).await, Some(expected), "{sample}");
    }
    let heard: usize = [ClientMessage::hello(ROOM, None).to_json().len(); 2].iter().sum();
    assert!(metric(address, "conclave_received_bytes_total").await.unwrap() > heard as u64);
    assert!(metric(address, "conclave_sent_bytes_total").await.unwrap() > 0);

    second.client.say(ClientMessage::Leave).await;
    assert_eq!(second.client.closed().await, 1000);
    first.hears(ServerMessage::Left { participant: second.me.participant, reason: LeaveReason::Left }).await;
    let mut stranger = Client::connect(address).await;
    stranger.say(ClientMessage::Leave).await;
    stranger.refused().await;
    for (sample, expected) in [
        ("conclave_connections", 1),
        ("conclave_participants", 1),
        (r#"conclave_connections_closed_total{reason="left"}"#, 1),
        (r#"conclave_connections_closed_total{reason="hello_expected"}"#, 1),
        (r#"conclave_messages_sent_total{type="left"}"#, 1),
        (r#"conclave_messages_sent_total{type="refused"}"#, 1),
    ] {
        assert_eq!(metric(address, sample).await, Some(expected), "{sample}");
    }
}

#[tokio::test]
async fn they_are_in_prometheus_text_format_and_name_nobody() {
    let server = started(loopback()).await;
    let (first, _second) = pair(server.listening()).await;
    let answer = get(server.listening(), "/metrics").await;
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4"));
    assert!(answer.body.contains("# TYPE conclave_connections gauge"));
    for id in [ROOM.room.to_text(), first.me.participant.to_text(), first.me.token.to_text()] {
        assert!(!answer.body.contains(&id));
    }
}
