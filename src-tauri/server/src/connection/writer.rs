//! The writing half of a connection: a task of its own, so that a client which doesn't read holds up nobody.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use conclave_protocol::signalling::ServerMessage;
use futures_util::SinkExt as _;
use futures_util::stream::SplitSink;
use tokio::time::sleep;

use super::ending::Ending;
use super::queue::{SendQueue, Task};
use crate::metrics::{MessageKind, Metrics};
use crate::registry::Closure;

/// RFC 6455 section 7.4.1: the purpose of the connection is fulfilled.
const NORMAL_CLOSURE: u16 = 1000;

/// Writes what is queued until the queue has ended, and then the last words, within `close_timeout`.
pub(super) async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    queue: SendQueue,
    close_timeout: Duration,
    metrics: Metrics,
) {
    let overdue = async {
        queue.ended().await;
        sleep(close_timeout).await;
    };
    tokio::select! {
        result = write_all(&mut sink, &queue, &metrics) => {
            if result.is_err() {
                queue.end(Ending::Broken);
            }
        }
        () = overdue => {}
    }
}

async fn write_all(
    sink: &mut SplitSink<WebSocket, Message>,
    queue: &SendQueue,
    metrics: &Metrics,
) -> Result<(), axum::Error> {
    loop {
        match queue.next().await {
            Task::Write(message) => {
                let bytes = message.text.len();
                sink.send(Message::Text(message.text)).await?;
                metrics.sent(message.kind, bytes);
            }
            Task::Ping => sink.send(Message::Ping(Bytes::new())).await?,
            Task::End(Ending::Closed(closure)) => return write_closure(sink, closure, metrics).await,
            Task::End(Ending::ByClient | Ending::Silent | Ending::Broken) => return Ok(()),
        }
    }
}

async fn write_closure(
    sink: &mut SplitSink<WebSocket, Message>,
    closure: Closure,
    metrics: &Metrics,
) -> Result<(), axum::Error> {
    let code = match closure {
        Closure::Goodbye => NORMAL_CLOSURE,
        Closure::Refused(error) => {
            let text = ServerMessage::Refused { error }.to_json();
            let bytes = text.len();
            sink.send(Message::Text(text.into())).await?;
            metrics.sent(MessageKind::Refused, bytes);
            error.close_code()
        }
    };
    let reason = Utf8Bytes::default();
    sink.send(Message::Close(Some(CloseFrame { code, reason }))).await
}
