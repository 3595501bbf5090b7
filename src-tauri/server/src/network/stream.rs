//! A client's TCP connection.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use super::addresses::Slot;

/// What a client may still send while it is let go, in bytes: a few messages of the largest size.
const LINGER_BYTES: u64 = 1024 * 1024;

/// What goes both ways: TCP, or TLS over it.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Duplex for S {}

/// A TCP connection that is let go gently: a system which closes a socket with something unread in it resets the
/// connection, and the reset may overtake the last words on their way. So when this is dropped, the sending side is
/// closed, with TLS's own farewell, and what still arrives is read, for a bounded time, before the socket is closed.
pub(super) struct ClientStream {
    /// `None` only while it is dropped.
    open: Option<Open>,
    linger: Duration,
}

struct Open {
    stream: Box<dyn Duplex>,
    _taken: Taken,
}

/// The places among all connections and among those of the address that one connection takes.
pub(super) struct Taken {
    pub(super) _permit: OwnedSemaphorePermit,
    pub(super) _slot: Slot,
}

impl ClientStream {
    pub(super) fn new(stream: impl Duplex, taken: Taken, linger: Duration) -> Self {
        let open = Some(Open { stream: Box::new(stream), _taken: taken });
        Self { open, linger }
    }

    fn stream(self: Pin<&mut Self>) -> io::Result<Pin<&mut dyn Duplex>> {
        match &mut self.get_mut().open {
            Some(open) => Ok(Pin::new(&mut *open.stream)),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

impl Drop for ClientStream {
    fn drop(&mut self) {
        if let (Some(open), Ok(runtime)) = (self.open.take(), Handle::try_current()) {
            runtime.spawn(let_go(open, self.linger));
        }
    }
}

async fn let_go(mut open: Open, linger: Duration) {
    let until_closed = async {
        open.stream.shutdown().await?;
        tokio::io::copy(&mut (&mut open.stream).take(LINGER_BYTES), &mut tokio::io::sink()).await
    };
    // Either way the socket is closed now; there is nobody to tell.
    let _ = timeout(linger, until_closed).await;
}

impl AsyncRead for ClientStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_read(cx, buf)
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.stream.is_write_vectored())
    }
}
