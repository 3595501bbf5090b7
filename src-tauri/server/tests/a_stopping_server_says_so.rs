//! Stopping is announced, and quick.

use std::time::{Duration, Instant};

use conclave_protocol::signalling::SignallingError;
use tokio::net::TcpStream;

use crate::support::client::{Client, pair};
use crate::support::server::{loopback, started};
use crate::support::within;

#[tokio::test]
async fn everyone_is_told_and_the_port_is_free() {
    let server = started(loopback()).await;
    let address = server.listening();
    let (first, second) = pair(address).await;
    let early = Client::connect(address).await;
    let begun = Instant::now();
    let (first, second, early, ()) =
        tokio::join!(first.client.refused(), second.client.refused(), early.refused(), server.shutdown());
    assert_eq!([first, second, early], [SignallingError::ShuttingDown; 3]);
    assert_eq!(SignallingError::ShuttingDown.close_code(), 1012);
    assert!(begun.elapsed() < Duration::from_secs(3), "took {:?}", begun.elapsed());
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn clients_that_do_not_react_hold_nothing_up() {
    let server = started(loopback()).await;
    let address = server.listening();
    // One that never reads its last words, one that never sends a request.
    let _pair = pair(address).await;
    let _idle = TcpStream::connect(address).await.unwrap();
    let begun = Instant::now();
    within(server.shutdown()).await;
    assert!(begun.elapsed() < Duration::from_secs(4), "took {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_dropped_handle_stops_the_server() {
    let server = started(loopback()).await;
    let client = Client::connect(server.listening()).await;
    drop(server);
    assert_eq!(client.refused().await, SignallingError::ShuttingDown);
}
