//! The tokio runtime with sockets as a link wants them.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime, TokioRuntime, UdpSockRef,
    UdpSocketState,
};

use super::Impairment;
use super::impairment::ImpairedSocket;
use super::repeat::{RepeatBudget, RepeatingSocket};

/// Kernel buffer of each socket and direction, in bytes: with the default one (212,992 on Linux) a burst of a
/// keyframe is lost in the receiver's socket.
const SOCKET_BUFFER_BYTES: usize = 2 * 1024 * 1024;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The tokio runtime as a link wants it.
#[derive(Debug)]
pub(crate) struct LinkRuntime {
    impairment: Option<Arc<dyn Impairment>>,
    repeats: Arc<RepeatBudget>,
}

impl LinkRuntime {
    pub(crate) fn new(impairment: Option<Arc<dyn Impairment>>) -> Self {
        Self { impairment, repeats: Arc::new(RepeatBudget::new()) }
    }
}

/// As large as the system allows; a system that allows less still carries a call.
fn enlarge_buffers(socket: &std::net::UdpSocket) -> io::Result<()> {
    let state = UdpSocketState::new(UdpSockRef::from(socket))?;
    for result in [
        state.set_send_buffer_size(UdpSockRef::from(socket), SOCKET_BUFFER_BYTES),
        state.set_recv_buffer_size(UdpSockRef::from(socket), SOCKET_BUFFER_BYTES),
    ] {
        if let Err(error) = result {
            tracing::debug!(%error, "the socket buffer stays as it is");
        }
    }
    Ok(())
}

impl Runtime for LinkRuntime {
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        TokioRuntime.spawn(future)
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        enlarge_buffers(&socket)?;
        let mut socket = TokioRuntime.wrap_udp_socket(socket)?;
        if let Some(impairment) = &self.impairment {
            socket = Arc::new(ImpairedSocket::new(socket, Arc::clone(impairment)));
        }
        Ok(Arc::new(RepeatingSocket::new(socket, Arc::clone(&self.repeats))))
    }

    fn wrap_tcp_listener(&self, listener: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        TokioRuntime.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(&'a self, remote: SocketAddr) -> BoxFuture<'a, io::Result<Arc<dyn AsyncTcpStream>>> {
        TokioRuntime.connect_tcp(remote)
    }

    fn resolve_host<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        TokioRuntime.resolve_host(host)
    }

    fn now(&self) -> Instant {
        TokioRuntime.now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        TokioRuntime.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }

    fn yield_now(&self) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        TokioRuntime.yield_now()
    }

    fn name(&self) -> &'static str {
        "conclave"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_link_s_socket_has_larger_buffers_than_the_system_s_default() {
        let plain = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let state = UdpSocketState::new(UdpSockRef::from(&plain)).unwrap();
        let size = |socket: &std::net::UdpSocket| {
            (
                state.send_buffer_size(UdpSockRef::from(socket)).unwrap(),
                state.recv_buffer_size(UdpSockRef::from(socket)).unwrap(),
            )
        };
        let default = size(&plain);
        let bound = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let same = bound.try_clone().unwrap();
        let _wrapped = LinkRuntime::new(None).wrap_udp_socket(bound).unwrap();
        let wrapped = size(&same);
        // How far it goes is the system's limit (net.core.rmem_max), so only the direction is certain.
        assert!(wrapped.0 > default.0 || wrapped.0 >= SOCKET_BUFFER_BYTES, "{wrapped:?} {default:?}");
        assert!(wrapped.1 > default.1 || wrapped.1 >= SOCKET_BUFFER_BYTES, "{wrapped:?} {default:?}");
    }
}
