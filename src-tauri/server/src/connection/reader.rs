//! The reading half of a connection: enforces what one client may do, and passes on what it says.

use std::error::Error as _;
use std::pin::pin;

use axum::extract::ws::{Message, WebSocket};
use conclave_protocol::signalling::{ClientMessage, SignallingError};
use futures_util::StreamExt as _;
use futures_util::stream::SplitStream;
use governor::clock::MonotonicClock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};
use tokio_tungstenite::tungstenite;

use super::ending::Ending;
use super::queue::SendQueue;
use crate::hub::Hub;
use crate::limits::{Limits, MAX_MISSED_PINGS};
use crate::metrics::Metrics;
use crate::network::AddressGate;
use crate::registry::ConnectionId;

type FrameLimiter = RateLimiter<
    NotKeyed,
    InMemoryState,
    MonotonicClock,
    NoOpMiddleware<<MonotonicClock as governor::clock::Clock>::Instant>,
>;

/// One client that is being read.
pub(super) struct Reader<'a> {
    hub: &'a Hub,
    gate: &'a AddressGate,
    limits: &'a Limits,
    connection: ConnectionId,
    frames: FrameLimiter,
    metrics: &'a Metrics,
    greeting: Greeting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Greeting {
    Awaited,
    Heard,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        connection: ConnectionId,
        hub: &'a Hub,
        gate: &'a AddressGate,
        limits: &'a Limits,
        metrics: &'a Metrics,
    ) -> Self {
        let quota = Quota::per_second(limits.messages_per_second).allow_burst(limits.message_burst);
        Self {
            hub,
            gate,
            limits,
            connection,
            frames: RateLimiter::direct_with_clock(quota, MonotonicClock),
            metrics,
            greeting: Greeting::Awaited,
        }
    }

    /// Reads until the connection ends, by either side, and says why.
    pub(super) async fn read(&mut self, mut stream: SplitStream<WebSocket>, queue: &SendQueue) -> Ending {
        let mut ended = pin!(queue.ended());
        let mut hello_timeout = pin!(sleep(self.limits.hello_timeout));
        let interval = self.limits.ping_interval;
        let mut ping = interval_at(Instant::now() + interval, interval);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut unanswered = 0;
        loop {
            let frame = tokio::select! {
                biased;
                ending = &mut ended => return ending,
                () = &mut hello_timeout, if self.greeting == Greeting::Awaited => return Ending::refused(SignallingError::HelloTimeout),
                _ = ping.tick() => {
                    if unanswered == MAX_MISSED_PINGS {
                        return Ending::Silent;
                    }
                    unanswered += 1;
                    queue.ping();
                    continue;
                }
                frame = stream.next() => frame,
            };
            unanswered = 0;
            let message = match frame {
                Some(Ok(Message::Close(_))) => {
                    // Reading on is what writes the answer to the client's close frame.
                    let _ = timeout(self.limits.close_timeout, stream.next()).await;
                    return Ending::ByClient;
                }
                Some(Ok(message)) => message,
                Some(Err(error)) => return ending_of(error),
                None => return Ending::Broken,
            };
            if let Err(error) = self.accept(message) {
                return Ending::refused(error);
            }
        }
    }

    fn accept(&mut self, frame: Message) -> Result<(), SignallingError> {
        // Every frame costs: pings count like messages.
        self.frames.check().map_err(|_| SignallingError::TooManyMessages)?;
        let text = match frame {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(SignallingError::Malformed),
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => return Ok(()),
        };
        let message: ClientMessage = serde_json::from_str(&text).map_err(|_| SignallingError::Malformed)?;
        if matches!(message, ClientMessage::Hello { .. }) && !self.gate.allows_join() {
            return Err(SignallingError::TooManyConnections);
        }
        // Anything else that comes first ends the connection at once: there is nothing more to wait for.
        self.greeting = Greeting::Heard;
        self.metrics.received(&message, text.len());
        self.hub.message(self.connection, message);
        Ok(())
    }
}

/// What a failure to read means.
fn ending_of(error: axum::Error) -> Ending {
    use tungstenite::Error;
    use tungstenite::error::{CapacityError, ProtocolError};
    match error.source().and_then(|source| source.downcast_ref::<Error>()) {
        Some(Error::Capacity(CapacityError::MessageTooLong { .. })) => Ending::refused(SignallingError::TooLarge),
        Some(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => Ending::Broken,
        Some(Error::Protocol(_) | Error::Utf8(_) | Error::Capacity(_)) => Ending::refused(SignallingError::Malformed),
        _ => Ending::Broken,
    }
}
