//! What a link's tasks and interceptors count, for its statistics and for each other.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::flags::LineFlags;
use super::rate::RateMeter;
use super::reception::Reception;
use super::{LineStatistics, LinkStatistics, ReceivedStatistics, SentStatistics};
use crate::line::{Line, PerLine};

/// What is counted on one link.
#[derive(Debug)]
pub(crate) struct Observations {
    sent: PerLine<SentCounters>,
    received: PerLine<ReceivedCounters>,
    /// Microseconds plus one; zero while nothing is measured.
    round_trip_us: AtomicU64,
    control_messages_dropped: AtomicU64,
    send_rate: Mutex<RateMeter>,
    receive_rate: Mutex<RateMeter>,
    /// Lines the other end wants a keyframe of.
    keyframes_requested: LineFlags,
    /// Zero while nothing is estimated.
    estimate_bps: AtomicU64,
    estimate_changed: Notify,
    has_new_path: AtomicBool,
}

#[derive(Debug, Default)]
struct SentCounters {
    packets: AtomicU64,
    bytes: AtomicU64,
    retransmitted: AtomicU64,
    padding_bytes: AtomicU64,
    lost: AtomicU64,
    jitter_us: AtomicU64,
    nacks: AtomicU64,
    keyframe_requests: AtomicU64,
}

#[derive(Debug, Default)]
struct ReceivedCounters {
    /// Zero while nothing has arrived.
    ssrc: AtomicU32,
    packets: AtomicU64,
    bytes: AtomicU64,
    lost: AtomicU64,
    jitter_us: AtomicU64,
    nacks: AtomicU64,
    keyframe_requests: AtomicU64,
}

fn add(counter: &AtomicU64, by: u64) {
    counter.fetch_add(by, Ordering::Relaxed);
}

fn set(counter: &AtomicU64, to: u64) {
    counter.store(to, Ordering::Relaxed);
}

fn get(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX - 1)
}

