//! The heartbeat channel: whether the other end is there, and how far away.
//!
//! Every message is 9 bytes, binary: a kind (0 is a ping, 1 a pong) and a sequence number, unsigned, 64 bits, most
//! significant byte first. Each end sends a ping every second, numbered from 0, and answers a ping at once with a pong
//! of the same number. Anything else is ignored.
//!
//! Until it hears the first heartbeat of the other end, an end pings every 50 ms and sends nothing on `control`: data
//! that arrives before the other end has opened its channels is lost, though SCTP has acknowledged it (measured with
//! `rtc` 0.21.1: "data channel not existed"). A browser's page speaks the same:
//!
//! ```text
//! ping 7:  00 00 00 00 00 00 00 00 07
//! pong 7:  01 00 00 00 00 00 00 00 07
//! ```

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};
use webrtc::data_channel::{DataChannel, DataChannelEvent};

use crate::activity::Activity;
use crate::statistics::Observations;

/// How often each end sends a ping.
pub const PING_INTERVAL: Duration = Duration::from_secs(1);

/// How often an end pings that has not heard the other one yet.
pub const FIRST_PING_INTERVAL: Duration = Duration::from_millis(50);

/// Bytes of every heartbeat message.
pub const MESSAGE_BYTES: usize = 9;

/// Pings whose pong is still waited for.
const MAX_OUTSTANDING: usize = 16;
/// A flood of pings is answered no faster than this.
const MIN_PONG_INTERVAL: Duration = Duration::from_millis(40);

/// One heartbeat message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heartbeat {
    /// Are you there?
    Ping(u64),
    /// Here.
    Pong(u64),
}

impl Heartbeat {
    /// The message's bytes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; MESSAGE_BYTES] {
        let (kind, sequence) = match self {
            Self::Ping(sequence) => (0, sequence),
            Self::Pong(sequence) => (1, sequence),
        };
        let mut bytes = [kind; MESSAGE_BYTES];
        bytes[1..].copy_from_slice(&sequence.to_be_bytes());
        bytes
    }

    /// Reads a message; `None` when it is none.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (kind, sequence) = bytes.split_first()?;
        let sequence = u64::from_be_bytes(sequence.try_into().ok()?);
        match kind {
            0 => Some(Self::Ping(sequence)),
            1 => Some(Self::Pong(sequence)),
            _ => None,
        }
    }
}

/// One end's side of the exchange. Pure: time comes from outside.
#[derive(Debug, Default)]
struct Exchange {
    next_sequence: u64,
    outstanding: VecDeque<(u64, Instant)>,
    last_pong: Option<Instant>,
}

/// What a received heartbeat leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reaction {
    Answer(Heartbeat),
    RoundTrip(Duration),
    Nothing,
}

impl Exchange {
    fn ping(&mut self, now: Instant) -> Heartbeat {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        if self.outstanding.len() == MAX_OUTSTANDING {
            self.outstanding.pop_front();
        }
        self.outstanding.push_back((sequence, now));
        Heartbeat::Ping(sequence)
    }

    fn receive(&mut self, now: Instant, heartbeat: Heartbeat) -> Reaction {
        match heartbeat {
            Heartbeat::Ping(sequence) => {
                let flooded =
                    self.last_pong.is_some_and(|last| now.saturating_duration_since(last) < MIN_PONG_INTERVAL);
                if flooded {
                    return Reaction::Nothing;
                }
                self.last_pong = Some(now);
                Reaction::Answer(Heartbeat::Pong(sequence))
            }
            Heartbeat::Pong(sequence) => {
                let Some(index) = self.outstanding.iter().position(|(own, _)| *own == sequence) else {
                    return Reaction::Nothing;
                };
                let sent = self.outstanding.drain(..=index).next_back();
                sent.map_or(Reaction::Nothing, |(_, at)| Reaction::RoundTrip(now.saturating_duration_since(at)))
            }
        }
    }
}

