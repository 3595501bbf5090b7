//! The same messages without a socket: the page asks for the next one, at `frames://localhost/TOKEN?drawn=1,2`, and says
//! which tiles' pictures it has drawn since. `begin` in the place of `drawn` says that it has none yet.

use std::sync::Arc;
use std::time::Duration;

use tauri::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use tauri::http::{HeaderValue, Request, Response, StatusCode};
use tokio::time::{Instant, timeout_at};

use super::Frames;
use super::compose::compose;
use super::tiles::{MAX_TILES, TileNumber};

/// The scheme that the page asks by.
pub const SCHEME: &str = "frames";

/// How long an answer waits for a picture; then it is empty.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// What the page has to say of what it got.
#[derive(Debug, PartialEq, Eq)]
enum Since {
    /// It has nothing yet.
    Begin,
    /// It has drawn these tiles' pictures.
    Drawn(Vec<TileNumber>),
}

impl Since {
    fn read(query: &str) -> Option<Self> {
        if query == "begin" {
            return Some(Self::Begin);
        }
        let drawn = query.strip_prefix("drawn=")?;
        // Two are under way to a tile at most.
        let numbers = drawn.split(',').filter(|number| !number.is_empty()).take(2 * MAX_TILES);
        Some(Self::Drawn(numbers.map(|number| number.parse().ok().map(TileNumber)).collect::<Option<_>>()?))
    }
}

impl Frames {
    /// Answers a request of the page; anybody else's is refused.
    pub async fn answer(&self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let uri = request.uri();
        let own = self.shared.door.get().and_then(|door| door.own_origin(request.headers(), uri.path()));
        let Some(origin) = own else { return status(StatusCode::FORBIDDEN) };
        let Some(since) = uri.query().and_then(Since::read) else { return status(StatusCode::BAD_REQUEST) };
        let mut response = Response::new(self.next_message(&since).await);
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static(origin));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        response
    }

    async fn next_message(&self, since: &Since) -> Vec<u8> {
        match since {
            Since::Begin => self.tiles().forget_under_way(),
            Since::Drawn(tiles) => {
                let mut waiting = self.tiles();
                tiles.iter().for_each(|tile| waiting.acknowledge(*tile));
            }
        }
        let deadline = Instant::now() + ANSWER_WITHIN;
        loop {
            let ready = self.tiles().take_ready();
            if !ready.is_empty() {
                return compose(ready, Arc::clone(&self.shared.scaler)).await.map(Vec::from).unwrap_or_default();
            }
            if timeout_at(deadline, self.shared.ready.notified()).await.is_err() {
                return Vec::new();
            }
        }
    }
}

fn status(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_drawn_is_read_and_bounded() {
        assert_eq!(Since::read("begin"), Some(Since::Begin));
        assert_eq!(Since::read("drawn="), Some(Since::Drawn(Vec::new())));
        assert_eq!(Since::read("drawn=1,200"), Some(Since::Drawn(vec![TileNumber(1), TileNumber(200)])));
        assert_eq!(Since::read("drawn=1,x"), None);
        assert_eq!(Since::read("drawn=256"), None);
        assert_eq!(Since::read(""), None);
        let Some(Since::Drawn(many)) = Since::read(&format!("drawn={}", "1,".repeat(10_000))) else { panic!() };
        assert_eq!(many.len(), 2 * MAX_TILES);
    }
}
