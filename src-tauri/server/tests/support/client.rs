//! A client over a real WebSocket.

use std::net::SocketAddr;

use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{HostKeyHash, RoomAddress, RoomId};
use conclave_protocol::signalling::{
    ClientMessage, Member, Recipient, Returning, ServerMessage, SignallingError, Standing,
};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::within;

/// The room that tests meet in.
pub(crate) const ROOM: RoomAddress = room(7);

/// A room of a host who gives no orders.
pub(crate) const fn room(number: u8) -> RoomAddress {
    RoomAddress { room: RoomId([number; 16]), host: HostKeyHash([0; 16]) }
}

pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<TcpStream>,
}

/// A client that was let in, and what it was told.
pub(crate) struct Joined {
    pub(crate) client: Client,
    pub(crate) me: Returning,
    pub(crate) standing: Standing,
    pub(crate) members: Vec<Member>,
}

impl Client {
    pub(crate) async fn connect(server: SocketAddr) -> Self {
        Self::over(TcpStream::connect(server).await.unwrap(), server).await
    }

    /// One whose system takes little in for it while it does not read.
    pub(crate) async fn connect_with_small_buffer(server: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        Self::over(socket.connect(server).await.unwrap(), server).await
    }

    async fn over(stream: TcpStream, server: SocketAddr) -> Self {
        let (socket, _) = within(client_async(format!("ws://{server}/signal"), stream)).await.unwrap();
        Self { socket }
    }

    pub(crate) async fn say(&mut self, message: ClientMessage) {
        self.send(Message::text(message.to_json())).await;
    }

    /// Sends a frame. A server that has closed meanwhile is found out by reading.
    pub(crate) async fn send(&mut self, frame: Message) {
        let _ = within(self.socket.send(frame)).await;
    }

    pub(crate) async fn relay(&mut self, to: Recipient, payload: &[u8]) {
        self.say(relay(to, payload)).await;
    }

    /// The next frame that is no ping or pong; `None` at the end of the connection.
    pub(crate) async fn next_frame(&mut self) -> Option<Message> {
        loop {
            match within(self.socket.next()).await {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(frame)) => return Some(frame),
                Some(Err(Error::ConnectionClosed)) | None => return None,
                Some(Err(error)) => panic!("the connection broke: {error}"),
            }
        }
    }

    pub(crate) async fn hear(&mut self) -> ServerMessage {
        match self.next_frame().await {
            Some(Message::Text(text)) => serde_json::from_str(&text).expect("a server message"),
            other => panic!("{other:?} instead of a message"),
        }
    }

    /// Reads on until refused, and must then be closed with the error's code.
    pub(crate) async fn refused(mut self) -> SignallingError {
        let error = loop {
            if let ServerMessage::Refused { error } = self.hear().await {
                break error;
            }
        };
        assert_eq!(self.closed().await, error.close_code(), "{error:?}");
        error
    }

    /// Must be closed now; gives the code.
    pub(crate) async fn closed(mut self) -> u16 {
        let code = match self.next_frame().await {
            Some(Message::Close(Some(frame))) => frame.code,
            other => panic!("{other:?} instead of a close frame"),
        };
        assert!(self.next_frame().await.is_none(), "nothing comes behind a close frame");
        CloseCode::into(code)
    }

    pub(crate) async fn welcomed(mut self) -> Joined {
        match self.hear().await {
            ServerMessage::Welcome { participant, token, order, standing, members, .. } => {
                Joined { client: self, me: Returning { participant, token, order }, standing, members }
            }
            other => panic!("{other:?} instead of a welcome"),
        }
    }
}

impl Joined {
    pub(crate) async fn new(server: SocketAddr) -> Self {
        Self::returning(server, None).await
    }

    pub(crate) async fn returning(server: SocketAddr, returning: Option<Returning>) -> Self {
        let mut client = Client::connect(server).await;
        client.say(ClientMessage::hello(ROOM, returning)).await;
        client.welcomed().await
    }

    /// In a room of that number, where nobody else is.
    pub(crate) async fn new_alone(server: SocketAddr, room: usize) -> Self {
        let mut client = Client::connect(server).await;
        client
            .say(ClientMessage::hello(RoomAddress { room: RoomId((room as u128).to_be_bytes()), ..ROOM }, None))
            .await;
        client.welcomed().await
    }

    pub(crate) fn member(&self) -> Member {
        Member { participant: self.me.participant, order: self.me.order }
    }

    /// The next message must be this one.
    pub(crate) async fn hears(&mut self, expected: ServerMessage) {
        assert_eq!(self.client.hear().await, expected);
    }

    pub(crate) async fn hears_relayed(&mut self, from: &Returning, payload: &[u8]) {
        self.hears(relayed(from, payload)).await;
    }
}

pub(crate) fn relay(to: Recipient, payload: &[u8]) -> ClientMessage {
    ClientMessage::Relay { to, payload: SealedBytes(payload.to_vec()) }
}

pub(crate) fn relayed(from: &Returning, payload: &[u8]) -> ServerMessage {
    ServerMessage::Relayed { from: from.participant, payload: SealedBytes(payload.to_vec()) }
}

/// Two in the room who know of each other.
pub(crate) async fn pair(server: SocketAddr) -> (Joined, Joined) {
    let mut first = Joined::new(server).await;
    let second = Joined::new(server).await;
    first.hears(ServerMessage::Joined { member: second.member() }).await;
    (first, second)
}
