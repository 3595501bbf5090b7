//! A file that is embedded in the program, as it is sent.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

use super::encoding::Encoding;

/// A file and what of it was sent compressed: each variant is made when it is first asked for, and kept.
pub(super) struct Asset {
    content: Content,
    body: Bytes,
    brotli: Arc<OnceCell<Option<Bytes>>>,
    gzip: Arc<OnceCell<Option<Bytes>>>,
}

impl Asset {
    pub(super) fn new(name: &str, body: Bytes) -> Self {
        Self { content: Content::of(name), body, brotli: Arc::default(), gzip: Arc::default() }
    }

    /// The answer to a request with these headers.
    pub(super) async fn response(&self, request: &HeaderMap) -> Response {
        let content_type = (header::CONTENT_TYPE, HeaderValue::from_static(self.content.media_type()));
        if !self.content.is_compressible() {
            return ([content_type], self.body.clone()).into_response();
        }
        let vary = (header::VARY, HeaderValue::from_static("accept-encoding"));
        let chosen = Encoding::accepted(request);
        match self.compressed(chosen).await {
            Some((encoding, body)) => {
                let encoding = (header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
                ([content_type, vary, encoding], body).into_response()
            }
            None => ([content_type, vary], self.body.clone()).into_response(),
        }
    }

    /// `None` when it isn't smaller so.
    async fn compressed(&self, encoding: Option<Encoding>) -> Option<(Encoding, Bytes)> {
        let encoding = encoding?;
        let kept = match encoding {
            Encoding::Brotli => Arc::clone(&self.brotli),
            Encoding::Gzip => Arc::clone(&self.gzip),
        };
        let body = self.body.clone();
        let make = move || async move {
            let size = body.len();
            let made = spawn_blocking(move || encoding.compress(&body)).await;
            made.ok().and_then(Result::ok).filter(|made| made.len() < size).map(Bytes::from)
        };
        // To its end even if who asked is gone: given up each time, it would be begun without end.
        let made = tokio::spawn(async move { kept.get_or_init(make).await.clone() }).await;
        made.ok().flatten().map(|body| (encoding, body))
    }
}

/// What kind of file it is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Page,
    Script,
    Style,
    WebAssembly,
    Font,
    Drawing,
    Other,
}

impl Content {
    fn of(name: &str) -> Self {
        match name.rsplit_once('.').map(|(_, extension)| extension) {
            Some("html") => Self::Page,
            Some("js" | "mjs") => Self::Script,
            Some("css") => Self::Style,
            Some("wasm") => Self::WebAssembly,
            Some("woff2") => Self::Font,
            Some("svg") => Self::Drawing,
            _ => Self::Other,
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Page => "text/html; charset=utf-8",
            Self::Script => "text/javascript; charset=utf-8",
            Self::Style => "text/css; charset=utf-8",
            Self::WebAssembly => "application/wasm",
            Self::Font => "font/woff2",
            Self::Drawing => "image/svg+xml",
            Self::Other => "application/octet-stream",
        }
    }

    /// Fonts are compressed in themselves, and so is most of what else there may be.
    fn is_compressible(self) -> bool {
        !matches!(self, Self::Font | Self::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_would_grow_is_sent_as_it_is() {
        let asset = Asset::new("tiny.js", Bytes::from_static(b"x"));
        let request = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static("br"))]);
        let response = asset.response(&request).await;
        assert_eq!(response.headers().get(header::CONTENT_ENCODING), None);
        assert_eq!(response.headers().get(header::VARY).unwrap(), "accept-encoding");
        assert_eq!(axum::body::to_bytes(response.into_body(), 10).await.unwrap(), "x");
    }

    #[tokio::test]
    async fn what_was_begun_is_finished_though_who_asked_is_gone() {
        let asset = Asset::new("large.js", Bytes::from(vec![b'x'; 1 << 20]));
        let request = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"))]);
        {
            let mut gone = std::pin::pin!(asset.response(&request));
            assert!(futures_util::poll!(&mut gone).is_pending());
        }
        let made = async {
            while !asset.gzip.initialized() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), made).await.unwrap();
    }

    #[test]
    fn a_file_is_known_by_the_end_of_its_name() {
        for (name, expected) in [
            ("index.html", "text/html; charset=utf-8"),
            ("guest-1a2b.js", "text/javascript; charset=utf-8"),
            ("guest.min.css", "text/css; charset=utf-8"),
            ("engine.wasm", "application/wasm"),
            ("inter.woff2", "font/woff2"),
            ("key.svg", "image/svg+xml"),
            ("js", "application/octet-stream"),
            ("page.html.bin", "application/octet-stream"),
        ] {
            assert_eq!(Content::of(name).media_type(), expected, "{name}");
        }
    }
}
