//! The page that an invite link leads to in a browser, and the one at the root. Both are embedded in the binary.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use conclave_protocol::ids::RoomId;
use rust_embed::Embed;

use super::App;

#[derive(Embed)]
#[folder = "../../ui/landing/"]
struct Files;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(|| async { file("index.html", "text/html; charset=utf-8") }))
        .route("/j/{room}", get(invited))
        .route("/landing.css", get(|| async { file("landing.css", "text/css; charset=utf-8") }))
        .route("/open.js", get(|| async { file("open.js", "text/javascript; charset=utf-8") }))
        .route("/key.svg", get(|| async { file("key.svg", "image/svg+xml") }))
}

/// The same page for every room, whether anyone is in it or not: this tells nobody which rooms there are.
async fn invited(Path(room): Path<String>) -> Response {
    match room.parse::<RoomId>() {
        Ok(_) => file("invited.html", "text/html; charset=utf-8"),
        Err(_) => (StatusCode::NOT_FOUND, "not found\n").into_response(),
    }
}

fn file(name: &str, content_type: &'static str) -> Response {
    match Files::get(name) {
        Some(file) => {
            let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-cache")];
            (headers, file.data).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
