//! Pings tell a client that has gone quiet from one that is gone.

use std::time::Duration;

use conclave_protocol::signalling::{LeaveReason, ServerMessage};
use conclave_server::registry::RegistryConfig;
use conclave_server::{Limits, ServerConfig};
use futures_util::StreamExt as _;
use tokio_tungstenite::tungstenite::Message;

use crate::support::client::pair;
use crate::support::server::{loopback, metric, started};
use crate::support::within;

#[tokio::test]
async fn one_that_answers_stays_and_one_that_does_not_is_dropped() {
    let server = started(ServerConfig {
        limits: Limits { ping_interval: Duration::from_millis(100), ..Limits::default() },
        rooms: RegistryConfig { resume_window: Duration::ZERO, ..RegistryConfig::default() },
        ..loopback()
    })
    .await;
    // The second's socket stays open, but nobody reads it: no ping is answered.
    let (mut first, second) = pair(server.listening()).await;
    let mut pings = 0;
    let left = within(async {
        loop {
            match first.client.socket.next().await {
                Some(Ok(Message::Ping(_))) => pings += 1,
                Some(Ok(Message::Text(text))) => break text,
                other => panic!("{other:?}"),
            }
        }
    })
    .await;
    let expected = ServerMessage::Left { participant: second.me.participant, reason: LeaveReason::TimedOut };
    assert_eq!(left, expected.to_json());
    assert!(pings >= 2, "two pings were missed, after {pings}");
    assert_eq!(metric(server.listening(), r#"conclave_connections_closed_total{reason="silent"}"#).await, Some(1));
    // The one that answers has long outlived the other's patience.
    within(async {
        while pings < 8 {
            match first.client.socket.next().await {
                Some(Ok(Message::Ping(_))) => pings += 1,
                other => panic!("{other:?}"),
            }
        }
    })
    .await;
}
