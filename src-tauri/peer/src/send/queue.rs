//! The bounded queues between encoders and the pacer.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use thiserror::Error;
use tokio::sync::Notify;

use crate::line::{Line, LineKind, PerLine};

/// The largest RTP payload, in bytes: with every header it fits the 1,280 bytes that any path carries.
pub const MAX_PAYLOAD_BYTES: usize = 1200;

/// The largest frame of a video line, in bytes.
const MAX_FRAME_BYTES: usize = 1024 * 1024;
const MAX_VIDEO_PACKETS: usize = 2048;
/// Half a second of sound: beyond that it is of no use to anyone.
const MAX_AUDIO_PACKETS: usize = 25;
/// How long a line's queued packets may take to leave before another frame is refused.
const MAX_QUEUEING: Duration = Duration::from_millis(250);

/// How much longer than a face a page may take to appear: it is three times as large, and hurried it would hold up the
/// sound behind it.
const SCREEN_PATIENCE: usize = 5;

const STATE_CONNECTING: u8 = 0;
const STATE_OPEN: u8 = 1;
const STATE_CLOSED: u8 = 2;

/// One RTP packet to send. The link adds SSRC, payload type and sequence number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingPacket {
    /// At most [`MAX_PAYLOAD_BYTES`].
    pub payload: Bytes,
    /// In ticks of the line's RTP clock.
    pub timestamp: u32,
    /// On the last packet of a picture; on the first of a talk spurt.
    pub marker: bool,
}

/// Why something was not accepted for sending. Nothing of it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SendError {
    /// The link has not been up yet.
    #[error("the link is not up yet")]
    NotConnected,
    /// The other end turned the line down, or does not receive on it.
    #[error("the other end does not take this line")]
    LineRefused,
    /// Too much is waiting already.
    #[error("too much is waiting to be sent")]
    Full,
    /// A payload, frame or message beyond its limit.
    #[error("too large to be sent")]
    TooLarge,
    /// The link is closed.
    #[error("the link is closed")]
    Closed,
}

/// Bytes of a packet besides its payload: RTP, the transport-wide number, SRTP, UDP, IPv4.
const OVERHEAD_BYTES: usize = 12 + 8 + 16 + 28;

pub(super) fn wire_bytes(packet: &OutgoingPacket) -> usize {
    packet.payload.len() + OVERHEAD_BYTES
}

#[derive(Debug, Default)]
struct LineQueue {
    packets: VecDeque<OutgoingPacket>,
    wire_bytes: usize,
}

impl LineQueue {
    fn pop(&mut self) -> Option<OutgoingPacket> {
        let packet = self.packets.pop_front()?;
        self.wire_bytes -= wire_bytes(&packet);
        Some(packet)
    }
}

#[derive(Debug)]
struct Queues {
    lines: PerLine<LineQueue>,
    /// The video line served last, so that two of them take turns.
    served: Line,
}

/// Every line's packets on their way to the pacer.
#[derive(Debug)]
pub(crate) struct SendQueues {
    queues: Mutex<Queues>,
    state: AtomicU8,
    payload_types: PerLine<AtomicU8>,
    pacing_bps: AtomicU64,
    filled: Notify,
}

/// No RTP payload type: they have seven bits.
const NO_PAYLOAD_TYPE: u8 = u8::MAX;

