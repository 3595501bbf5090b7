//! Any web page may try to open a WebSocket to whatever its visitor reaches: the server lets in only its own.

use std::net::SocketAddr;

use conclave_protocol::invite::ServerAddress;
use conclave_server::ServerConfig;
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::header;

use crate::support::server::{loopback, started};
use crate::support::within;

/// The status with which a WebSocket is answered that a page of this origin opens.
async fn answered(server: SocketAddr, host: &str, origin: Option<&str>) -> u16 {
    let mut request = format!("ws://{host}/signal").into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
    }
    match within(client_async(request, TcpStream::connect(server).await.unwrap())).await {
        Ok((_, response)) => response.status().as_u16(),
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn its_own_page_and_programs_are_let_in() {
    let server = started(loopback()).await;
    let (address, port) = (server.listening(), server.listening().port());
    assert_eq!(answered(address, &address.to_string(), None).await, 101);
    for host in [address.to_string(), format!("localhost:{port}")] {
        assert_eq!(answered(address, &host, Some(&format!("http://{host}"))).await, 101, "{host}");
    }
}

#[tokio::test]
async fn a_page_from_elsewhere_is_not() {
    let server = started(loopback()).await;
    let address = server.listening();
    let another_port = format!("http://127.0.0.1:{}", address.port() ^ 1);
    for origin in ["https://evil.example", "http://evil.example", "null", &another_port] {
        assert_eq!(answered(address, &address.to_string(), Some(origin)).await, 403, "{origin}");
    }
    // Its name was made to stand for this computer after the page was loaded.
    let bent = format!("evil.example:{}", address.port());
    assert_eq!(answered(address, &bent, Some(&format!("http://{bent}"))).await, 403);
}

#[tokio::test]
async fn a_page_at_the_public_url_is_let_in_whatever_the_proxy_calls_this_server() {
    let public_url = Some(ServerAddress::parse("https://rooms.example.org").unwrap());
    let server = started(ServerConfig { public_url, ..loopback() }).await;
    let address = server.listening();
    assert_eq!(answered(address, &address.to_string(), Some("https://rooms.example.org")).await, 101);
    assert_eq!(answered(address, &address.to_string(), Some("http://rooms.example.org")).await, 403);
}
