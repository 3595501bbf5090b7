//! What the server answers on which path.

mod asset;
mod encoding;
mod guest;
mod headers;
mod landing;
mod origin;
mod signal;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware::map_response_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::hub::Hub;
use crate::limits::Limits;
use crate::metrics::Metrics;

pub(crate) use origin::OwnPages;

/// What requests are answered from.
pub(crate) struct App {
    pub(crate) hub: Hub,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    pub(crate) own_pages: OwnPages,
    /// Whether clients reach this server by TLS of its own.
    pub(crate) tls: bool,
}

/// Every path there is.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/signal", get(signal::upgrade))
        .route("/healthz", get("ok\n"))
        .route("/metrics", get(metrics))
        .merge(landing::routes())
        .merge(guest::routes())
        .fallback(headers::NOT_FOUND)
        .layer(map_response_with_state(Arc::clone(&app), headers::harden))
        .with_state(app)
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    match app.metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics can't be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
