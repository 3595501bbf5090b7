//! Whatever somebody throws at the server, even from inside the room, a call in progress goes on as if nothing were.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::RoomAddress;
use conclave_protocol::invite::InviteLink;
use conclave_protocol::signalling::limits::{HELLO_TIMEOUT, MAX_MESSAGE_BYTES};
use conclave_protocol::signalling::{ClientMessage, Recipient, ServerMessage, SignallingError};
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::signalling_client::{FromServer, SignallingClient};
use conclave_tests::rigs::{Result, RigError};
use tokio_tungstenite::tungstenite::Message;

const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn hostile_clients_do_not_disturb_a_call() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let room = InviteLink::parse(&link).expect("the link we were given").address();
    let participant = |name: &str| {
        ParticipantBuilder::new(&link, name).camera("pattern:640x360@30").microphone("tone").view(640, 360)
    };
    let (ada, bob) = (participant("Ada").start()?, participant("Bob").start()?);
    ada.wait_until_connected_to("Bob", SOON)?;
    bob.wait_until_connected_to("Ada", SOON)?;

    strangers_are_turned_away(&server, room).await?;
    a_stranger_in_the_room_is_only_noise(&server, room).await?;

    let (bob, ada) = (bob.leave()?, ada.leave()?);
    for (report, other) in [(&ada, "Bob"), (&bob, "Ada")] {
        let peer = report.peer(other)?;
        eprintln!("{} of {other}: {peer:?}", report.name);
        assert_eq!((peer.video.freezes, peer.video.lost, peer.audio.lost), (0, 0, 0));
        assert_eq!(peer.links_built, 1);
        assert!(peer.video.fps >= 28.0, "{} fps", peer.video.fps);
    }
    assert!(!server.get("/healthz")?.is_empty());
    Ok(())
}

/// Each kind of nonsense has an error and a close code of its own.
async fn strangers_are_turned_away(server: &Server, room: RoomAddress) -> Result<()> {
    let hello = || Message::text(ClientMessage::hello(room, None).to_json());
    let relay = || ClientMessage::Relay { to: Recipient::Everyone, payload: SealedBytes(vec![0; 10]) };
    let mut wrong_version: serde_json::Value =
        serde_json::from_str(&ClientMessage::hello(room, None).to_json()).expect("our own JSON");
    wrong_version["version"] = 999.into();
    let nonsense = [
        (vec![Message::text("{\"type\":\"hello\"")], SignallingError::Malformed),
        (vec![Message::binary(vec![0xff; 1000])], SignallingError::Malformed),
        (vec![Message::text("x".repeat(MAX_MESSAGE_BYTES + 1))], SignallingError::TooLarge),
        (vec![Message::text(relay().to_json())], SignallingError::HelloExpected),
        (vec![hello(), hello()], SignallingError::UnexpectedHello),
        (vec![Message::text(wrong_version.to_string())], SignallingError::UnsupportedVersion),
        (std::iter::once(hello()).chain((0..1000).map(|_| Message::text(relay().to_json()))).collect(), {
            SignallingError::TooManyMessages
        }),
    ];
    for (messages, error) in nonsense {
        let mut stranger = SignallingClient::connect(server).await?;
        for message in messages {
            // The server may have closed the connection before it took everything.
            if stranger.send_raw(message).await.is_err() {
                break;
            }
        }
        assert_eq!(stranger.wait_for_close(SOON).await?, Some(error.close_code()), "{error}");
    }
    // Not even a WebSocket, and left open.
    let mut raw = TcpStream::connect(server.address()).map_err(RigError::io("connecting"))?;
    raw.write_all(&[0xff; 4096]).map_err(RigError::io("sending noise"))?;
    let mut silent = SignallingClient::connect(server).await?;
    let code = silent.wait_for_close(HELLO_TIMEOUT + SOON).await?;
    assert_eq!(code, Some(SignallingError::HelloTimeout.close_code()));
    Ok(())
}

/// The room's name is no secret of the server's: somebody may come in with it who has not the key.
async fn a_stranger_in_the_room_is_only_noise(server: &Server, room: RoomAddress) -> Result<()> {
    let mut stranger = SignallingClient::connect_to_room(server, room).await?;
    let FromServer::Message(ServerMessage::Welcome { members, .. }) = stranger.next(SOON).await? else {
        return Err(RigError::Unreadable {
            what: "the server's answer".to_owned(),
            reason: "not a welcome".to_owned(),
            text: String::new(),
        });
    };
    // Besides the two, the places of strangers who were thrown out, kept for a while as anybody's.
    assert!(members.len() >= 2, "{members:?}");
    for size in [0, 1, 11, 12, 28, 1000, 30_000] {
        for to in [Recipient::Everyone, Recipient::Participant(members[0].participant)] {
            let payload = SealedBytes((0..size).map(|byte| byte as u8).collect());
            stranger.send(&ClientMessage::Relay { to, payload }).await?;
        }
    }
    // It goes without a word, and comes again and again.
    for _ in 0..5 {
        let mut again = SignallingClient::connect_to_room(server, room).await?;
        again.next(SOON).await?;
        again.send(&ClientMessage::Leave).await?;
    }
    Ok(())
}
