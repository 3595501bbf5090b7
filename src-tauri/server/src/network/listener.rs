//! Accepts connections and serves HTTP on each, until told to stop.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt as _;

use super::addresses::{AddressGate, Addresses};
use super::stream::{ClientStream, Taken};
use crate::limits::{Limits, PAGES_TIMEOUT};
use crate::metrics::Metrics;
use crate::tls::ACME_PROTOCOL;

/// The longest head of a request, in bytes.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// How long nothing is accepted after the system couldn't, as when it has no more descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Everything that accepting needs.
pub(crate) struct Listener {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    addresses: Arc<Addresses>,
    /// One permit a TCP connection.
    sockets: Arc<Semaphore>,
    limits: Limits,
    metrics: Metrics,
}

impl Listener {
    pub(crate) fn new(
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
        addresses: Arc<Addresses>,
        limits: Limits,
        metrics: Metrics,
    ) -> Self {
        Self { listener, tls, addresses, sockets: Arc::new(Semaphore::new(limits.sockets)), limits, metrics }
    }

    /// Accepts until `stop` becomes true. The port is free again once this returns.
    pub(crate) async fn accept(self, router: Router, stop: watch::Receiver<bool>) -> OpenSockets {
        let open = OpenSockets { sockets: Arc::clone(&self.sockets), limit: self.limits.sockets };
        let mut stopped = pin!(stopped(stop.clone()));
        loop {
            let accepted = tokio::select! {
                () = &mut stopped => return open,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => self.admit(stream, self.addresses.gate(peer.ip()), &router, &stop),
                Err(error) => {
                    tracing::warn!(%error, "a connection can't be accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn admit(&self, stream: TcpStream, gate: AddressGate, router: &Router, stop: &watch::Receiver<bool>) {
        let Ok(permit) = Arc::clone(&self.sockets).try_acquire_owned() else {
            return self.metrics.turned_away("server_full");
        };
        let Some(slot) = gate.socket_slot() else {
            return self.metrics.turned_away("address_full");
        };
        // Messages are small and each matters at once; a socket that refuses this is slower, not unusable.
        let _ = stream.set_nodelay(true);
        let taken = Taken { _permit: permit, _slot: slot };
        let (router, stop) = (router.clone(), stop.clone());
        let (limits, metrics) = (self.limits.clone(), self.metrics.clone());
        match self.tls.clone() {
            None => {
                let stream = ClientStream::new(stream, taken, limits.close_timeout);
                tokio::spawn(serve(stream, gate, router, limits.request_timeout, stop));
            }
            Some(tls) => {
                tokio::spawn(async move {
                    let shaken = shake_hands(&tls, stream, limits.handshake_timeout, stop.clone(), &metrics).await;
                    if let Some(stream) = shaken {
                        let stream = ClientStream::new(stream, taken, limits.close_timeout);
                        serve(stream, gate, router, limits.request_timeout, stop).await;
                    }
                });
            }
        }
    }
}

/// The connections that are still open after the listener stopped.
pub(crate) struct OpenSockets {
    sockets: Arc<Semaphore>,
    limit: usize,
}

impl OpenSockets {
    /// Waits until all are closed, at most so long.
    pub(crate) async fn closed_within(self, patience: Duration) {
        let all = u32::try_from(self.limit).unwrap_or(u32::MAX);
        if timeout(patience, self.sockets.acquire_many(all)).await.is_err() {
            tracing::debug!("connections were cut off that did not close in time");
        }
    }
}

/// `None` for a client that speaks no TLS, or too slowly, and for an authority that only asks whether a domain is here.
async fn shake_hands(
    tls: &TlsAcceptor,
    stream: TcpStream,
    patience: Duration,
    stop: watch::Receiver<bool>,
    metrics: &Metrics,
) -> Option<TlsStream<TcpStream>> {
    let shaken = tokio::select! {
        shaken = timeout(patience, tls.accept(stream)) => shaken,
        () = stopped(stop) => return None,
    };
    let error = match shaken {
        Ok(Ok(stream)) => {
            let only_asks = stream.get_ref().1.alpn_protocol() == Some(ACME_PROTOCOL);
            return (!only_asks).then_some(stream);
        }
        Ok(Err(error)) => error,
        Err(elapsed) => elapsed.into(),
    };
    tracing::debug!(%error, "a TLS handshake failed");
    metrics.turned_away("no_tls");
    None
}

/// Serves HTTP on one connection until it ends, or becomes a WebSocket.
async fn serve(
    stream: ClientStream,
    gate: AddressGate,
    router: Router,
    request_timeout: Duration,
    stop: watch::Receiver<bool>,
) {
    let service = service_fn(move |request: Request<Incoming>| answer(request, gate.clone(), router.clone()));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(request_timeout)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    tokio::select! {
        result = connection.as_mut() => {
            if let Err(error) = result {
                tracing::debug!(%error, "a connection failed");
            }
            return;
        }
        () = stopped(stop) => {}
        () = sleep(PAGES_TIMEOUT) => {}
    }
    connection.as_mut().graceful_shutdown();
    // An answer in the making is finished; one that nobody reads is not waited for.
    let _ = timeout(request_timeout, connection).await;
}

async fn answer(request: Request<Incoming>, gate: AddressGate, router: Router) -> Result<Response<Body>, Infallible> {
    let mut request = request.map(Body::new);
    let gate = gate.of_request(request.headers());
    request.extensions_mut().insert(gate);
    router.oneshot(request).await
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    // A sender that is gone stops the server as well.
    let _ = stop.wait_for(|&stop| stop).await;
}
