//! The socket that the window reads pictures from.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

use super::Frames;
use super::compose::compose;
use super::door::{Door, Place};
use super::tiles::TileNumber;

/// How many may be at the door at once: the page, and whoever tries.
const MAX_HANDSHAKES: usize = 8;
/// How long a handshake may take.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(5);
/// The longest message of a client: acknowledgements of all tiles there can be.
const MAX_INCOMING: usize = 1024;
/// How often the pictures of many tiles are sent: as often as cameras take them.
const TOGETHER_EVERY: Duration = Duration::from_nanos(33_333_333);
/// The pause after a failed accept: out of file descriptors, mostly.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Lets the page in, one after the other.
pub(super) async fn serve(listener: TcpListener, door: Door, frames: Frames) {
    let handshakes = Arc::new(Semaphore::new(MAX_HANDSHAKES));
    loop {
        // It is never closed.
        let Ok(permit) = Arc::clone(&handshakes).acquire_owned().await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "the window's socket could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (door, frames) = (door.clone(), frames.clone());
        tokio::spawn(async move {
            let client = timeout(HANDSHAKE_WITHIN, enter(stream, &door)).await.ok().flatten();
            drop(permit);
            match client {
                Some((socket, place)) => {
                    tracing::info!("the window takes pictures");
                    attend(socket, &frames).await;
                    drop(place);
                    tracing::info!("the window takes pictures no more");
                }
                None => tracing::warn!("somebody else than the window asked for pictures, and got none"),
            }
        });
    }
}

#[expect(clippy::result_large_err, reason = "the callback's types are tungstenite's")]
async fn enter(stream: TcpStream, door: &Door) -> Option<(WebSocketStream<TcpStream>, Place)> {
    // Acknowledgements are single bytes: they must not wait for company.
    let _ = stream.set_nodelay(true);
    let config = WebSocketConfig::default()
        .read_buffer_size(4 * 1024)
        .max_message_size(Some(MAX_INCOMING))
        .max_frame_size(Some(MAX_INCOMING));
    let mut place = None;
    let socket = accept_hdr_async_with_config(
        stream,
        |request: &Request, response: Response| door.answer(&mut place, request, response),
        Some(config),
    )
    .await
    .ok()?;
    Some((socket, place?))
}

/// Sends what is ready until the client goes, or says what it must not.
async fn attend(socket: WebSocketStream<TcpStream>, frames: &Frames) {
    frames.tiles().forget_under_way();
    let (mut outgoing, mut incoming) = socket.split();
    let acknowledge = async {
        while let Some(Ok(message)) = incoming.next().await {
            match message {
                Message::Binary(tiles) => {
                    let mut waiting = frames.tiles();
                    tiles.iter().for_each(|tile| waiting.acknowledge(TileNumber(*tile)));
                    drop(waiting);
                    frames.shared.ready.notify_one();
                }
                Message::Ping(_) | Message::Pong(_) => {}
                Message::Text(_) | Message::Close(_) | Message::Frame(_) => break,
            }
        }
    };
    let send = async {
        let mut together = interval(TOGETHER_EVERY);
        together.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let many = frames.tiles().are_many();
            if many {
                together.tick().await;
            }
            let ready = frames.tiles().take_ready();
            if ready.is_empty() {
                frames.shared.ready.notified().await;
                continue;
            }
            let Ok(message) = compose(ready, Arc::clone(&frames.shared.scaler)).await else { break };
            if outgoing.send(Message::Binary(message)).await.is_err() {
                break;
            }
        }
    };
    tokio::select! {
        () = acknowledge => {}
        () = send => {}
    }
}
