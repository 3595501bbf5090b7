//! A room server that meddles: participants take it for theirs; it speaks their protocol and passes all that they say
//! through a real one, as a test's meddler has it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use conclave_protocol::bytes::{SealedBytes, encode};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, accept_async, connect_async};

use super::error::{Result, RigError};
use super::server::Server;

/// Messages that may wait for one side of one connection; more than any test has.
const QUEUE: usize = 4096;

/// How a participant's request begins.
const SIGNALLING: &[u8; 11] = b"GET /signal";

/// Who connected when: the first participant is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Client(pub usize);

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// From the participant to the real server.
    ToServer,
    /// From the real server to the participant.
    ToClient,
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Passing {
    /// Whose connection it is on.
    pub client: Client,
    /// Which way it goes.
    pub way: Way,
    /// What is said, as the protocol's JSON.
    pub message: Value,
    /// How long it is kept before it goes on.
    pub delay: Duration,
}

impl Passing {
    /// The sealed bytes that a participant sent another, as they reach the other; `None` for everything else.
    #[must_use]
    pub fn relayed(&self) -> Option<Relayed> {
        if self.way != Way::ToClient || self.message["type"] != "relayed" {
            return None;
        }
        let from = self.message["from"].as_str()?.to_owned();
        let payload: SealedBytes = serde_json::from_value(self.message["payload"].clone()).ok()?;
        Some(Relayed { to: self.client, from, payload: payload.0 })
    }

    /// The same message with other sealed bytes.
    #[must_use]
    pub fn with_payload(mut self, payload: &[u8]) -> Self {
        self.message["payload"] = Value::String(encode(payload));
        self
    }
}

/// Sealed bytes from one participant to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relayed {
    /// To whom.
    pub to: Client,
    /// From whom, by the id that the real server drew.
    pub from: String,
    /// The bytes; the first says what they are: 1 a Hello, 2 an envelope, 3 a note.
    pub payload: Vec<u8>,
}

/// What the server does with each message: passes it on, or others, or none.
pub trait Meddler: Send + 'static {
    /// A message passes; what goes on in its place, in this order.
    fn passes(&mut self, passing: Passing) -> Vec<Passing>;
}

impl<F: FnMut(Passing) -> Vec<Passing> + Send + 'static> Meddler for F {
    fn passes(&mut self, passing: Passing) -> Vec<Passing> {
        self(passing)
    }
}

type Outlets = Arc<Mutex<HashMap<(Client, Way), mpsc::Sender<Message>>>>;

/// The server that meddles; gone when dropped, and the real one with it.
#[derive(Debug)]
pub struct HostileServer {
    server: Server,
    address: SocketAddr,
    _runtime: Runtime,
}

impl HostileServer {
    /// Starts it before a real server.
    ///
    /// # Errors
    /// When either can't be started.
    pub fn start(meddler: impl Meddler) -> Result<Self> {
        let server = Server::start()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(RigError::io("starting a runtime"))?;
        let listener = runtime
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .map_err(RigError::io("listening in a server's place"))?;
        let address = listener.local_addr().map_err(RigError::io("asking for the address"))?;
        let state = State {
            meddler: Arc::new(Mutex::new(Box::new(meddler))),
            outlets: Outlets::default(),
            count: Arc::default(),
            upstream: server.signalling_url(),
            pages: server.address(),
        };
        runtime.spawn(accept(listener, state));
        Ok(Self { server, address, _runtime: runtime })
    }

    /// The real server behind it.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Where clients connect to.
    #[must_use]
    pub fn signalling_url(&self) -> String {
        format!("ws://{}/signal", self.address)
    }

    /// What participants take for the server.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

#[derive(Clone)]
struct State {
    meddler: Arc<Mutex<Box<dyn Meddler>>>,
    outlets: Outlets,
    /// Participants that have connected so far.
    count: Arc<AtomicUsize>,
    upstream: String,
    /// Where the real server has its pages.
    pages: SocketAddr,
}

async fn accept(listener: TcpListener, state: State) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(state.clone().attend(stream));
    }
}

impl State {
    /// A participant's socket is meddled with; pages come from the real server as they are.
    async fn attend(self, mut stream: TcpStream) {
        let mut beginning = [0; SIGNALLING.len()];
        let is_signalling = stream.peek(&mut beginning).await.is_ok() && beginning == *SIGNALLING;
        if !is_signalling {
            if let Ok(mut pages) = TcpStream::connect(self.pages).await {
                let _ = copy_bidirectional(&mut stream, &mut pages).await;
            }
            return;
        }
        let (Ok(down), Ok((up, _))) = (accept_async(stream).await, connect_async(&self.upstream).await) else {
            return;
        };
        let client = Client(self.count.fetch_add(1, Ordering::Relaxed));
        self.serve(client, down, up).await;
    }

    async fn serve(
        self,
        client: Client,
        down: WebSocketStream<TcpStream>,
        up: WebSocketStream<MaybeTlsStream<TcpStream>>,
    ) {
        let (mut to_client, mut from_client) = down.split();
        let (mut to_server, mut from_server) = up.split();
        let mut client_queue = self.outlet(client, Way::ToClient);
        let mut server_queue = self.outlet(client, Way::ToServer);
        loop {
            let outcome = tokio::select! {
                said = from_client.next() => match said {
                    Some(Ok(Message::Text(text))) => self.pass(client, Way::ToServer, &text),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Some(()),
                    _ => None,
                },
                said = from_server.next() => match said {
                    Some(Ok(Message::Text(text))) => self.pass(client, Way::ToClient, &text),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Some(()),
                    _ => None,
                },
                Some(message) = client_queue.recv() => to_client.send(message).await.ok(),
                Some(message) = server_queue.recv() => to_server.send(message).await.ok(),
            };
            if outcome.is_none() {
                return;
            }
        }
    }

    fn outlet(&self, client: Client, way: Way) -> mpsc::Receiver<Message> {
        let (outlet, queue) = mpsc::channel(QUEUE);
        self.outlets.lock().unwrap_or_else(PoisonError::into_inner).insert((client, way), outlet);
        queue
    }

    fn pass(&self, client: Client, way: Way, text: &str) -> Option<()> {
        let message = serde_json::from_str(text).ok()?;
        let passing = Passing { client, way, message, delay: Duration::ZERO };
        let passed = self.meddler.lock().unwrap_or_else(PoisonError::into_inner).passes(passing);
        for Passing { client, way, message, delay } in passed {
            let outlets = self.outlets.lock().unwrap_or_else(PoisonError::into_inner);
            // Whoever is gone gets nothing more.
            let Some(outlet) = outlets.get(&(client, way)).cloned() else { continue };
            let message = Message::text(message.to_string());
            if delay.is_zero() {
                let _ = outlet.try_send(message);
            } else {
                tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
                    let _ = outlet.send(message).await;
                });
            }
        }
        Some(())
    }
}
