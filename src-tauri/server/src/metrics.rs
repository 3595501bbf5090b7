//! What the server counts, for Prometheus. Nothing here tells one room or client from another.

use std::sync::Arc;

use conclave_protocol::signalling::{ClientMessage, ServerMessage};
use prometheus::{Encoder as _, IntCounter, IntCounterVec, IntGauge, Opts, TextEncoder};

use crate::connection::Ending;
use crate::registry::Statistics;

/// A kind of message to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageKind {
    Welcome,
    Admitted,
    Waiting,
    Joined,
    Left,
    Relayed,
    OrderRepeated,
    Refused,
}

impl MessageKind {
    pub(crate) fn of(message: &ServerMessage) -> Self {
        match message {
            ServerMessage::Welcome { .. } => Self::Welcome,
            ServerMessage::Admitted { .. } => Self::Admitted,
            ServerMessage::Waiting { .. } => Self::Waiting,
            ServerMessage::Joined { .. } => Self::Joined,
            ServerMessage::Left { .. } => Self::Left,
            ServerMessage::Relayed { .. } => Self::Relayed,
            ServerMessage::OrderRepeated { .. } => Self::OrderRepeated,
            ServerMessage::Refused { .. } => Self::Refused,
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Admitted => "admitted",
            Self::Waiting => "waiting",
            Self::Joined => "joined",
            Self::Left => "left",
            Self::Relayed => "relayed",
            Self::OrderRepeated => "order_repeated",
            Self::Refused => "refused",
        }
    }
}

fn received_label(message: &ClientMessage) -> &'static str {
    match message {
        ClientMessage::Hello { .. } => "hello",
        ClientMessage::Relay { .. } => "relay",
        ClientMessage::Govern { .. } => "govern",
        ClientMessage::Leave => "leave",
    }
}

/// The counters of one server; a handle to them.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<Counters>);

struct Counters {
    registry: prometheus::Registry,
    connections: IntGauge,
    closed: IntCounterVec,
    turned_away: IntCounterVec,
    rooms: IntGauge,
    participants: IntGauge,
    waiting: IntGauge,
    away: IntGauge,
    kept_bytes: IntGauge,
    received: IntCounterVec,
    received_bytes: IntCounter,
    sent: IntCounterVec,
    sent_bytes: IntCounter,
    dropped_queue_full: IntCounter,
    dropped_kept: IntCounter,
    dropped_unknown: IntCounter,
    orders_obeyed: IntCounter,
    orders_without_effect: IntCounter,
    orders_refused: IntCounter,
}

