//! A client of the room server that speaks its protocol and nothing more: no media, no links, any manners.

use std::time::Duration;

use conclave_protocol::ids::RoomAddress;
use conclave_protocol::signalling::{ClientMessage, ServerMessage};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::error::{Result, RigError};
use super::server::Server;

/// A connection to a room server.
#[derive(Debug)]
pub struct SignallingClient {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What a server does to a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromServer {
    /// It says something.
    Message(ServerMessage),
    /// It closes the connection, with this code if it said one.
    Closed(Option<u16>),
}

impl SignallingClient {
    /// Connects, and says nothing yet.
    ///
    /// # Errors
    /// When the server doesn't accept the connection.
    pub async fn connect(server: &Server) -> Result<Self> {
        Self::connect_at(&server.signalling_url()).await
    }

    /// The same, to whoever is there.
    ///
    /// # Errors
    /// When nobody accepts the connection.
    pub async fn connect_at(signalling_url: &str) -> Result<Self> {
        let (socket, _) =
            tokio_tungstenite::connect_async(signalling_url).await.map_err(broken("connecting to the server"))?;
        Ok(Self { socket })
    }

    /// Connects and says hello; the answer is the next thing to be read.
    ///
    /// # Errors
    /// When the server doesn't accept the connection.
    pub async fn connect_to_room(server: &Server, room: RoomAddress) -> Result<Self> {
        let mut client = Self::connect(server).await?;
        client.send(&ClientMessage::hello(room, None)).await?;
        Ok(client)
    }

    /// Says something of the protocol.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn send(&mut self, message: &ClientMessage) -> Result<()> {
        self.send_raw(Message::text(message.to_json())).await
    }

    /// Says anything.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn send_raw(&mut self, message: Message) -> Result<()> {
        self.socket.send(message).await.map_err(broken("sending to the server"))
    }

    /// The next thing the server does.
    ///
    /// # Errors
    /// [`RigError::Deadline`] when it does nothing in time, [`RigError::Unreadable`] when it says something unknown.
    pub async fn next(&mut self, within: Duration) -> Result<FromServer> {
        tokio::time::timeout(within, self.read()).await.map_err(|_| RigError::Deadline {
            process: "server".to_owned(),
            what: "a message to a client".to_owned(),
            waited: within,
            log: String::new(),
        })?
    }

    /// Reads until the server closes the connection, and says with which code.
    ///
    /// # Errors
    /// As [`SignallingClient::next`].
    pub async fn wait_for_close(&mut self, within: Duration) -> Result<Option<u16>> {
        let deadline = tokio::time::Instant::now() + within;
        loop {
            let left = deadline.saturating_duration_since(tokio::time::Instant::now());
            if let FromServer::Closed(code) = self.next(left).await? {
                return Ok(code);
            }
        }
    }

    async fn read(&mut self) -> Result<FromServer> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    return serde_json::from_str(&text).map(FromServer::Message).map_err(|error| {
                        RigError::Unreadable {
                            what: "a server message".to_owned(),
                            reason: error.to_string(),
                            text: text.to_string(),
                        }
                    });
                }
                Some(Ok(Message::Close(frame))) => {
                    return Ok(FromServer::Closed(frame.map(|frame| frame.code.into())));
                }
                // A connection that was cut rather than closed is closed all the same.
                None | Some(Err(_)) => return Ok(FromServer::Closed(None)),
                Some(Ok(_)) => {}
            }
        }
    }
}

fn broken(what: &'static str) -> impl FnOnce(Error) -> RigError {
    move |error| RigError::io(what)(std::io::Error::other(error))
}
