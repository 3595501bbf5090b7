//! The log has no room, no token, no participant and no payload in it, at whatever level.

use std::process::Stdio;

use conclave_protocol::bytes::encode;
use conclave_protocol::signalling::Recipient;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Command;

use crate::support::client::{Joined, ROOM, pair};
use crate::support::server::get;
use crate::support::within;

#[cfg(unix)]
#[tokio::test]
async fn at_the_most_talkative_level() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_conclave-server"))
        .args(["--listen", "127.0.0.1:0"])
        .env("RUST_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stderr = program.stderr.take().unwrap();
    let log = tokio::spawn(async move {
        let mut log = String::new();
        stderr.read_to_string(&mut log).await.unwrap();
        log
    });
    let mut line = String::new();
    within(BufReader::new(program.stdout.take().unwrap()).read_line(&mut line)).await.unwrap();
    let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
    let address = ready["listening"].as_str().unwrap().parse().unwrap();

    let payload = b"nobody else's business";
    get(address, &format!("/j/{}", ROOM.to_text())).await;
    let (mut first, mut second) = pair(address).await;
    first.client.relay(Recipient::Everyone, payload).await;
    second.hears_relayed(&first.me, payload).await;
    let second = Joined::returning(address, Some(second.me)).await;

    let id = program.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-s", "TERM", &id]).status().await.unwrap().success());
    within(program.wait()).await.unwrap();
    let log = within(log).await.unwrap();
    assert!(log.contains("a connection ended"), "the log is on: {log}");
    for secret in [
        ROOM.to_text(),
        first.me.token.to_text(),
        second.me.token.to_text(),
        first.me.participant.to_text(),
        encode(payload),
    ] {
        assert!(!log.contains(&secret[..8]), "{secret} in {log}");
    }
}
