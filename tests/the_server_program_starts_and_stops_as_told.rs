//! The room server as its operator sees it: it says where it listens, stops when told, and starts again in its place.

use std::time::Duration;

use conclave_protocol::ids::{HostKeyHash, RoomAddress, RoomId};
use conclave_protocol::signalling::{ServerMessage, SignallingError};
use conclave_tests::rigs::Result;
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::signalling_client::{FromServer, SignallingClient};

const ROOM: RoomAddress = RoomAddress { room: RoomId([7; 16]), host: HostKeyHash([8; 16]) };
const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn the_server_program_starts_and_stops_as_told() -> Result<()> {
    let server = Server::start()?;
    assert_eq!(server.url(), format!("http://{}", server.address()));
    assert!(!server.get("/healthz")?.is_empty());
    let mut client = SignallingClient::connect_to_room(&server, ROOM).await?;
    assert!(matches!(client.next(SOON).await?, FromServer::Message(ServerMessage::Welcome { .. })));
    assert_eq!(server.metric("conclave_participants")?, 1.0);

    let address = server.address();
    let status = server.terminate()?;
    assert!(status.success(), "{status}");
    let told = client.wait_for_close(SOON).await?;
    assert_eq!(told, Some(SignallingError::ShuttingDown.close_code()));

    // A server that was killed leaves its port to the next one, even with connections open.
    let server = Server::start_on(address)?;
    let _client = SignallingClient::connect_to_room(&server, ROOM).await?;
    let address = server.kill()?;
    let server = Server::start_on(address)?;
    assert_eq!(server.address(), address);
    assert_eq!(server.metric("conclave_participants")?, 0.0);
    Ok(())
}
