//! The page at the root. Embedded in the binary.

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::Embed;

use super::App;

#[derive(Embed)]
#[folder = "../../ui/landing/"]
struct Files;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(|| async { file("index.html", "text/html; charset=utf-8") }))
        .route("/landing.css", get(|| async { file("landing.css", "text/css; charset=utf-8") }))
        .route("/key.svg", get(|| async { file("key.svg", "image/svg+xml") }))
}

fn file(name: &str, content_type: &'static str) -> Response {
    match Files::get(name) {
        Some(file) => ([(header::CONTENT_TYPE, content_type)], file.data).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
