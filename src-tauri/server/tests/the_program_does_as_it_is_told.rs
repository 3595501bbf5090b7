//! The command line.

use std::time::{Duration, Instant};

use conclave_protocol::signalling::{ClientMessage, ServerMessage, SignallingError};
use tokio::process::Command;

use crate::support::client::{Client, Joined, ROOM};
use crate::support::program::{PATH, Program};
use crate::support::server::{get, loopback, started};
use crate::support::within;

#[tokio::test]
async fn it_says_when_it_is_ready_and_ends_well_on_either_signal() {
    for signal in ["TERM", "INT"] {
        let arguments = ["--listen", "127.0.0.1:0", "--public-url", "https://rooms.example.org"];
        let program = Program::start(Command::new(PATH).args(arguments)).await;
        assert_eq!(program.url, "https://rooms.example.org");
        assert_eq!(get(program.listening, "/healthz").await.status, 200);
        let client = Joined::new(program.listening).await.client;

        let begun = Instant::now();
        program.signal(signal).await;
        assert_eq!(client.refused().await, SignallingError::ShuttingDown);
        let ended = program.ended().await;
        assert_eq!(ended.status.code(), Some(0), "on SIG{signal}");
        assert!(begun.elapsed() < Duration::from_secs(3), "took {:?}", begun.elapsed());
        assert_eq!(ended.stdout, "", "one line on standard output");
    }
}

#[tokio::test]
async fn it_tells_everyone_the_ice_servers_of_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ice.json");
    std::fs::write(&file, r#"[{"urls": ["turn:turn.example.org"], "username": "u", "credential": "c"}]"#).unwrap();
    let command = &mut Command::new(PATH);
    let program = Program::start(command.args(["--listen", "127.0.0.1:0", "--ice-servers"]).arg(&file)).await;
    let mut client = Client::connect(program.listening).await;
    client.say(ClientMessage::hello(ROOM, None)).await;
    match client.hear().await {
        ServerMessage::Welcome { ice_servers, .. } => {
            assert_eq!(ice_servers.len(), 1);
            assert_eq!(ice_servers[0].urls, ["turn:turn.example.org"]);
            assert_eq!(ice_servers[0].credential.as_deref(), Some("c"));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn this_computer_is_limited_unless_told_otherwise() {
    for (exempt, connections) in [(None, 20), (Some("--exempt-loopback"), 40)] {
        let program = Program::start(Command::new(PATH).args(["--listen", "127.0.0.1:0"]).args(exempt)).await;
        let mut open = Vec::new();
        for room in 0..connections {
            open.push(Joined::new_alone(program.listening, room).await);
        }
        let mut one_more = Client::connect(program.listening).await;
        one_more.say(ClientMessage::hello(ROOM, None)).await;
        match exempt {
            None => assert_eq!(one_more.refused().await, SignallingError::TooManyConnections),
            Some(_) => assert!(matches!(one_more.hear().await, ServerMessage::Welcome { .. })),
        }
    }
}

#[tokio::test]
async fn it_takes_as_many_descriptors_as_it_may() {
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -S -n 32 && exec \"$0\" --listen 127.0.0.1:0 --exempt-loopback", PATH]);
    let program = Program::start(&mut shell).await;
    let mut open = Vec::new();
    for room in 0..64 {
        open.push(Joined::new_alone(program.listening, room).await);
    }
}

#[tokio::test]
async fn it_fails_with_a_message_when_it_can_not_do_it() {
    let server = started(loopback()).await;
    let taken = server.listening().to_string();
    for (arguments, expected) in [
        (["--listen", &taken], "can't listen on"),
        (["--listen", "here"], "invalid"),
        (["--public-url", "ftp://rooms.example.org"], "https://HOST"),
        (["--ice-servers", "/nonexistent"], "can't be read"),
    ] {
        let output = within(Command::new(PATH).args(arguments).kill_on_drop(true).output()).await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && output.stdout.is_empty());
        assert!(said.contains(expected), "{said}");
    }
}
