//! One task a line takes packets off the connection as they come: its queue is short, and what does not fit is lost.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use rtc::shared::marshal::MarshalSize;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use crate::activity::Activity;
use crate::line::Line;
use crate::statistics::{Observations, Reception};

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

/// Hands a track's packets to `sink` until the track ends.
pub(crate) async fn receive(
    line: Line,
    track: Arc<dyn TrackRemote>,
    sink: Arc<dyn PacketSink>,
    observations: Arc<Observations>,
    activity: Arc<Activity>,
) {
    let mut reception = Reception::new(line.clock_rate_hz());
    while let Some(event) = track.poll().await {
        match event {
            TrackRemoteEvent::OnRtpPacket(packet) => {
                let arrival = Instant::now();
                activity.heard();
                let header = &packet.header;
                reception.arrived(arrival, header.ssrc, header.sequence_number, header.timestamp);
                observations.received(arrival, line, header.ssrc, packet.marshal_size(), &reception);
                sink.packet(
                    line,
                    IncomingPacket {
                        sequence: packet.header.sequence_number,
                        timestamp: packet.header.timestamp,
                        marker: packet.header.marker,
                        payload: packet.payload,
                        ssrc: packet.header.ssrc,
                        arrival,
                    },
                );
            }
            TrackRemoteEvent::OnEnded => return,
            _ => {}
        }
    }
}