impl Metrics {
    /// # Errors
    /// When two metrics have one name: a fault of this file.
    pub(crate) fn new() -> Result<Self, prometheus::Error> {
        let registry = prometheus::Registry::new_custom(Some("conclave".into()), None)?;
        let gauge = |name: &str, help: &str| -> Result<IntGauge, prometheus::Error> {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok(gauge)
        };
        let counter = |name: &str, help: &str| -> Result<IntCounter, prometheus::Error> {
            let counter = IntCounter::new(name, help)?;
            registry.register(Box::new(counter.clone()))?;
            Ok(counter)
        };
        let counters = |name: &str, help: &str, label: &str| -> Result<IntCounterVec, prometheus::Error> {
            let counters = IntCounterVec::new(Opts::new(name, help), &[label])?;
            registry.register(Box::new(counters.clone()))?;
            Ok(counters)
        };
        let connections = gauge("connections", "WebSockets open now.")?;
        let closed = counters("connections_closed_total", "WebSockets that ended, by reason.", "reason")?;
        let turned_away = counters("sockets_turned_away_total", "TCP connections not served, by reason.", "reason")?;
        let rooms = gauge("rooms", "Rooms with somebody in them.")?;
        let participants = gauge("participants", "Places taken in all rooms.")?;
        let waiting = gauge("participants_waiting", "Places of those who wait to be let in, in all rooms.")?;
        let away = gauge("participants_away", "Places, inside or waiting, whose connection is down.")?;
        let kept_bytes = gauge("kept_bytes", "Bytes kept for participants whose connection is down.")?;
        let received = counters("messages_received_total", "Messages from clients, by type.", "type")?;
        let received_bytes = counter("received_bytes_total", "Bytes of messages from clients.")?;
        let sent = counters("messages_sent_total", "Messages written to clients, by type.", "type")?;
        let sent_bytes = counter("sent_bytes_total", "Bytes of messages written to clients.")?;
        let dropped = counters("messages_dropped_total", "Messages that reached nobody, by reason.", "reason")?;
        let orders = counters("orders_total", "Orders of hosts, or said to be, by what became of them.", "result")?;
        Ok(Self(Arc::new(Counters {
            connections,
            closed,
            turned_away,
            rooms,
            participants,
            waiting,
            away,
            kept_bytes,
            received,
            received_bytes,
            sent,
            sent_bytes,
            dropped_queue_full: dropped.with_label_values(&["queue_full"]),
            dropped_kept: dropped.with_label_values(&["kept_too_much"]),
            dropped_unknown: dropped.with_label_values(&["unknown_recipient"]),
            orders_obeyed: orders.with_label_values(&["obeyed"]),
            orders_without_effect: orders.with_label_values(&["without_effect"]),
            orders_refused: orders.with_label_values(&["refused"]),
            registry,
        })))
    }

    /// A WebSocket opened.
    pub(crate) fn opened(&self) {
        self.0.connections.inc();
    }

    /// A WebSocket that had opened ended.
    pub(crate) fn closed(&self, ending: Ending) {
        self.0.connections.dec();
        self.0.closed.with_label_values(&[ending.label()]).inc();
    }

    /// A TCP connection was closed unserved.
    pub(crate) fn turned_away(&self, reason: &'static str) {
        self.0.turned_away.with_label_values(&[reason]).inc();
    }

    /// A client said something.
    pub(crate) fn received(&self, message: &ClientMessage, bytes: usize) {
        self.0.received.with_label_values(&[received_label(message)]).inc();
        self.0.received_bytes.inc_by(bytes as u64);
    }

    /// Something was written to a client.
    pub(crate) fn sent(&self, kind: MessageKind, bytes: usize) {
        self.0.sent.with_label_values(&[kind.label()]).inc();
        self.0.sent_bytes.inc_by(bytes as u64);
    }

    /// A message found no space in a send queue.
    pub(crate) fn dropped_queue_full(&self) {
        self.0.dropped_queue_full.inc();
    }

    /// What the room registry holds now. To be called by one at a time.
    pub(crate) fn observe(&self, statistics: Statistics) {
        let gauge = |gauge: &IntGauge, value: usize| gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        gauge(&self.0.rooms, statistics.rooms);
        gauge(&self.0.participants, statistics.participants);
        gauge(&self.0.waiting, statistics.waiting);
        gauge(&self.0.away, statistics.away);
        gauge(&self.0.kept_bytes, statistics.kept_bytes);
        let counter = |counter: &IntCounter, total: u64| counter.inc_by(total.saturating_sub(counter.get()));
        counter(&self.0.dropped_kept, statistics.kept_dropped);
        counter(&self.0.dropped_unknown, statistics.unknown_recipients);
        counter(&self.0.orders_obeyed, statistics.orders_obeyed);
        counter(&self.0.orders_without_effect, statistics.orders_without_effect);
        counter(&self.0.orders_refused, statistics.orders_refused);
    }

    /// Everything, in Prometheus' text format.
    ///
    /// # Errors
    /// When a metric has no samples: a fault of this file.
    pub(crate) fn text(&self) -> Result<Vec<u8>, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.0.registry.gather(), &mut text)?;
        Ok(text)
    }
}
