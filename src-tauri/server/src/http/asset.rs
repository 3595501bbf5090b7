//! A file that is embedded in the program, as it is sent.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use super::encoding::Encoding;

/// A file, and what it is compressed: that was made when the page was built.
pub(super) struct Asset {
    content: Content,
    body: Bytes,
    compressed: Vec<(Encoding, Bytes)>,
}

impl Asset {
    /// `variant` gives the file compressed in one way, if there is such a one.
    pub(super) fn new(name: &str, body: Bytes, variant: impl Fn(Encoding) -> Option<Bytes>) -> Self {
        let compressed = Encoding::ALL.into_iter().filter_map(|encoding| Some((encoding, variant(encoding)?)));
        Self { content: Content::of(name), body, compressed: compressed.collect() }
    }

    /// The answer to a request with these headers.
    pub(super) fn response(&self, request: &HeaderMap) -> Response {
        let content_type = (header::CONTENT_TYPE, HeaderValue::from_static(self.content.media_type()));
        if self.compressed.is_empty() {
            return ([content_type], self.body.clone()).into_response();
        }
        let vary = (header::VARY, HeaderValue::from_static("accept-encoding"));
        match self.compressed.iter().find(|(encoding, _)| encoding.is_accepted(request)) {
            Some((encoding, body)) => {
                let encoding = (header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
                ([content_type, vary, encoding], body.clone()).into_response()
            }
            None => ([content_type, vary], self.body.clone()).into_response(),
        }
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
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(asset: &Asset, accepted: &'static str) -> (Option<HeaderValue>, Bytes) {
        let request = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
        let response = asset.response(&request);
        let encoding = response.headers().get(header::CONTENT_ENCODING).cloned();
        (encoding, axum::body::to_bytes(response.into_body(), 10).await.unwrap())
    }

    #[tokio::test]
    async fn each_gets_the_best_that_it_takes_and_that_there_is() {
        let whole = Asset::new("a.js", Bytes::from_static(b"whole"), |encoding| Some(encoding.name().into()));
        assert_eq!(sent(&whole, "gzip, br").await, (Some(HeaderValue::from_static("br")), "br".into()));
        assert_eq!(sent(&whole, "gzip").await, (Some(HeaderValue::from_static("gzip")), "gzip".into()));
        assert_eq!(sent(&whole, "zstd").await, (None, "whole".into()));
        let only_gzip = |encoding| (encoding == Encoding::Gzip).then(|| Bytes::from_static(b"small"));
        let partly = Asset::new("a.js", Bytes::from_static(b"whole"), only_gzip);
        assert_eq!(sent(&partly, "gzip, br").await, (Some(HeaderValue::from_static("gzip")), "small".into()));
        assert_eq!(sent(&partly, "br").await, (None, "whole".into()));
    }

    #[test]
    fn only_what_has_variants_depends_on_what_is_accepted() {
        let vary = |asset: Asset| asset.response(&HeaderMap::new()).headers().get(header::VARY).cloned();
        let has_variants = Asset::new("a.js", Bytes::new(), |_| Some(Bytes::new()));
        assert_eq!(vary(has_variants), Some(HeaderValue::from_static("accept-encoding")));
        assert_eq!(vary(Asset::new("a.woff2", Bytes::new(), |_| None)), None);
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
