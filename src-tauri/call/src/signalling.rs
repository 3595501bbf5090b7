//! The WebSocket to the room server: one task a socket, which reads, writes and says when it is over.

use std::time::Duration;

use bytes::Bytes;
use conclave_protocol::signalling::limits::MAX_MESSAGE_BYTES;
use conclave_protocol::signalling::{ClientMessage, ServerMessage};
use conclave_room::{Generation, ServerEvent};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::event::Event;

/// How long a connection may take to come up.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A socket that is silent for this long is asked whether it still leads to the server: a network that was left for
/// another one, or slept through, says nothing by itself, and links can't be repaired without the server.
const PING_AFTER: Duration = Duration::from_secs(5);
/// How long the answer, or the writing of a message, may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);
/// How long the last words may take to be written.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// Messages that may wait to be written. A socket that falls behind further is given up and opened anew.
const SEND_QUEUE: usize = 256;

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// A signalling socket. Dropping it closes the socket once what was sent is written.
pub(crate) struct SignallingSocket {
    outgoing: mpsc::Sender<ClientMessage>,
}

impl SignallingSocket {
    /// Connects in the background; what becomes of it is told by events that carry `socket`.
    pub(crate) fn open(url: String, socket: Generation, events: mpsc::Sender<Event>) -> Self {
        let (outgoing, queue) = mpsc::channel(SEND_QUEUE);
        tokio::spawn(async move {
            let told = |event| events.send(Event::Socket { socket, event });
            if let Some(stream) = connect(&url).await
                && told(ServerEvent::Opened).await.is_ok()
            {
                carry(stream, queue, socket, &events).await;
            }
            // A driver that is gone needs no telling.
            let _ = told(ServerEvent::Closed).await;
        });
        Self { outgoing }
    }

    /// Says something to the server. What does not fit any more is dropped: whoever said it says it again when no
    /// answer comes.
    pub(crate) fn send(&self, message: ClientMessage) {
        if self.outgoing.try_send(message).is_err() {
            tracing::debug!("a message to the server was dropped: the socket is closed or falls behind");
        }
    }
}

async fn connect(url: &str) -> Option<Socket> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE_BYTES))
        .max_frame_size(Some(MAX_MESSAGE_BYTES))
        .max_write_buffer_size(4 * MAX_MESSAGE_BYTES);
    match timeout(CONNECT_TIMEOUT, connect_async_with_config(url, Some(config), true)).await {
        Ok(Ok((stream, _))) => Some(stream),
        Ok(Err(error)) => {
            tracing::debug!(%error, "the room server can't be reached");
            None
        }
        Err(_) => {
            tracing::debug!("the room server does not answer");
            None
        }
    }
}

/// Whether a silent server was asked if it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Silence {
    Heard,
    Asked,
}

/// Carries messages both ways until either side ends it.
async fn carry(
    stream: Socket,
    mut queue: mpsc::Receiver<ClientMessage>,
    socket: Generation,
    events: &mpsc::Sender<Event>,
) {
    let (mut sink, mut stream) = stream.split();
    let mut silence = Silence::Heard;
    let deadline = tokio::time::sleep(PING_AFTER);
    tokio::pin!(deadline);
    loop {
        tokio::select! {
            said = queue.recv() => match said {
                Some(message) => {
                    let sent = timeout(ANSWER_TIMEOUT, sink.send(Message::text(message.to_json()))).await;
                    if !matches!(sent, Ok(Ok(()))) {
                        return;
                    }
                }
                None => {
                    let _ = timeout(CLOSE_TIMEOUT, sink.close()).await;
                    return;
                }
            },
            () = &mut deadline => {
                if silence == Silence::Asked {
                    tracing::debug!("the room server does not answer any more");
                    return;
                }
                silence = Silence::Asked;
                deadline.as_mut().reset(Instant::now() + ANSWER_TIMEOUT);
                let sent = timeout(ANSWER_TIMEOUT, sink.send(Message::Ping(Bytes::new()))).await;
                if !matches!(sent, Ok(Ok(()))) {
                    return;
                }
            }
            heard = stream.next() => {
                silence = Silence::Heard;
                deadline.as_mut().reset(Instant::now() + PING_AFTER);
                let message = match heard {
                    Some(Ok(Message::Text(text))) => serde_json::from_str::<ServerMessage>(&text),
                    // The library answers pings by itself.
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    _ => return,
                };
                match message {
                    Ok(message) => {
                        let event = ServerEvent::Message(message);
                        if events.send(Event::Socket { socket, event }).await.is_err() {
                            return;
                        }
                    }
                    // Perhaps a newer server's message: what this version doesn't know it does without.
                    Err(_) => tracing::debug!("an unreadable message from the server was ignored"),
                }
            }
        }
    }
}
