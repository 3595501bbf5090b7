//! What one client does not read piles up for it alone, up to a bound.

use std::num::NonZeroU32;
use std::time::Duration;

use conclave_protocol::signalling::{ClientMessage, LeaveReason, Recipient, ServerMessage, SignallingError};
use conclave_server::registry::RegistryConfig;
use conclave_server::{Limits, ServerConfig};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite::Message;

use crate::support::client::{Client, Joined, ROOM, relay};
use crate::support::server::{loopback, metric, started};
use crate::support::within;

#[tokio::test]
async fn the_one_who_does_not_read_is_too_slow_and_the_others_go_on() {
    let server = started(ServerConfig {
        limits: Limits {
            messages_per_second: NonZeroU32::MAX,
            message_burst: NonZeroU32::MAX,
            // The slow one starts reading after the others have seen it go.
            close_timeout: Duration::from_secs(20),
            ..Limits::default()
        },
        rooms: RegistryConfig { resume_window: Duration::ZERO, ..RegistryConfig::default() },
        ..loopback()
    })
    .await;
    let address = server.listening();
    let mut slow = Client::connect_with_small_buffer(address).await;
    slow.say(ClientMessage::hello(ROOM, None)).await;
    let slow = slow.welcomed().await;
    let mut witness = Joined::new(address).await;
    let talker = Joined::new(address).await;
    witness.hears(ServerMessage::Joined { member: talker.member() }).await;

    let left = ServerMessage::Left { participant: slow.me.participant, reason: LeaveReason::TimedOut };
    let large = relay(Recipient::Participant(slow.me.participant), &[1; 40_000]).to_json();
    let (mut sink, mut stream) = talker.client.socket.split();
    let told = async {
        loop {
            if let Some(Ok(Message::Text(text))) = stream.next().await {
                break text;
            }
        }
    };
    let flood = async {
        loop {
            sink.send(Message::text(large.clone())).await.unwrap();
        }
    };
    let told = within(async {
        tokio::select! {
            text = told => text,
            () = flood => unreachable!("it goes on until the slow one is gone"),
        }
    })
    .await;
    assert_eq!(told, left.to_json());
    witness.hears(left).await;

    sink.send(Message::text(relay(Recipient::Everyone, b"still here").to_json())).await.unwrap();
    witness.hears_relayed(&talker.me, b"still here").await;

    assert_eq!(slow.client.refused().await, SignallingError::TooSlow);
    assert_eq!(metric(address, r#"conclave_connections_closed_total{reason="too_slow"}"#).await, Some(1));
    assert_eq!(metric(address, r#"conclave_messages_dropped_total{reason="queue_full"}"#).await, Some(1));
}
