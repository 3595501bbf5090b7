//! A bad network on purpose, for tests and rehearsals: what becomes of each datagram a link sends.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

/// Datagrams that may be under way at once; more are lost, as in a full router.
const MAX_UNDER_WAY: usize = 8192;

/// Decides what becomes of each datagram that a link sends. Called on the link's own task: it must not block.
pub trait Impairment: Send + Sync + std::fmt::Debug {
    /// The fate of a datagram of `length_bytes` that is sent now.
    fn fate(&self, length_bytes: usize) -> Fate;
}

/// What becomes of a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is sent at once.
    Deliver,
    /// It is sent after this long; it may be overtaken.
    Delay(Duration),
    /// It is lost.
    Drop,
}

/// A socket whose outgoing datagrams suffer an [`Impairment`].
#[derive(Debug)]
pub(super) struct ImpairedSocket {
    inner: Arc<dyn AsyncUdpSocket>,
    impairment: Arc<dyn Impairment>,
    delayed: mpsc::Sender<Delayed>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Delayed {
    due: Instant,
    destination: SocketAddr,
    datagram: Vec<u8>,
}

impl ImpairedSocket {
    /// Wraps `inner`; what is delayed is sent by a task that ends with the socket.
    pub(super) fn new(inner: Arc<dyn AsyncUdpSocket>, impairment: Arc<dyn Impairment>) -> Self {
        let (delayed, under_way) = mpsc::channel(MAX_UNDER_WAY);
        tokio::spawn(carry(Arc::clone(&inner), under_way));
        Self { inner, impairment, delayed }
    }
}

async fn carry(socket: Arc<dyn AsyncUdpSocket>, mut under_way: mpsc::Receiver<Delayed>) {
    let mut waiting: BinaryHeap<Reverse<Delayed>> = BinaryHeap::new();
    loop {
        let due = waiting.peek().map(|Reverse(next)| next.due);
        let arrival = async {
            match due {
                Some(due) => tokio::time::sleep_until(due).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            delayed = under_way.recv() => match delayed {
                Some(delayed) if waiting.len() < MAX_UNDER_WAY => waiting.push(Reverse(delayed)),
                Some(_) => {}
                None => return,
            },
            () = arrival => {
                if let Some(Reverse(next)) = waiting.pop() {
                    // A datagram that can't be sent is lost, like any other.
                    let _ = socket.send_to(&next.datagram, next.destination).await;
                }
            }
        }
    }
}

impl AsyncUdpSocket for ImpairedSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        match self.impairment.fate(transmit.contents.len()) {
            Fate::Deliver => return self.inner.poll_send(cx, transmit),
            Fate::Drop => {}
            Fate::Delay(delay) => {
                let _ = self.delayed.try_send(Delayed {
                    due: Instant::now() + delay,
                    destination: transmit.destination,
                    datagram: transmit.contents.to_vec(),
                });
            }
        }
        Poll::Ready(Ok(transmit.contents.len()))
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        self.inner.poll_recv(cx, bufs, meta)
    }

    fn max_gro_segments(&self) -> usize {
        self.inner.max_gro_segments()
    }
}
