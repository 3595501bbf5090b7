//! Where connections meet: the room registry, and the send queues that its outputs go to.

use std::collections::{HashMap, VecDeque};
use std::future::pending;
use std::sync::{Mutex, MutexGuard, PoisonError};

use conclave_protocol::signalling::{ClientMessage, ServerMessage, SignallingError};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::connection::{Ending, Outgoing, QueueFull, SendQueue};
use crate::metrics::{MessageKind, Metrics};
use crate::registry::{Closure, ConnectionId, Output, Registry, Timestamp};

/// The meeting point. Its lock is held for as long as it takes to queue what follows from one message, never while
/// anything waits, so everyone sees what happens in the same order.
pub(crate) struct Hub {
    state: Mutex<State>,
    /// The moment that the registry's time counts from.
    epoch: Instant,
    deadline_changed: Notify,
    metrics: Metrics,
}

struct State {
    registry: Registry,
    queues: HashMap<ConnectionId, SendQueue>,
    connections: u64,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    Stopping,
}

impl Hub {
    pub(crate) fn new(registry: Registry, metrics: Metrics) -> Self {
        Self {
            state: Mutex::new(State { registry, queues: HashMap::new(), connections: 0, phase: Phase::Open }),
            epoch: Instant::now(),
            deadline_changed: Notify::new(),
            metrics,
        }
    }

    /// A client connected; `queue` is how to reach it.
    pub(crate) fn connect(&self, queue: SendQueue) -> ConnectionId {
        let mut state = self.state();
        state.connections += 1;
        let connection = ConnectionId(state.connections);
        match state.phase {
            Phase::Open => {
                state.queues.insert(connection, queue);
            }
            Phase::Stopping => queue.end(Ending::refused(SignallingError::ShuttingDown)),
        }
        connection
    }

    /// A client said something.
    pub(crate) fn message(&self, connection: ConnectionId, message: ClientMessage) {
        self.change(|registry, now| registry.message(now, connection, message));
    }

    /// A client is gone.
    pub(crate) fn disconnect(&self, connection: ConnectionId) {
        self.state().queues.remove(&connection);
        self.change(|registry, now| registry.disconnected(now, connection));
    }

    /// Ends the places that nobody returns to, when their time comes. Never returns.
    pub(crate) async fn run(&self) {
        loop {
            let deadline_changed = self.deadline_changed.notified();
            let deadline = self.state().registry.next_deadline();
            let reached = async {
                match deadline {
                    Some(Timestamp(deadline)) => sleep(deadline.saturating_sub(self.epoch.elapsed())).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                () = reached => self.change(Registry::expire),
                () = deadline_changed => {}
            }
        }
    }

    /// Ends every connection, those that are still to come too.
    pub(crate) fn stop(&self) {
        let mut state = self.state();
        state.phase = Phase::Stopping;
        for (_, queue) in state.queues.drain() {
            queue.end(Ending::refused(SignallingError::ShuttingDown));
        }
    }

    fn change(&self, change: impl FnOnce(&mut Registry, Timestamp) -> Vec<Output>) {
        let mut state = self.state();
        if state.phase == Phase::Stopping {
            return;
        }
        let now = Timestamp(self.epoch.elapsed());
        let deadline = state.registry.next_deadline();
        let mut outputs = VecDeque::from(change(&mut state.registry, now));
        while let Some(output) = outputs.pop_front() {
            match output {
                Output::Send { to, message } => outputs.extend(self.send(&mut state, now, &to, &message)),
                Output::Close { connection, closure } => state.close(connection, closure),
            }
        }
        self.metrics.observe(state.registry.statistics());
        if state.registry.next_deadline() != deadline {
            self.deadline_changed.notify_one();
        }
    }

    /// Queues a message; what follows when somebody is too slow for it is yet to be done.
    fn send(&self, state: &mut State, now: Timestamp, to: &[ConnectionId], message: &ServerMessage) -> Vec<Output> {
        let mut follows = Vec::new();
        let message = Outgoing { kind: MessageKind::of(message), text: message.to_json().into() };
        for &connection in to {
            // One that was closed a moment ago as too slow is still in the outputs that follow from the same message.
            let Some(queue) = state.queues.get(&connection) else {
                continue;
            };
            if queue.push(message.clone()) == Err(QueueFull) {
                self.metrics.dropped_queue_full();
                follows.extend(state.registry.disconnected(now, connection));
                state.close(connection, Closure::Refused(SignallingError::TooSlow));
            }
        }
        follows
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in one message's handling must not take every room down with it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn close(&mut self, connection: ConnectionId, closure: Closure) {
        if let Some(queue) = self.queues.remove(&connection) {
            queue.end(Ending::Closed(closure));
        }
    }
}

#[cfg(test)]
mod tests {
    use conclave_protocol::bytes::SealedBytes;
    use conclave_protocol::ids::{HostKeyHash, ParticipantId, RoomAddress, RoomId};
    use conclave_protocol::signalling::{Recipient, Returning};
    use futures_util::FutureExt as _;

    use super::*;
    use crate::connection::Task;
    use crate::orders::HostKeyVerifier;
    use crate::registry::RegistryConfig;

    const ADDRESS: RoomAddress = RoomAddress { room: RoomId([7; 16]), host: HostKeyHash([8; 16]) };

    fn hub() -> Hub {
        let mut drawn = 0_u128;
        let ids = move || {
            drawn += 1;
            drawn.to_be_bytes()
        };
        Hub::new(Registry::new(RegistryConfig::default(), ids, HostKeyVerifier), Metrics::new().unwrap())
    }

    fn enter(hub: &Hub, queue: &SendQueue, returning: Option<Returning>) -> ConnectionId {
        let connection = hub.connect(queue.clone());
        hub.message(connection, ClientMessage::hello(ADDRESS, returning));
        connection
    }

    /// What is queued right now.
    fn heard(queue: &SendQueue) -> ServerMessage {
        match queue.next().now_or_never() {
            Some(Task::Write(message)) => serde_json::from_str(message.text.as_str()).unwrap(),
            other => panic!("{other:?} instead of a message"),
        }
    }

    #[test]
    fn who_was_too_slow_is_away_from_that_moment() {
        let hub = hub();
        let (slow, talker) = (SendQueue::new(600), SendQueue::new(10_000));
        enter(&hub, &slow, None);
        let from = enter(&hub, &talker, None);
        let ServerMessage::Welcome { participant, token, order, .. } = heard(&slow) else {
            panic!("no welcome");
        };
        let payload = |bytes| ClientMessage::Relay { to: Recipient::Everyone, payload: SealedBytes(vec![0; bytes]) };
        hub.message(from, payload(600));
        assert_eq!(slow.ending(), Some(Ending::refused(SignallingError::TooSlow)));
        // Its reader and writer have not even noticed yet.
        hub.message(from, payload(1));
        let back = SendQueue::new(600);
        enter(&hub, &back, Some(Returning { participant, token, order }));
        assert!(matches!(heard(&back), ServerMessage::Welcome { .. }));
        let kept = ServerMessage::Relayed { from: ParticipantId(3_u128.to_be_bytes()), payload: SealedBytes(vec![0]) };
        assert_eq!(heard(&back), kept);
    }

    #[test]
    fn who_comes_while_the_server_stops_is_told_so() {
        let hub = hub();
        hub.stop();
        let queue = SendQueue::new(600);
        enter(&hub, &queue, None);
        assert_eq!(queue.ending(), Some(Ending::refused(SignallingError::ShuttingDown)));
    }
}
