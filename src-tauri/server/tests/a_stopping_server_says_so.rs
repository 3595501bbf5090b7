//! Stopping is announced, and quick.

use std::process::Stdio;
use std::time::{Duration, Instant};

use conclave_protocol::signalling::{ClientMessage, ServerMessage, SignallingError};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::support::client::{Client, pair};
use crate::support::server::{get, loopback, started};
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

#[cfg(unix)]
#[tokio::test]
async fn the_program_says_when_it_is_ready_and_ends_well_on_either_signal() {
    for signal in ["TERM", "INT"] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_conclave-server"))
            .args(["--listen", "127.0.0.1:0", "--public-url", "https://rooms.example.org"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(program.stdout.take().unwrap());
        let mut line = String::new();
        within(stdout.read_line(&mut line)).await.unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(ready["url"], "https://rooms.example.org");
        let address = ready["listening"].as_str().unwrap().parse().unwrap();
        assert_eq!(get(address, "/healthz").await.status, 200);
        let mut client = Client::connect(address).await;
        client.say(ClientMessage::hello(crate::support::client::ROOM, None)).await;
        assert!(matches!(client.hear().await, ServerMessage::Welcome { .. }));

        let id = program.id().unwrap().to_string();
        let begun = Instant::now();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().await.unwrap().success());
        assert_eq!(client.refused().await, SignallingError::ShuttingDown);
        assert!(within(program.wait()).await.unwrap().success(), "exit code 0 on SIG{signal}");
        assert!(begun.elapsed() < Duration::from_secs(3), "took {:?}", begun.elapsed());
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "", "one line on standard output");
    }
}

#[tokio::test]
async fn the_program_fails_with_a_message_when_it_can_not_listen() {
    let taken = started(loopback()).await;
    let output = Command::new(env!("CARGO_BIN_EXE_conclave-server"))
        .args(["--listen", &taken.listening().to_string()])
        .kill_on_drop(true)
        .output();
    let output = within(output).await.unwrap();
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(&format!("can't listen on {}", taken.listening())), "{said}");
}
