//! The page for guests in a browser, as it was built, and under which rules the browser runs it.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use conclave_protocol::ids::RoomId;

use crate::support::client::{ROOM, pair};
use crate::support::server::{Answer, get, get_with, loopback, started};

const ROOM_PAGE: &str = "/j/AAAAAAAAAAAAAAAAAAAAAA";

/// Of all scripts together.
const MAX_SCRIPT_BYTES: usize = 150_000;

/// What Vite built.
fn built() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist-guest")
}

/// The names of what the page loads, and their contents.
fn assets() -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(built().join("assets")).expect("assets").map(|entry| entry.unwrap());
    let files = entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()));
    files.filter(|(name, _)| !is_compressed(name)).collect()
}

/// A file that lies beside another one, as what that is sent to those who take it so.
fn is_compressed(name: &str) -> bool {
    name.ends_with(".br") || name.ends_with(".gz")
}

#[tokio::test]
async fn every_room_has_the_page_that_was_built() {
    let server = started(loopback()).await;
    let _pair = pair(server.listening()).await;
    let index = fs::read_to_string(built().join("index.html")).unwrap();
    for room in [ROOM.room, RoomId([1; 16])] {
        let page = get(server.listening(), &format!("/j/{}", room.to_text())).await;
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
        assert_eq!(page.header("cache-control"), Some("no-cache"));
        assert_eq!(page.body, index);
    }
    for path in ["/j/", "/j/short", "/j/AAAAAAAAAAAAAAAAAAAAAA/more", "/assets/", "/assets/..%2Findex.html"] {
        assert_eq!(get(server.listening(), path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn what_the_page_loads_is_there_for_ever_and_typed() {
    let server = started(loopback()).await;
    let mut types = BTreeSet::new();
    for (name, contents) in assets() {
        let asset = get(server.listening(), &format!("/assets/{name}")).await;
        assert_eq!((asset.status, &asset.bytes), (200, &contents), "{name}");
        assert_eq!(asset.header("cache-control"), Some("public, max-age=31536000, immutable"), "{name}");
        let expected = match name.rsplit_once('.').unwrap().1 {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "wasm" => "application/wasm",
            "woff2" => "font/woff2",
            "svg" => "image/svg+xml",
            other => panic!("nobody has said what a .{other} is"),
        };
        assert_eq!(asset.header("content-type"), Some(expected), "{name}");
        types.insert(expected);
    }
    assert!(types.contains("text/javascript; charset=utf-8"), "a page without a script: {types:?}");
    let missing = get(server.listening(), "/assets/missing-0123abcd.js").await;
    assert_eq!((missing.status, missing.header("cache-control")), (404, Some("no-cache")));
}

#[tokio::test]
async fn who_takes_it_compressed_gets_it_so() {
    let server = started(loopback()).await;
    let is_text = |name: &String| name.ends_with(".js");
    let (name, plain) = assets().into_iter().filter(|(name, _)| is_text(name)).max_by_key(|(_, c)| c.len()).unwrap();
    let path = format!("/assets/{name}");
    for (accepted, encoding) in [("gzip, deflate, br", Some("br")), ("gzip", Some("gzip")), ("identity", None)] {
        let head = format!("accept-encoding: {accepted}\r\n");
        let answer = get_with(server.listening(), &path, &head).await;
        assert_eq!(answer.header("content-encoding"), encoding);
        assert_eq!(answer.header("vary"), Some("accept-encoding"));
        assert_eq!(answer.header("content-length"), Some(answer.bytes.len().to_string().as_str()));
        assert_eq!(opened(&answer), plain, "{encoding:?}");
        assert!(encoding.is_none() || answer.bytes.len() < plain.len());
    }
    assert_eq!(get(server.listening(), &format!("{path}.br")).await.status, 404, "it is no file of its own");
}

/// All of it, whatever of it a guest comes to need, in both languages.
#[tokio::test]
async fn the_scripts_are_small_as_a_browser_gets_them_over_tls() {
    let server = started(loopback()).await;
    let mut bytes = 0;
    for (name, _) in assets().into_iter().filter(|(name, _)| name.ends_with(".js")) {
        let answer = get_with(server.listening(), &format!("/assets/{name}"), "accept-encoding: gzip, br\r\n").await;
        bytes += answer.bytes.len();
    }
    assert!((1..=MAX_SCRIPT_BYTES).contains(&bytes), "{bytes}");
}

fn opened(answer: &Answer) -> Vec<u8> {
    use std::io::Read as _;
    let mut plain = Vec::new();
    match answer.header("content-encoding") {
        Some("br") => brotli::Decompressor::new(&*answer.bytes, 4096).read_to_end(&mut plain),
        Some("gzip") => flate2::read::GzDecoder::new(&*answer.bytes).read_to_end(&mut plain),
        _ => return answer.bytes.clone(),
    }
    .unwrap();
    plain
}

#[tokio::test]
async fn what_is_no_file_is_never_compressed() {
    let server = started(loopback()).await;
    for path in ["/metrics", "/healthz", "/signal", "/nope"] {
        let answer = get_with(server.listening(), path, "accept-encoding: gzip, br\r\n").await;
        assert_eq!(answer.header("content-encoding"), None, "{path}");
    }
}

#[tokio::test]
async fn the_page_and_its_workers_may_do_what_a_call_needs_and_nothing_else() {
    let server = started(loopback()).await;
    let script = assets().into_iter().map(|(name, _)| name).find(|name| name.ends_with(".js")).unwrap();
    for path in [ROOM_PAGE, &format!("/assets/{script}"), "/j/short"] {
        let answer = get(server.listening(), path).await;
        let policy = answer.header("content-security-policy").unwrap_or_default();
        let mut directives: Vec<_> = policy.split(';').map(str::trim).collect();
        directives.sort_unstable();
        let expected = [
            "base-uri 'none'",
            "connect-src 'self'",
            "default-src 'none'",
            "font-src 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            "worker-src 'self'",
        ];
        assert_eq!(directives, expected, "{path}");
        let permissions = answer.header("permissions-policy").unwrap_or_default();
        let mut allowed: Vec<_> = permissions.split(", ").filter(|feature| !feature.ends_with("=()")).collect();
        allowed.sort_unstable();
        let expected = [
            "autoplay=(self)",
            "camera=(self)",
            "display-capture=(self)",
            "fullscreen=(self)",
            "microphone=(self)",
            "speaker-selection=(self)",
        ];
        assert_eq!(allowed, expected, "{path}");
        for (name, value) in [
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-robots-tag", "noindex"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
    }
}

#[tokio::test]
async fn the_page_keeps_to_its_own_rules_and_refers_to_what_is_there() {
    let server = started(loopback()).await;
    let page = get(server.listening(), ROOM_PAGE).await.body;
    assert!(!page.contains("<script>") && !page.contains("<style") && !page.contains("style="), "{page}");
    let references: Vec<_> = page.split('"').filter(|text| text.starts_with('/') && text.len() > 1).collect();
    assert!(!references.is_empty());
    for reference in references {
        assert_eq!(get(server.listening(), reference).await.status, 200, "{reference}");
    }
}
