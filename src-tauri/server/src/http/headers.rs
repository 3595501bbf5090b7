//! Headers of answers.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::Entry;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::App;

/// What is answered where there is nothing.
pub(super) const NOT_FOUND: (StatusCode, &str) = (StatusCode::NOT_FOUND, "not found\n");

/// Nothing but this server's own scripts, style sheets and pictures; no frames around it or in it.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);
/// A room's address must not travel on in a `Referer`.
const REFERRER_POLICY: HeaderValue = HeaderValue::from_static("no-referrer");
const NO_SNIFFING: HeaderValue = HeaderValue::from_static("nosniff");
/// A room's address has no business in a search index.
const NO_INDEX: HeaderValue = HeaderValue::from_static("noindex");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// A year of TLS only, for this host alone.
const TRANSPORT_SECURITY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// What a call in the browser needs beyond that: WebAssembly, workers, fonts, pictures and sound that it makes itself,
/// and the server's WebSocket. `'self'` is that too for every browser that knows `'wasm-unsafe-eval'`: for Chromium
/// since 71, Firefox since 50 and Safari since 16.
const GUEST_CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
     font-src 'self'; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'",
);
/// What a call needs of the computer, and by name what else pages may ask for. Chromium warns of names that it doesn't
/// know.
const GUEST_PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), autoplay=(self), \
     speaker-selection=(self), accelerometer=(), browsing-topics=(), clipboard-read=(), encrypted-media=(), \
     geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), midi=(), payment=(), \
     publickey-credentials-get=(), serial=(), storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()",
);
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");

/// Adds what every answer carries, unless something else was said.
pub(super) async fn harden(State(app): State<Arc<App>>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    insert_if_missing(headers, header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    insert_if_missing(headers, header::CACHE_CONTROL, ASK_AGAIN);
    headers.insert(header::REFERRER_POLICY, REFERRER_POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFFING);
    headers.insert("x-robots-tag", NO_INDEX);
    if app.tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TRANSPORT_SECURITY);
    }
    response
}

/// Adds what the guests' page and all that it loads carry.
pub(super) async fn guest(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, GUEST_CONTENT_SECURITY_POLICY);
    headers.insert(PERMISSIONS_POLICY, GUEST_PERMISSIONS);
    headers.insert(OPENER_POLICY, SAME_ORIGIN);
    headers.insert(RESOURCE_POLICY, SAME_ORIGIN);
    response
}

fn insert_if_missing(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if let Entry::Vacant(vacant) = headers.entry(name) {
        vacant.insert(value);
    }
}