fn pings_every(period: Duration) -> Interval {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Exchanges heartbeats until the channel or its connection ends; says when the other end is heard first.
pub(crate) async fn beat(
    channel: Arc<dyn DataChannel>,
    heard: watch::Sender<bool>,
    activity: Arc<Activity>,
    observations: Arc<Observations>,
) {
    let mut exchange = Exchange::default();
    let mut ticks = pings_every(FIRST_PING_INTERVAL);
    let mut open = false;
    loop {
        let outgoing = tokio::select! {
            event = channel.poll() => match event {
                Some(DataChannelEvent::OnOpen) => {
                    open = true;
                    ticks.reset_immediately();
                    None
                }
                Some(DataChannelEvent::OnMessage(message)) => {
                    activity.heard();
                    if !heard.send_replace(true) {
                        ticks = pings_every(PING_INTERVAL);
                    }
                    match Heartbeat::from_bytes(&message.data).map(|beat| exchange.receive(Instant::now(), beat)) {
                        Some(Reaction::Answer(pong)) => Some(pong),
                        Some(Reaction::RoundTrip(measured)) => {
                            observations.set_round_trip(measured);
                            None
                        }
                        Some(Reaction::Nothing) | None => None,
                    }
                }
                Some(DataChannelEvent::OnClose | DataChannelEvent::OnError) | None => return,
                Some(_) => None,
            },
            _ = ticks.tick(), if open => Some(exchange.ping(Instant::now())),
        };
        if let Some(heartbeat) = outgoing {
            // Full or not, the next one comes in a second; a closed channel ends the loop at its next poll.
            let _ = channel.try_send(BytesMut::from(&heartbeat.to_bytes()[..])).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_format_is_a_kind_and_a_big_endian_sequence() {
        assert_eq!(Heartbeat::Ping(7).to_bytes(), [0, 0, 0, 0, 0, 0, 0, 0, 7]);
        assert_eq!(Heartbeat::Pong(0x0102).to_bytes(), [1, 0, 0, 0, 0, 0, 0, 1, 2]);
        for heartbeat in [Heartbeat::Ping(0), Heartbeat::Pong(u64::MAX)] {
            assert_eq!(Heartbeat::from_bytes(&heartbeat.to_bytes()), Some(heartbeat));
        }
    }

    #[test]
    fn anything_else_is_no_heartbeat() {
        for bytes in [&[][..], &[0], &[0; 8], &[0; 10], &[2, 0, 0, 0, 0, 0, 0, 0, 0]] {
            assert_eq!(Heartbeat::from_bytes(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_ping_is_answered_with_its_number_and_a_flood_of_them_is_not() {
        let start = Instant::now();
        let mut exchange = Exchange::default();
        let pong = Reaction::Answer(Heartbeat::Pong(5));
        assert_eq!(exchange.receive(start, Heartbeat::Ping(5)), pong);
        let soon = start + Duration::from_millis(10);
        assert_eq!(exchange.receive(soon, Heartbeat::Ping(6)), Reaction::Nothing);
        let later = start + Duration::from_millis(100);
        assert_eq!(exchange.receive(later, Heartbeat::Ping(5)), pong);
    }

    #[test]
    fn a_pong_gives_the_round_trip_of_its_own_ping_once() {
        let start = Instant::now();
        let mut exchange = Exchange::default();
        assert_eq!(exchange.ping(start), Heartbeat::Ping(0));
        assert_eq!(exchange.ping(start + Duration::from_secs(1)), Heartbeat::Ping(1));
        let arrival = start + Duration::from_millis(1040);
        let measured = Reaction::RoundTrip(Duration::from_millis(40));
        assert_eq!(exchange.receive(arrival, Heartbeat::Pong(1)), measured);
        assert_eq!(exchange.receive(arrival, Heartbeat::Pong(1)), Reaction::Nothing);
        // What came before it is given up with it.
        assert_eq!(exchange.receive(arrival, Heartbeat::Pong(0)), Reaction::Nothing);
        assert_eq!(exchange.receive(arrival, Heartbeat::Pong(99)), Reaction::Nothing);
    }

    #[test]
    fn unanswered_pings_are_forgotten_in_the_end() {
        let start = Instant::now();
        let mut exchange = Exchange::default();
        for second in 0..100 {
            exchange.ping(start + Duration::from_secs(second));
        }
        assert_eq!(exchange.outstanding.len(), MAX_OUTSTANDING);
        assert_eq!(exchange.receive(start, Heartbeat::Pong(3)), Reaction::Nothing);
    }
}
