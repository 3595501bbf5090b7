//! Headers that every answer carries.

use axum::http::{HeaderValue, header};
use axum::response::Response;

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

/// Adds them.
pub(super) async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    headers.insert(header::REFERRER_POLICY, REFERRER_POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFFING);
    headers.insert("x-robots-tag", NO_INDEX);
    response
}