impl SendQueues {
    pub(crate) fn new(pacing_bps: u64) -> Self {
        Self {
            queues: Mutex::new(Queues { lines: PerLine::from_fn(|_| LineQueue::default()), served: Line::Screen }),
            state: AtomicU8::new(STATE_CONNECTING),
            payload_types: PerLine::from_fn(|_| AtomicU8::new(NO_PAYLOAD_TYPE)),
            pacing_bps: AtomicU64::new(pacing_bps),
            filled: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        // A panic while the lock is held leaves a queue that is still a queue.
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on frames are taken.
    pub(crate) fn open(&self) {
        let _ = self.state.compare_exchange(STATE_CONNECTING, STATE_OPEN, Ordering::AcqRel, Ordering::Acquire);
    }

    /// From now on nothing is taken, and what waits is dropped.
    pub(crate) fn close(&self) {
        self.state.store(STATE_CLOSED, Ordering::Release);
        let mut queues = self.lock();
        queues.lines = PerLine::from_fn(|_| LineQueue::default());
    }

    /// Sets what the line was agreed to be sent as; `None` when the other end does not take it.
    pub(crate) fn set_payload_type(&self, line: Line, payload_type: Option<u8>) {
        self.payload_types[line].store(payload_type.unwrap_or(NO_PAYLOAD_TYPE), Ordering::Release);
    }

    pub(crate) fn payload_type(&self, line: Line) -> Option<u8> {
        match self.payload_types[line].load(Ordering::Acquire) {
            NO_PAYLOAD_TYPE => None,
            payload_type => Some(payload_type),
        }
    }

    pub(crate) fn set_pacing_bps(&self, bps: u64) {
        self.pacing_bps.store(bps, Ordering::Release);
    }

    pub(crate) fn pacing_bps(&self) -> u64 {
        self.pacing_bps.load(Ordering::Acquire)
    }

    /// Waits until something may have been queued.
    pub(crate) async fn filled(&self) {
        self.filled.notified().await;
    }

    /// The next packet of an audio line; these never wait.
    pub(crate) fn pop_audio(&self) -> Option<(Line, OutgoingPacket)> {
        let mut queues = self.lock();
        [Line::Microphone, Line::ScreenSound]
            .into_iter()
            .find_map(|line| queues.lines[line].pop().map(|packet| (line, packet)))
    }

    /// The next packet of a video line; the lines take turns.
    pub(crate) fn pop_video(&self) -> Option<(Line, OutgoingPacket)> {
        let mut queues = self.lock();
        let order = match queues.served {
            Line::Camera => [Line::Screen, Line::Camera],
            _ => [Line::Camera, Line::Screen],
        };
        for line in order {
            if let Some(packet) = queues.lines[line].pop() {
                queues.served = line;
                return Some((line, packet));
            }
        }
        None
    }

    /// Bytes of video that wait, as they will be on the wire, in a face's hurry: of a screen's it is a part.
    pub(crate) fn hurried_video_bytes(&self) -> usize {
        let queues = self.lock();
        queues.lines[Line::Camera].wire_bytes + queues.lines[Line::Screen].wire_bytes.div_ceil(SCREEN_PATIENCE)
    }

    fn push(&self, line: Line, packets: &[OutgoingPacket]) -> Result<(), SendError> {
        match self.state.load(Ordering::Acquire) {
            STATE_OPEN => {}
            STATE_CONNECTING => return Err(SendError::NotConnected),
            _ => return Err(SendError::Closed),
        }
        if self.payload_type(line).is_none() {
            return Err(SendError::LineRefused);
        }
        let frame_bytes: usize = packets.iter().map(wire_bytes).sum();
        let max_packets = match line.kind() {
            LineKind::Audio => MAX_AUDIO_PACKETS,
            LineKind::Video => MAX_VIDEO_PACKETS,
        };
        let oversize = packets.iter().any(|packet| packet.payload.len() > MAX_PAYLOAD_BYTES);
        if oversize || frame_bytes > MAX_FRAME_BYTES || packets.len() > max_packets {
            return Err(SendError::TooLarge);
        }
        {
            let mut queues = self.lock();
            let queue = &mut queues.lines[line];
            let leaves_in_time = line.kind() == LineKind::Audio || queue.wire_bytes <= self.queueing_limit_bytes();
            if !leaves_in_time || queue.packets.len() + packets.len() > max_packets {
                return Err(SendError::Full);
            }
            queue.wire_bytes += frame_bytes;
            queue.packets.extend(packets.iter().cloned());
        }
        self.filled.notify_one();
        Ok(())
    }

    /// The bytes that leave within [`MAX_QUEUEING`].
    fn queueing_limit_bytes(&self) -> usize {
        let bytes = u128::from(self.pacing_bps()) * MAX_QUEUEING.as_millis() / 8000;
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }
}

/// Sends on one line of a link, from any thread.
#[derive(Debug, Clone)]
pub struct LineSender {
    line: Line,
    queues: Arc<SendQueues>,
}

impl LineSender {
    pub(crate) fn new(line: Line, queues: Arc<SendQueues>) -> Self {
        Self { line, queues }
    }

    /// The line it sends on.
    #[must_use]
    pub fn line(&self) -> Line {
        self.line
    }

    /// Takes a whole frame or none of it, and never blocks. Sound leaves at once; a picture's packets are spread over
    /// a little time.
    ///
    /// # Errors
    /// [`SendError`]; after [`SendError::Full`] a picture that refers to the refused one should not follow.
    pub fn send(&self, packets: &[OutgoingPacket]) -> Result<(), SendError> {
        self.queues.push(self.line, packets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open_queues(pacing_bps: u64) -> Arc<SendQueues> {
        let queues = Arc::new(SendQueues::new(pacing_bps));
        for line in Line::ALL {
            queues.set_payload_type(line, Some(100));
        }
        queues.open();
        queues
    }

    fn frame(timestamp: u32, packets: usize) -> Vec<OutgoingPacket> {
        let packet =
            |index| OutgoingPacket { payload: Bytes::from_static(&[0; 1000]), timestamp, marker: index + 1 == packets };
        (0..packets).map(packet).collect()
    }

    #[test]
    fn nothing_is_taken_before_the_link_is_up_or_after_it_is_closed() {
        let queues = Arc::new(SendQueues::new(1_000_000));
        queues.set_payload_type(Line::Camera, Some(102));
        let sender = LineSender::new(Line::Camera, Arc::clone(&queues));
        assert_eq!(sender.send(&frame(0, 1)), Err(SendError::NotConnected));
        queues.open();
        assert_eq!(sender.send(&frame(0, 1)), Ok(()));
        queues.close();
        assert_eq!(sender.send(&frame(0, 1)), Err(SendError::Closed));
        assert!(queues.pop_video().is_none(), "what waited is dropped");
        queues.open();
        assert_eq!(sender.send(&frame(0, 1)), Err(SendError::Closed), "closed is closed");
    }

    #[test]
    fn a_line_the_other_end_turned_down_takes_nothing() {
        let queues = open_queues(1_000_000);
        queues.set_payload_type(Line::Screen, None);
        let sender = LineSender::new(Line::Screen, queues);
        assert_eq!(sender.send(&frame(0, 1)), Err(SendError::LineRefused));
    }

    #[test]
    fn a_frame_is_taken_whole_however_large_unless_too_much_waits_before_it() {
        let queues = open_queues(1_000_000);
        let sender = LineSender::new(Line::Camera, Arc::clone(&queues));
        // 250 ms at a megabit are 31 KB.
        assert_eq!(sender.send(&frame(0, 100)), Ok(()));
        assert_eq!(sender.send(&frame(1, 1)), Err(SendError::Full));
        for _ in 0..72 {
            queues.pop_video().unwrap();
        }
        assert_eq!(sender.send(&frame(2, 5)), Ok(()));
        let left: Vec<u32> = std::iter::from_fn(|| queues.pop_video()).map(|(_, packet)| packet.timestamp).collect();
        assert_eq!(left, [[0; 28].as_slice(), &[2; 5]].concat());
        assert_eq!(queues.hurried_video_bytes(), 0);
    }

    #[test]
    fn one_line_s_backlog_does_not_refuse_another_s_frames() {
        let queues = open_queues(1_000_000);
        let sender = |line| LineSender::new(line, Arc::clone(&queues));
        assert_eq!(sender(Line::Screen).send(&frame(0, 100)), Ok(()));
        assert_eq!(sender(Line::Camera).send(&frame(0, 10)), Ok(()));
        assert_eq!(sender(Line::Microphone).send(&frame(0, 1)), Ok(()));
        // They take turns, so the small picture is out before the large one.
        let first: Vec<Line> = std::iter::from_fn(|| queues.pop_video()).take(20).map(|(line, _)| line).collect();
        assert_eq!(first.iter().filter(|line| **line == Line::Camera).count(), 10);
        assert_eq!(queues.pop_audio().unwrap().0, Line::Microphone);
    }

    #[test]
    fn a_page_is_in_less_of_a_hurry_than_a_face() {
        let hurried = |line| {
            let queues = open_queues(1_000_000);
            LineSender::new(line, Arc::clone(&queues)).send(&frame(0, 250)).unwrap();
            queues.hurried_video_bytes()
        };
        assert_eq!(hurried(Line::Screen) * SCREEN_PATIENCE, hurried(Line::Camera));
    }

    #[test]
    fn sound_beyond_half_a_second_is_refused() {
        let queues = open_queues(1_000_000);
        let sender = LineSender::new(Line::Microphone, queues);
        for timestamp in 0..25 {
            assert_eq!(sender.send(&frame(timestamp, 1)), Ok(()));
        }
        assert_eq!(sender.send(&frame(25, 1)), Err(SendError::Full));
    }

    #[test]
    fn an_empty_payload_is_a_packet_too() {
        let queues = open_queues(1_000_000);
        let sender = LineSender::new(Line::Camera, Arc::clone(&queues));
        let empty = OutgoingPacket { payload: Bytes::new(), timestamp: 0, marker: true };
        assert_eq!(sender.send(&[empty]), Ok(()));
        assert!(queues.hurried_video_bytes() > 0);
        assert!(queues.pop_video().is_some());
    }
}
