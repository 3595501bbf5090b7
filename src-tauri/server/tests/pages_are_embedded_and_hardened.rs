//! What a browser gets.

use conclave_protocol::ids::RoomId;
use conclave_protocol::invite::ServerAddress;
use conclave_protocol::signalling::IceServer;
use conclave_server::registry::RegistryConfig;
use conclave_server::{BindError, Server, ServerConfig};

use crate::support::client::{ROOM, pair};
use crate::support::server::{get, loopback, started};

#[tokio::test]
async fn an_invite_link_leads_to_a_page_that_says_what_to_do() {
    let server = started(loopback()).await;
    let page = get(server.listening(), &format!("/j/{}", RoomId([1; 16]).to_text())).await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.body.contains("Open this link in the Conclave app"));
    assert!(page.body.contains("Open in the app") && page.body.contains("src=\"/open.js\""));
    let home = get(server.listening(), "/").await;
    assert_eq!(home.status, 200);
    assert!(home.body.contains("Conclave"));
    for page in [&page, &home] {
        assert!(!page.body.contains("<script>") && !page.body.contains("style="), "the policy allows neither");
    }
}

#[tokio::test]
async fn what_the_pages_refer_to_is_there() {
    let server = started(loopback()).await;
    for page in ["/", "/j/AAAAAAAAAAAAAAAAAAAAAA"] {
        let body = get(server.listening(), page).await.body;
        let references = body.split(['"']).filter(|text| text.starts_with('/') && text.len() > 1);
        let mut found = 0;
        for reference in references {
            assert_eq!(get(server.listening(), reference).await.status, 200, "{reference}");
            found += 1;
        }
        assert!(found >= 2, "a style sheet and a picture");
    }
    let style = get(server.listening(), "/landing.css").await;
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
    let script = get(server.listening(), "/open.js").await;
    assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(get(server.listening(), "/key.svg").await.header("content-type"), Some("image/svg+xml"));
}

#[tokio::test]
async fn a_room_s_page_does_not_tell_whether_there_is_such_a_room() {
    let server = started(loopback()).await;
    let _pair = pair(server.listening()).await;
    let there = get(server.listening(), &format!("/j/{}", ROOM.room.to_text())).await;
    let not_there = get(server.listening(), &format!("/j/{}", RoomId([1; 16]).to_text())).await;
    assert_eq!((there.status, there.body), (not_there.status, not_there.body));
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let server = started(loopback()).await;
    for path in ["/", "/j/AAAAAAAAAAAAAAAAAAAAAA", "/landing.css", "/healthz", "/metrics", "/signal", "/nope"] {
        let answer = get(server.listening(), path).await;
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
}

#[tokio::test]
async fn anything_else_is_not_found() {
    let server = started(loopback()).await;
    for path in ["/nope", "/j/", "/j/short", "/j/AAAAAAAAAAAAAAAAAAAAAA/more", "/../Cargo.toml", "/index.html"] {
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
