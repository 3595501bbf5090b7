//! `/signal`: where an HTTP request becomes a client.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::App;
use crate::connection;
use crate::network::AddressGate;

/// What a WebSocket reads at once, in bytes; larger messages grow the buffer. Each connection has one all the time.
const READ_BUFFER_BYTES: usize = 4 * 1024;

pub(super) async fn upgrade(
    State(app): State<Arc<App>>,
    Extension(gate): Extension<AddressGate>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !app.own_pages.allow(&headers) {
        return (StatusCode::FORBIDDEN, "a page of another origin may not open a WebSocket here\n").into_response();
    }
    let message_bytes = app.limits.message_bytes;
    upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        // The send queue is the only buffer: what is written goes out at once.
        .write_buffer_size(0)
        .max_write_buffer_size(4 * message_bytes)
        .max_message_size(message_bytes)
        .max_frame_size(message_bytes)
        .on_upgrade(async move |socket| connection::serve(socket, &gate, &app.hub, &app.limits, &app.metrics).await)
}
