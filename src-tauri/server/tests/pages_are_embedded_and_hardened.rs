//! What a browser gets.

use conclave_protocol::invite::ServerAddress;
use conclave_protocol::signalling::IceServer;
use conclave_server::registry::RegistryConfig;
use conclave_server::{BindError, Server, ServerConfig};

use crate::support::server::{get, loopback, started};

#[tokio::test]
async fn there_is_a_page_at_the_root_and_what_it_refers_to() {
    let server = started(loopback()).await;
    let home = get(server.listening(), "/").await;
    assert_eq!((home.status, home.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(home.body.contains("Conclave"));
    assert!(!home.body.contains("<script") && !home.body.contains("style="), "the policy allows neither");
    let references = home.body.split('"').filter(|text| text.starts_with('/') && text.len() > 1);
    let mut found = 0;
    for reference in references {
        assert_eq!(get(server.listening(), reference).await.status, 200, "{reference}");
        found += 1;
    }
    assert!(found >= 2, "a style sheet and a picture");
    let style = get(server.listening(), "/landing.css").await;
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(get(server.listening(), "/key.svg").await.header("content-type"), Some("image/svg+xml"));
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let server = started(loopback()).await;
    for path in ["/", "/landing.css", "/key.svg", "/healthz", "/metrics", "/signal", "/nope"] {
        let answer = get(server.listening(), path).await;
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
    }
}

#[tokio::test]
async fn anything_else_is_not_found() {
    let server = started(loopback()).await;
    for path in ["/nope", "/../Cargo.toml", "/index.html", "/open.js", "/invited.html"] {
        assert_eq!(get(server.listening(), path).await.status, 404, "{path}");
    }
    let health = get(server.listening(), "/healthz").await;
    assert_eq!((health.status, health.body.as_str()), (200, "ok\n"));
}

#[tokio::test]
async fn a_server_knows_how_it_is_reached() {
    let server = started(loopback()).await;
    assert_eq!(server.url().to_string(), format!("http://{}", server.listening()));
    let listen = "0.0.0.0:0".parse().unwrap();
    let server = Server::bind(ServerConfig { listen, ..loopback() }).await.unwrap();
    assert_eq!(server.url().to_string(), format!("http://127.0.0.1:{}", server.listening().port()));
    let public_url = Some(ServerAddress::parse("https://rooms.example.org").unwrap());
    let server = Server::bind(ServerConfig { public_url, ..loopback() }).await.unwrap();
    assert_eq!(server.url().to_string(), "https://rooms.example.org");
}

#[tokio::test]
async fn ice_servers_that_fit_in_no_welcome_are_refused_at_once() {
    let server = IceServer { urls: vec!["stun:x".repeat(10_000)], username: None, credential: None };
    let rooms = RegistryConfig { ice_servers: vec![server], ..RegistryConfig::default() };
    let bound = Server::bind(ServerConfig { rooms, ..loopback() }).await;
    assert!(matches!(bound, Err(BindError::IceServers)));
}
