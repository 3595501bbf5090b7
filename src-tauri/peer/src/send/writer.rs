//! The task that writes a link's packets.

use std::sync::Arc;
use std::time::Instant;

use rtc::rtp;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;

use super::pacer::Pacer;
use super::queue::{OutgoingPacket, SendQueues, wire_bytes};
use crate::line::{Line, PerLine};

/// The connection takes no more packets: its driver has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ConnectionGone;

/// Writes one line's packets. Its SSRC and its numbering last as long as the link.
pub(crate) struct LineWriter {
    track: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    next_sequence: u16,
}

impl LineWriter {
    pub(crate) fn new(track: Arc<TrackLocalStaticRTP>, ssrc: u32, first_sequence: u16) -> Self {
        Self { track, ssrc, next_sequence: first_sequence }
    }

    async fn write(&mut self, payload_type: u8, packet: OutgoingPacket) -> Result<(), ConnectionGone> {
        let packet = rtp::Packet {
            header: rtp::Header {
                version: 2,
                marker: packet.marker,
                payload_type,
                sequence_number: self.next_sequence,
                timestamp: packet.timestamp,
                ssrc: self.ssrc,
                ..rtp::Header::default()
            },
            payload: packet.payload,
        };
        self.track.write_rtp(packet).await.map_err(|_| ConnectionGone)?;
        // Only what was handed over has a number: a gap would be asked for in vain.
        self.next_sequence = self.next_sequence.wrapping_add(1);
        Ok(())
    }
}

/// Writes whatever is queued: sound at once, pictures at the pacing rate. Ends only with the connection.
pub(crate) async fn write_queued(queues: Arc<SendQueues>, mut writers: PerLine<LineWriter>) {
    let mut pacer = Pacer::new(Instant::now());
    loop {
        while let Some((line, packet)) = queues.pop_audio() {
            if write(&queues, &mut writers, &mut pacer, line, packet).await.is_err() {
                return;
            }
        }
        let waiting_bytes = queues.waiting_video_bytes();
        if waiting_bytes == 0 {
            queues.filled().await;
            continue;
        }
        match pacer.wait(Instant::now(), queues.pacing_bps(), waiting_bytes) {
            Some(wait) => tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = queues.filled() => {}
            },
            None => {
                if let Some((line, packet)) = queues.pop_video()
                    && write(&queues, &mut writers, &mut pacer, line, packet).await.is_err()
                {
                    return;
                }
            }
        }
    }
}

async fn write(
    queues: &SendQueues,
    writers: &mut PerLine<LineWriter>,
    pacer: &mut Pacer,
    line: Line,
    packet: OutgoingPacket,
) -> Result<(), ConnectionGone> {
    // A line that was turned down since is not written.
    let Some(payload_type) = queues.payload_type(line) else {
        return Ok(());
    };
    pacer.sent(wire_bytes(&packet));
    writers[line].write(payload_type, packet).await
}
