//! Whatever bytes come on a connection: it ends, and nobody else notices.

use conclave_protocol::signalling::{Recipient, ServerMessage};
use conclave_server::{LoopbackClients, ServerConfig};
use rand::rngs::StdRng;
use rand::{Rng as _, RngCore as _, SeedableRng as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::client::{Joined, pair};
use crate::support::server::{loopback, metric, started};
use crate::support::within;

const UPGRADE: &str = "GET /signal HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                       sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

#[tokio::test]
async fn broken_frames_end_their_connection_only() {
    let server = started(ServerConfig { loopback: LoopbackClients::Exempt, ..loopback() }).await;
    let (mut first, mut second) = pair(server.listening()).await;
    let broken: [(&str, &[u8]); 6] = [
        ("an unmasked frame", &[0x81, 0x02, b'h', b'i']),
        ("a reserved opcode", &[0x83, 0x80, 0, 0, 0, 0]),
        ("reserved bits", &[0xF1, 0x80, 0, 0, 0, 0]),
        ("a length of 2^63", &[0x81, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]),
        ("a continuation of nothing", &[0x80, 0x80, 0, 0, 0, 0]),
        ("text that is not UTF-8", &[0x81, 0x82, 0, 0, 0, 0, 0xC3, 0x28]),
    ];
    for (what, frame) in broken {
        let answer = answer_to(&server, frame).await;
        assert!(contains(&answer, br#""type":"refused""#), "{what}: {:?}", String::from_utf8_lossy(&answer));
    }
    still_talking(&mut first, &mut second).await;
}

#[tokio::test]
async fn noise_ends_its_connection_only() {
    let server = started(ServerConfig { loopback: LoopbackClients::Exempt, ..loopback() }).await;
    let (mut first, mut second) = pair(server.listening()).await;
    for seed in 0..100 {
        println!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        let mut noise = vec![0; random.random_range(1..2_000)];
        random.fill_bytes(&mut noise);
        answer_to(&server, &noise).await;
    }
    still_talking(&mut first, &mut second).await;
    assert_eq!(metric(server.listening(), "conclave_participants").await, Some(2));
}

/// Upgrades, sends these bytes, ends, and reads whatever comes until the server ends too.
async fn answer_to(server: &conclave_server::RunningServer, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(server.listening()).await.unwrap();
    stream.write_all(UPGRADE.as_bytes()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    stream.shutdown().await.unwrap();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    answer
}

async fn still_talking(first: &mut Joined, second: &mut Joined) {
    first.client.relay(Recipient::Everyone, b"are you there?").await;
    second.hears_relayed(&first.me, b"are you there?").await;
    second.client.relay(Recipient::Everyone, b"I am").await;
    assert!(matches!(first.client.hear().await, ServerMessage::Relayed { .. }));
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
