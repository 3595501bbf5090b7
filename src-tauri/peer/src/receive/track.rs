//! One task a line takes packets off the connection as they come: its queue is short, and what does not fit is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Instant;

use bytes::Bytes;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use crate::activity::Activity;
use crate::line::Line;

/// Takes what arrives on a link's media lines.
pub trait PacketSink: Send + Sync {
    /// A packet has arrived. Called on the link's own tasks, one at a time for each line: it must not block.
    fn packet(&self, line: Line, packet: IncomingPacket);
}

/// One RTP packet as it arrived: perhaps late, out of order or twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingPacket {
    /// RTP sequence number.
    pub sequence: u16,
    /// In ticks of the line's RTP clock.
    pub timestamp: u32,
    /// The RTP marker bit.
    pub marker: bool,
    /// Without padding; empty when there was nothing else.
    pub payload: Bytes,
    /// The source; another one means that numbering and timestamps start anew.
    pub ssrc: u32,
    /// When it was taken off the connection.
    pub arrival: Instant,
}

/// What has arrived on one line.
#[derive(Debug, Default)]
pub(crate) struct ReceiveCounters {
    pub(crate) ssrc: AtomicU32,
    pub(crate) packets: AtomicU64,
    pub(crate) payload_bytes: AtomicU64,
}

/// Hands a track's packets to `sink` until the track ends.
pub(crate) async fn receive(
    line: Line,
    track: Arc<dyn TrackRemote>,
    sink: Arc<dyn PacketSink>,
    counters: Arc<ReceiveCounters>,
    activity: Arc<Activity>,
) {
    while let Some(event) = track.poll().await {
        match event {
            TrackRemoteEvent::OnRtpPacket(packet) => {
                activity.heard();
                counters.ssrc.store(packet.header.ssrc, Ordering::Relaxed);
                counters.packets.fetch_add(1, Ordering::Relaxed);
                counters.payload_bytes.fetch_add(packet.payload.len() as u64, Ordering::Relaxed);
                sink.packet(
                    line,
                    IncomingPacket {
                        sequence: packet.header.sequence_number,
                        timestamp: packet.header.timestamp,
                        marker: packet.header.marker,
                        payload: packet.payload,
                        ssrc: packet.header.ssrc,
                        arrival: Instant::now(),
                    },
                );
            }
            TrackRemoteEvent::OnEnded => return,
            _ => {}
        }
    }
}
