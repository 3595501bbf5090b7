//! Who may have the pictures: the page of this app, which alone knows the token of this launch.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use conclave_call::protocol::bytes::encode;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::header::ORIGIN;
use tokio_tungstenite::tungstenite::http::{HeaderMap, StatusCode};

use super::FramesError;

/// 128 random bits, drawn at each launch.
#[derive(Clone)]
pub struct Token([u8; 16]);

impl Token {
    pub(super) fn draw() -> Result<Self, FramesError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|_| FramesError::Random)?;
        Ok(Self(bytes))
    }

    pub(super) fn text(&self) -> String {
        encode(&self.0)
    }

    /// Takes the same time wherever the difference is.
    fn is(&self, text: &str) -> bool {
        let own = self.text();
        own.len() == text.len() && own.bytes().zip(text.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
    }
}

/// The origins that a page of this app has.
#[derive(Debug, Clone)]
pub struct AllowedOrigins(pub &'static [&'static str]);

impl Default for AllowedOrigins {
    /// What Tauri serves the app's page from.
    fn default() -> Self {
        if cfg!(any(target_os = "windows", target_os = "android")) {
            Self(&["http://tauri.localhost", "https://tauri.localhost"])
        } else {
            Self(&["tauri://localhost"])
        }
    }
}

/// Lets one client in at a time.
#[derive(Clone)]
pub(super) struct Door {
    token: Token,
    origins: AllowedOrigins,
    is_taken: Arc<AtomicBool>,
}

/// The one client's place; free again when it is dropped.
pub(super) struct Place(Arc<AtomicBool>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Door {
    pub(super) fn new(token: Token, origins: AllowedOrigins) -> Self {
        Self { token, origins, is_taken: Arc::default() }
    }

    /// The page's origin, if whoever asks for this path is it.
    pub(super) fn own_origin(&self, headers: &HeaderMap, path: &str) -> Option<&'static str> {
        let origin = headers.get(ORIGIN)?.to_str().ok()?;
        let knows_token = path.strip_prefix('/').is_some_and(|token| self.token.is(token));
        self.origins.0.iter().copied().find(|own| knows_token && *own == origin)
    }

    /// Judges a request for a WebSocket, and puts the client's place where the caller finds it.
    #[expect(clippy::result_large_err, reason = "the types are tungstenite's")]
    pub(super) fn answer(
        &self,
        place: &mut Option<Place>,
        request: &Request,
        response: Response,
    ) -> Result<Response, ErrorResponse> {
        let path = request.uri().path_and_query().map_or("", |path| path.as_str());
        if self.own_origin(request.headers(), path).is_none() {
            return Err(refusal(StatusCode::FORBIDDEN));
        }
        if self.is_taken.swap(true, Ordering::AcqRel) {
            return Err(refusal(StatusCode::CONFLICT));
        }
        *place = Some(Place(Arc::clone(&self.is_taken)));
        Ok(response)
    }
}

fn refusal(status: StatusCode) -> ErrorResponse {
    let mut response = ErrorResponse::new(None);
    *response.status_mut() = status;
    response
}
