//! The page with which guests join in their browser, and all that it loads. Embedded in the binary.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use conclave_protocol::ids::RoomId;
use rust_embed::Embed;

use super::App;
use super::asset::Asset;
use super::encoding::Encoding;
use super::headers::{self, NOT_FOUND};

#[derive(Embed)]
#[folder = "../../ui/dist-guest/"]
struct Files;

const PAGE: &str = "index.html";
/// The folder of what the page loads: names there change with what is in the files.
const ASSETS: &str = "assets/";
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

static FILES: LazyLock<HashMap<String, Asset>> = LazyLock::new(|| {
    let is_variant = |name: &str| Encoding::ALL.iter().any(|encoding| name.ends_with(encoding.extension()));
    let asset = |name: Cow<'static, str>| {
        let variant = |encoding: Encoding| file(&format!("{name}{}", encoding.extension()));
        Some((name.clone().into_owned(), Asset::new(&name, file(&name)?, variant)))
    };
    Files::iter().filter(|name| !is_variant(name)).filter_map(asset).collect()
});

fn file(name: &str) -> Option<Bytes> {
    Some(match Files::get(name)?.data {
        Cow::Borrowed(body) => Bytes::from_static(body),
        Cow::Owned(body) => Bytes::from(body),
    })
}

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/j/{room}", get(page))
        .route("/assets/{file}", get(asset))
        // A worker obeys the policy that comes with its own script, not the page's.
        .layer(map_response(headers::guest))
}

/// The same page for every room, whether anyone is in it or not: this tells nobody which rooms there are.
async fn page(Path(room): Path<String>, request: HeaderMap) -> Response {
    match (room.parse::<RoomId>(), FILES.get(PAGE)) {
        (Ok(_), Some(page)) => page.response(&request),
        _ => NOT_FOUND.into_response(),
    }
}

async fn asset(Path(file): Path<String>, request: HeaderMap) -> Response {
    let Some(asset) = FILES.get(&format!("{ASSETS}{file}")) else { return NOT_FOUND.into_response() };
    let mut response = asset.response(&request);
    response.headers_mut().insert(header::CACHE_CONTROL, FOR_EVER);
    response
}
