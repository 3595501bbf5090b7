//! Pictures to the window: over a WebSocket on this computer's loopback address, because Tauri's own ways cost ten
//! times the processor time.
//!
//! Media threads put pictures in by [`Frames::put`], which never waits. One task takes those that may be sent, scales
//! them to the size of their tiles, and sends them in one message; the page answers with a byte for each picture that it
//! takes, the number of its tile. What waits is one picture a tile. Where the web view lets its page open no socket,
//! the page asks for the same messages by the scheme `frames` ([`poll`]).

mod compose;
mod door;
mod fit;
pub mod header;
pub mod poll;
mod socket;
pub mod tiles;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use conclave_call::media::VideoFrame;
use conclave_call::media::video::scale::Scaler;
use thiserror::Error;
use tokio::sync::Notify;

pub use self::door::{AllowedOrigins, Token};
use self::tiles::{Interest, PictureSource, Tile, Tiles, TilesChange, TooManyTiles};

/// Why there are no pictures.
#[derive(Debug, Error)]
pub enum FramesError {
    /// No port of the loopback address can be listened on.
    #[error("the socket for pictures can't be opened: {0}")]
    Listen(#[from] std::io::Error),
    /// The system gave no random bytes.
    #[error("the system's random source failed")]
    Random,
}

/// The way for pictures into the window. Cheap to clone.
#[derive(Clone, Default)]
pub struct Frames {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    tiles: Mutex<Tiles>,
    /// Something can be sent.
    ready: Notify,
    scaler: Arc<Scaler>,
    /// Who may have pictures, once they are served.
    door: OnceLock<door::Door>,
}

impl Frames {
    /// No tile yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens the socket and serves it on the runtime that this is called in, for as long as that runs. Gives its address.
    ///
    /// # Errors
    /// [`FramesError`].
    pub async fn serve(&self, origins: AllowedOrigins) -> Result<FramesAddress, FramesError> {
        let token = Token::draw()?;
        let listener = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let address = FramesAddress { address: listener.local_addr()?, token: token.clone() };
        let door = door::Door::new(token, origins);
        // Served once: a later door would not be the one that is knocked at.
        let _ = self.shared.door.set(door.clone());
        tokio::spawn(socket::serve(listener, door, self.clone()));
        Ok(address)
    }

    /// Puts these tiles in the place of the former ones.
    ///
    /// # Errors
    /// [`TooManyTiles`].
    pub fn set_tiles(&self, tiles: &[Tile]) -> Result<TilesChange, TooManyTiles> {
        let change = self.tiles().set(tiles);
        // One that stands still comes again in its new size.
        self.shared.ready.notify_one();
        change
    }

    /// A source has a new picture. Never waits for whoever draws.
    pub fn put(&self, source: PictureSource, frame: &VideoFrame) {
        let interest = self.tiles().put(source, frame);
        if interest == Interest::Ready {
            self.shared.ready.notify_one();
        }
    }

    fn tiles(&self) -> MutexGuard<'_, Tiles> {
        self.shared.tiles.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the window gets its pictures. Its text holds a secret: there is no `Display` that could end in a log.
#[derive(Clone)]
pub struct FramesAddress {
    address: SocketAddr,
    token: Token,
}

impl FramesAddress {
    /// `ws://127.0.0.1:PORT/TOKEN`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ws://{}/{}", self.address, self.token.text())
    }

    /// `frames://localhost/TOKEN`, or what that is on Windows.
    #[must_use]
    pub fn poll_url(&self) -> String {
        let origin = if cfg!(any(target_os = "windows", target_os = "android")) {
            "http://frames.localhost"
        } else {
            "frames://localhost"
        };
        format!("{origin}/{}", self.token.text())
    }

    /// Where the socket listens.
    #[must_use]
    pub fn listening(&self) -> SocketAddr {
        self.address
    }
}