fn with_meter<T>(meter: &Mutex<RateMeter>, act: impl FnOnce(&mut RateMeter) -> T) -> T {
    // A panic while the lock is held leaves a meter that is still a meter.
    act(&mut meter.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Observations {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            sent: PerLine::from_fn(|_| SentCounters::default()),
            received: PerLine::from_fn(|_| ReceivedCounters::default()),
            round_trip_us: AtomicU64::new(0),
            control_messages_dropped: AtomicU64::new(0),
            send_rate: Mutex::new(RateMeter::new(now)),
            receive_rate: Mutex::new(RateMeter::new(now)),
            keyframes_requested: LineFlags::default(),
            estimate_bps: AtomicU64::new(0),
            estimate_changed: Notify::new(),
            has_new_path: AtomicBool::new(false),
        }
    }

    /// A packet of `bytes` has left.
    pub(crate) fn sent(&self, now: Instant, line: Line, bytes: usize, is_again: bool) {
        let counters = &self.sent[line];
        add(&counters.packets, 1);
        add(&counters.bytes, bytes as u64);
        add(&counters.retransmitted, u64::from(is_again));
        with_meter(&self.send_rate, |meter| meter.add(now, bytes));
    }

    /// Of what has left, `bytes` were a packet that carried nothing.
    pub(crate) fn padding_sent(&self, line: Line, bytes: usize) {
        add(&self.sent[line].padding_bytes, bytes as u64);
    }

    /// A packet of `bytes` of source `ssrc` has arrived.
    pub(crate) fn received(&self, now: Instant, line: Line, ssrc: u32, bytes: usize, reception: &Reception) {
        let counters = &self.received[line];
        self.set_remote_ssrc(line, ssrc);
        add(&counters.packets, 1);
        add(&counters.bytes, bytes as u64);
        set(&counters.lost, reception.lost());
        set(&counters.jitter_us, micros(reception.jitter()));
        with_meter(&self.receive_rate, |meter| meter.add(now, bytes));
    }

    pub(crate) fn set_remote_ssrc(&self, line: Line, ssrc: u32) {
        self.received[line].ssrc.store(ssrc, Ordering::Relaxed);
    }

    /// The source of what arrives on `line`.
    pub(crate) fn remote_ssrc(&self, line: Line) -> Option<u32> {
        match self.received[line].ssrc.load(Ordering::Relaxed) {
            0 => None,
            ssrc => Some(ssrc),
        }
    }

    /// The other end has asked for packets again.
    pub(crate) fn nacks_received(&self, line: Line, packets: u64) {
        add(&self.sent[line].nacks, packets);
    }

    /// This end has asked for packets of source `ssrc` again.
    pub(crate) fn nacks_sent(&self, ssrc: u32, packets: u64) {
        if let Some(line) = Line::ALL.into_iter().find(|line| self.remote_ssrc(*line) == Some(ssrc)) {
            add(&self.received[line].nacks, packets);
        }
    }

    /// The other end can't go on without a keyframe.
    pub(crate) fn keyframe_requested(&self, line: Line) {
        add(&self.sent[line].keyframe_requests, 1);
        self.keyframes_requested.raise(line);
    }

    /// Lines the other end wants a keyframe of.
    pub(crate) fn keyframes_requested(&self) -> &LineFlags {
        &self.keyframes_requested
    }

    /// This end has asked for a keyframe.
    pub(crate) fn keyframe_asked(&self, line: Line) {
        add(&self.received[line].keyframe_requests, 1);
    }

    /// What the other end says of a line.
    pub(crate) fn reported(&self, line: Line, lost: u32, jitter: Duration) {
        set(&self.sent[line].lost, u64::from(lost));
        set(&self.sent[line].jitter_us, micros(jitter));
    }

    pub(crate) fn set_round_trip(&self, round_trip: Duration) {
        set(&self.round_trip_us, micros(round_trip) + 1);
    }

    /// The latest measurement.
    pub(crate) fn round_trip(&self) -> Option<Duration> {
        match get(&self.round_trip_us) {
            0 => None,
            us => Some(Duration::from_micros(us - 1)),
        }
    }

    pub(crate) fn set_estimate(&self, bps: u64) {
        set(&self.estimate_bps, bps);
    }

    /// The estimate has changed noticeably.
    pub(crate) fn announce_estimate(&self) {
        self.estimate_changed.notify_one();
    }

    /// Waits until the estimate has changed noticeably. For one waiter; may be cancelled.
    pub(crate) async fn estimate_changed(&self) {
        self.estimate_changed.notified().await;
    }

    /// What fits through to the other end, in bits a second.
    pub(crate) fn estimate_bps(&self) -> Option<u64> {
        Some(get(&self.estimate_bps)).filter(|bps| *bps > 0)
    }

    /// What is sent goes another way from now on.
    pub(crate) fn path_changed(&self) {
        self.has_new_path.store(true, Ordering::Release);
    }

    /// Whether the path has changed since this was asked last.
    pub(crate) fn take_path_change(&self) -> bool {
        self.has_new_path.swap(false, Ordering::AcqRel)
    }

    pub(crate) fn control_message_dropped(&self) {
        add(&self.control_messages_dropped, 1);
    }

    /// Everything counted so far; the path in use is not known here.
    pub(crate) fn snapshot(&self, now: Instant, takes: impl Fn(Line) -> bool) -> LinkStatistics {
        let lines: Vec<LineStatistics> = Line::ALL
            .into_iter()
            .map(|line| LineStatistics {
                line,
                takes: takes(line),
                sent: self.sent[line].snapshot(),
                received: self.received[line].snapshot(),
            })
            .collect();
        LinkStatistics {
            round_trip: self.round_trip(),
            sent_bytes: lines.iter().map(|line| line.sent.bytes).sum(),
            received_bytes: lines.iter().map(|line| line.received.bytes).sum(),
            sent_packets: lines.iter().map(|line| line.sent.packets).sum(),
            received_packets: lines.iter().map(|line| line.received.packets).sum(),
            lines,
            local_candidate: None,
            remote_candidate: None,
            send_bps: with_meter(&self.send_rate, |meter| meter.bps(now)),
            receive_bps: with_meter(&self.receive_rate, |meter| meter.bps(now)),
            estimated_bps: self.estimate_bps(),
            control_messages_dropped: get(&self.control_messages_dropped),
        }
    }
}

impl SentCounters {
    fn snapshot(&self) -> SentStatistics {
        SentStatistics {
            packets: get(&self.packets),
            bytes: get(&self.bytes),
            retransmitted: get(&self.retransmitted),
            padding_bytes: get(&self.padding_bytes),
            lost: get(&self.lost),
            jitter: Duration::from_micros(get(&self.jitter_us)),
            nacks: get(&self.nacks),
            keyframe_requests: get(&self.keyframe_requests),
        }
    }
}

impl ReceivedCounters {
    fn snapshot(&self) -> ReceivedStatistics {
        ReceivedStatistics {
            packets: get(&self.packets),
            bytes: get(&self.bytes),
            lost: get(&self.lost),
            jitter: Duration::from_micros(get(&self.jitter_us)),
            nacks: get(&self.nacks),
            keyframe_requests: get(&self.keyframe_requests),
        }
    }
}
