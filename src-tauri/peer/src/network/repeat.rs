//! The first DTLS datagrams of a link are sent three times.
//!
//! The DTLS handshake and the SCTP one after it wait a second before they send a lost message again, and a DTLS message
//! that is sent again may stop the other end's timer for good: at 15 % loss a quarter of all handshakes never ends. A
//! copy of a datagram has none of that: its record number is known already (RFC 6347 section 4.1.2.6) and it is
//! dropped unread, unless the first one was lost.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

/// Datagrams of each link that are repeated: both handshakes and the first messages.
const REPEATED_DATAGRAMS: u32 = 40;
/// How long after the one before each copy follows; a burst of loss is often shorter.
const PAUSES: [Duration; 2] = [Duration::from_millis(40), Duration::from_millis(80)];

/// How many more datagrams of a link are repeated, whatever socket they leave by.
#[derive(Debug)]
pub(super) struct RepeatBudget(AtomicU32);

impl RepeatBudget {
    pub(super) fn new() -> Self {
        Self(AtomicU32::new(REPEATED_DATAGRAMS))
    }

    fn take(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

/// A socket that repeats the first DTLS datagrams.
#[derive(Debug)]
pub(super) struct RepeatingSocket {
    inner: Arc<dyn AsyncUdpSocket>,
    budget: Arc<RepeatBudget>,
}

impl RepeatingSocket {
    pub(super) fn new(inner: Arc<dyn AsyncUdpSocket>, budget: Arc<RepeatBudget>) -> Self {
        Self { inner, budget }
    }

    fn repeat(&self, destination: SocketAddr, datagram: &[u8]) {
        if !is_dtls(datagram) || !self.budget.take() {
            return;
        }
        let socket = Arc::clone(&self.inner);
        let datagram = datagram.to_vec();
        tokio::spawn(async move {
            for pause in PAUSES {
                tokio::time::sleep(pause).await;
                // A copy that can't be sent is as good as lost.
                let _ = socket.send_to(&datagram, destination).await;
            }
        });
    }
}

/// RFC 7983 section 7.
fn is_dtls(datagram: &[u8]) -> bool {
    matches!(datagram.first(), Some(20..=63))
}

impl AsyncUdpSocket for RepeatingSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let sent = ready!(self.inner.poll_send(cx, transmit))?;
        let segment = transmit.segment_size.unwrap_or(transmit.contents.len()).max(1);
        for datagram in transmit.contents.chunks(segment) {
            self.repeat(transmit.destination, datagram);
        }
        Poll::Ready(Ok(sent))
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        self.inner.poll_recv(cx, bufs, meta)
    }

    fn max_gso_segments(&self) -> usize {
        self.inner.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.inner.max_gro_segments()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use webrtc::runtime::{Runtime, TokioRuntime};

    async fn socket() -> (Arc<dyn AsyncUdpSocket>, SocketAddr) {
        let bound = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let socket = TokioRuntime.wrap_udp_socket(bound).unwrap();
        let address = socket.local_addr().unwrap();
        (socket, address)
    }

    /// The first bytes of what arrives until nothing has for a quarter of a second.
    async fn arrivals(socket: &Arc<dyn AsyncUdpSocket>) -> Vec<u8> {
        let mut firsts = Vec::new();
        let mut buffer = [0; 1500];
        while let Ok(received) = tokio::time::timeout(Duration::from_millis(250), socket.recv_from(&mut buffer)).await {
            let (length, _) = received.unwrap();
            assert_eq!(length, 100);
            firsts.push(buffer[0]);
        }
        firsts
    }

    #[tokio::test]
    async fn only_dtls_is_repeated_and_only_at_first() {
        let (receiver, address) = socket().await;
        let sender = RepeatingSocket::new(socket().await.0, Arc::new(RepeatBudget(AtomicU32::new(2))));
        for first in [22, 0, 128, 23, 22] {
            sender.send_to(&[first; 100], address).await.unwrap();
        }
        let mut firsts = arrivals(&receiver).await;
        firsts.sort_unstable();
        assert_eq!(firsts, [0, 22, 22, 22, 22, 23, 23, 23, 128]);
    }
}
