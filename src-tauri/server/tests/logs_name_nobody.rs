//! The log has no room, no token, no participant and no payload in it, at whatever level.

use conclave_protocol::bytes::encode;
use conclave_protocol::signalling::Recipient;
use tokio::process::Command;

use crate::support::client::{Joined, ROOM, pair};
use crate::support::program::{PATH, Program};
use crate::support::server::get;

#[tokio::test]
async fn at_the_most_talkative_level() {
    let program = Program::start(Command::new(PATH).args(["--listen", "127.0.0.1:0"]).env("RUST_LOG", "trace")).await;
    let payload = b"nobody else's business";
    get(program.listening, &format!("/j/{}", ROOM.room.to_text())).await;
    let (mut first, mut second) = pair(program.listening).await;
    first.client.relay(Recipient::Everyone, payload).await;
    second.hears_relayed(&first.me, payload).await;
    let second = Joined::returning(program.listening, Some(second.me)).await;

    program.signal("TERM").await;
    let log = program.ended().await.stderr;
    assert!(log.contains("a connection ended"), "the log is on: {log}");
    for secret in [
        ROOM.room.to_text(),
        first.me.token.to_text(),
        second.me.token.to_text(),
        first.me.participant.to_text(),
        encode(payload),
    ] {
        assert!(!log.contains(&secret[..8]), "{secret} in {log}");
    }
}
