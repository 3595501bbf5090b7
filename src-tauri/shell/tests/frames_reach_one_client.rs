//! The socket for pictures, with a client that is not the window.
#![cfg(test)]

use std::time::Duration;

use conclave_call::media::MediaTime;
use conclave_call::media::frame::{FrameBuffer, VideoFrame};
use conclave_call::protocol::ids::ParticipantId;
use conclave_shell::frames::header::HEADER_LENGTH;
use conclave_shell::frames::tiles::{PictureSource, Tile};
use conclave_shell::frames::{AllowedOrigins, Frames};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const ORIGIN: &str = "tauri://localhost";
const ADA: PictureSource = PictureSource::Camera { participant: ParticipantId([1; 16]) };

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn served() -> (Frames, String) {
    let frames = Frames::new();
    let address = frames.serve(AllowedOrigins(&[ORIGIN])).await.unwrap();
    assert!(address.listening().ip().is_loopback());
    (frames, address.url())
}

async fn connect(url: &str, origin: Option<&str>) -> Result<Client, Error> {
    let mut request = url.into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    connect_async(request).await.map(|(client, _)| client)
}

async fn status(url: &str, origin: Option<&str>) -> u16 {
    match connect(url, origin).await {
        Ok(_) => 101,
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
    }
}

/// A grey picture whose shade tells it from others.
fn picture(shade: u8) -> VideoFrame {
    let mut buffer = FrameBuffer::new(640, 360).unwrap();
    buffer.samples_mut().fill(shade);
    buffer.into_frame(MediaTime::now())
}

struct Received {
    tile: u8,
    sequence: u32,
    size: (u32, u32),
    shade: u8,
}

async fn receive(client: &mut Client) -> Vec<Received> {
    let message = timeout(Duration::from_secs(5), client.next()).await.unwrap().unwrap().unwrap();
    let Message::Binary(bytes) = message else { panic!("not binary: {message:?}") };
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let mut received = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = word(at + 24) as usize;
        received.push(Received {
            tile: bytes[at],
            sequence: word(at + 4),
            size: (word(at + 16), word(at + 20)),
            shade: bytes[at + HEADER_LENGTH],
        });
        at += HEADER_LENGTH + length.next_multiple_of(4);
    }
    received
}

async fn receives_nothing(client: &mut Client) -> bool {
    timeout(Duration::from_millis(200), client.next()).await.is_err()
}

fn show(frames: &Frames, source: PictureSource, width: u16, height: u16) -> u8 {
    let change = frames.set_tiles(&[Tile { source, width, height }]).unwrap();
    change.tiles[0].tile.0
}

#[tokio::test]
async fn who_does_not_know_the_token_gets_nothing() {
    let (_frames, url) = served().await;
    let (server, token) = url.rsplit_once('/').unwrap();
    let other = if token.starts_with('A') { "B" } else { "A" };
    let forged = format!("{server}/{other}{}", &token[1..]);
    for wrong in [forged, format!("{server}/"), format!("{url}/"), format!("{url}?"), format!("{url}A")] {
        assert_eq!(status(&wrong, Some(ORIGIN)).await, 403, "{wrong}");
    }
    assert_eq!(status(&url, Some(ORIGIN)).await, 101);
}

#[tokio::test]
async fn another_page_gets_nothing_though_it_knows_the_token() {
    let (_frames, url) = served().await;
    for origin in
        [None, Some("null"), Some("https://example.org"), Some("http://localhost"), Some("tauri://localhost.")]
    {
        assert_eq!(status(&url, origin).await, 403, "{origin:?}");
    }
}

