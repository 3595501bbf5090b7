//! One client: a task that reads and a task that writes, with a bounded queue between the rest of the server and the
//! latter.

mod ending;
mod queue;
mod reader;
mod writer;

use axum::extract::ws::WebSocket;
use conclave_protocol::signalling::SignallingError;
use futures_util::StreamExt as _;

use crate::hub::Hub;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::network::AddressGate;
use reader::Reader;

pub(crate) use ending::Ending;
#[cfg(test)]
pub(crate) use queue::Task;
pub(crate) use queue::{Outgoing, QueueFull, SendQueue};

/// Serves one WebSocket until it ends.
pub(crate) async fn serve(socket: WebSocket, gate: &AddressGate, hub: &Hub, limits: &Limits, metrics: &Metrics) {
    metrics.opened();
    let (sink, stream) = socket.split();
    let queue = SendQueue::new(limits.send_queue_bytes);
    let writer = tokio::spawn(writer::write(sink, queue.clone(), limits.close_timeout, metrics.clone()));
    let slot = gate.websocket_slot();
    if slot.is_some() {
        let connection = hub.connect(queue.clone());
        queue.end(Reader::new(connection, hub, gate, limits, metrics).read(stream, &queue).await);
        hub.disconnect(connection);
    } else {
        queue.end(Ending::refused(SignallingError::TooManyConnections));
    }
    let ending = queue.ended().await;
    metrics.closed(ending);
    tracing::debug!(reason = ending.label(), "a connection ended");
    // Until the last words are written, or it took too long; a writer that panicked has nothing more to write.
    let _ = writer.await;
}