#[tokio::test]
async fn a_second_client_is_refused_while_the_first_is_there() {
    let (frames, url) = served().await;
    let tile = show(&frames, ADA, 640, 360);
    let mut first = connect(&url, Some(ORIGIN)).await.unwrap();
    assert_eq!(status(&url, Some(ORIGIN)).await, 409);
    frames.put(ADA, &picture(10));
    assert_eq!(receive(&mut first).await[0].tile, tile);
    first.close(None).await.unwrap();
    drop(first);
    let mut again = loop {
        if let Ok(client) = connect(&url, Some(ORIGIN)).await {
            break client;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    // It starts with the picture that is there, and all its credits, though the first acknowledged nothing.
    assert_eq!(receive(&mut again).await[0].shade, 10);
    frames.put(ADA, &picture(20));
    assert_eq!(receive(&mut again).await[0].shade, 20);
}

#[tokio::test]
async fn a_slow_client_gets_the_newest_picture_only() {
    let (frames, url) = served().await;
    let tile = show(&frames, ADA, 640, 360);
    let mut client = connect(&url, Some(ORIGIN)).await.unwrap();
    for shade in [1, 2] {
        frames.put(ADA, &picture(shade));
        assert_eq!(receive(&mut client).await[0].shade, shade);
    }
    for shade in 3..=90 {
        frames.put(ADA, &picture(shade));
    }
    assert!(receives_nothing(&mut client).await, "two pictures are under way already");
    client.send(Message::binary(vec![tile])).await.unwrap();
    let newest = receive(&mut client).await;
    assert_eq!((newest.len(), newest[0].shade, newest[0].sequence), (1, 90, 90));
    assert!(receives_nothing(&mut client).await);
}

#[tokio::test]
async fn pictures_come_in_the_size_of_their_tile_and_hidden_ones_not_at_all() {
    let (frames, url) = served().await;
    let mut client = connect(&url, Some(ORIGIN)).await.unwrap();
    frames.put(ADA, &picture(5));
    assert!(receives_nothing(&mut client).await);
    let tile = show(&frames, ADA, 320, 180);
    frames.put(PictureSource::Preview, &picture(6));
    frames.put(ADA, &picture(7));
    let received = receive(&mut client).await;
    assert_eq!(received.len(), 1);
    assert_eq!((received[0].tile, received[0].size, received[0].shade), (tile, (320, 180), 7));
}

#[tokio::test]
async fn a_client_that_talks_is_sent_away() {
    let (frames, url) = served().await;
    let mut client = connect(&url, Some(ORIGIN)).await.unwrap();
    client.send(Message::text("give me everything")).await.unwrap();
    let ended = timeout(Duration::from_secs(5), async { while let Some(Ok(_)) = client.next().await {} }).await;
    assert!(ended.is_ok());
    // Longer than any acknowledgement.
    let mut client = loop {
        if let Ok(client) = connect(&url, Some(ORIGIN)).await {
            break client;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    client.send(Message::binary(vec![0; 4096])).await.unwrap();
    let ended = timeout(Duration::from_secs(5), async { while let Some(Ok(_)) = client.next().await {} }).await;
    assert!(ended.is_ok());
    drop(frames);
}

#[tokio::test]
async fn a_page_without_a_socket_asks_for_the_same_pictures() {
    use tauri::http::Request;

    let (frames, url) = served().await;
    let token = url.rsplit('/').next().unwrap();
    let ask = |origin: &str, path: &str| {
        let uri = format!("frames://localhost/{path}");
        let request = Request::builder().uri(uri).header("origin", origin).body(Vec::new()).unwrap();
        let frames = frames.clone();
        async move { frames.answer(&request).await }
    };
    let number = show(&frames, ADA, 320, 180);
    frames.put(ADA, &picture(40));
    assert_eq!(ask("https://example.org", &format!("{token}?begin")).await.status(), 403);
    assert_eq!(ask(ORIGIN, "AAAAAAAAAAAAAAAAAAAAAA?begin").await.status(), 403);
    assert_eq!(ask(ORIGIN, &format!("{token}?drawn=x")).await.status(), 400);
    let first = ask(ORIGIN, &format!("{token}?begin")).await;
    assert_eq!(
        (first.status().as_u16(), first.headers()["access-control-allow-origin"].as_bytes()),
        (200, ORIGIN.as_bytes())
    );
    assert_eq!((first.body()[0], first.body()[HEADER_LENGTH]), (number, 40));
    for shade in [50, 60] {
        frames.put(ADA, &picture(shade));
        let next = ask(ORIGIN, &format!("{token}?drawn={number}")).await;
        assert_eq!((next.body()[0], next.body()[HEADER_LENGTH]), (number, shade));
    }
}
