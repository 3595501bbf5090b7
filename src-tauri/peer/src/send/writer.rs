//! The task that writes a link's packets.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use rtc::rtp;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;

use super::pacer::Pacer;
use super::probe_desk::{Mark, ProbeDesk};
use super::queue::{OutgoingPacket, SendQueues, wire_bytes};
use crate::bandwidth::ProbePace;
use crate::line::{Line, PerLine};

/// The connection takes no more packets: its driver has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ConnectionGone;

/// Where a line's stream of packets stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stream {
    /// Nothing has left yet.
    New,
    /// The last packet, of this time, was not its picture's last.
    InPicture,
    /// A picture of this time has left entirely.
    BetweenPictures { timestamp: u32 },
}

/// Writes one line's packets. Its SSRC and its numbering last as long as the link.
pub(crate) struct LineWriter {
    track: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    next_sequence: u16,
    stream: Stream,
}

impl LineWriter {
    pub(crate) fn new(track: Arc<TrackLocalStaticRTP>, ssrc: u32, first_sequence: u16) -> Self {
        Self { track, ssrc, next_sequence: first_sequence, stream: Stream::New }
    }

    async fn write(&mut self, payload_type: u8, packet: OutgoingPacket) -> Result<(), ConnectionGone> {
        let OutgoingPacket { payload, timestamp, marker } = packet;
        self.stream = if marker { Stream::BetweenPictures { timestamp } } else { Stream::InPicture };
        self.write_packet(self.packet(payload_type, payload, timestamp, marker)).await
    }

    /// Writes a packet that carries nothing; only between pictures.
    async fn write_padding(&mut self, payload_type: u8, timestamp: u32) -> Result<(), ConnectionGone> {
        let mut packet = self.packet(payload_type, Bytes::new(), timestamp, false);
        packet.header.padding = true;
        self.write_packet(packet).await
    }

    fn packet(&self, payload_type: u8, payload: Bytes, timestamp: u32, marker: bool) -> rtp::Packet {
        let header = rtp::Header {
            version: 2,
            marker,
            payload_type,
            sequence_number: self.next_sequence,
            timestamp,
            ssrc: self.ssrc,
            ..rtp::Header::default()
        };
        rtp::Packet { header, payload }
    }

    async fn write_packet(&mut self, packet: rtp::Packet) -> Result<(), ConnectionGone> {
        self.track.write_rtp(packet).await.map_err(|_| ConnectionGone)?;
        // Only what was handed over has a number: a gap would be asked for in vain.
        self.next_sequence = self.next_sequence.wrapping_add(1);
        Ok(())
    }
}

struct Writer {
    queues: Arc<SendQueues>,
    desk: Arc<ProbeDesk>,
    lines: PerLine<LineWriter>,
    pacer: Pacer,
    /// The cluster that is being written.
    probe: Option<ProbePace>,
}

/// Writes whatever is queued: sound at once, pictures at the pacing rate, or at a cluster's with padding where there is
/// not enough of them. Ends only with the connection.
pub(crate) async fn write_queued(queues: Arc<SendQueues>, desk: Arc<ProbeDesk>, lines: PerLine<LineWriter>) {
    let mut writer = Writer { queues, desk, lines, pacer: Pacer::new(Instant::now()), probe: None };
    while let Ok(()) = writer.step().await {}
}

impl Writer {
    async fn step(&mut self) -> Result<(), ConnectionGone> {
        while let Some((line, packet)) = self.queues.pop_audio() {
            self.write(line, packet).await?;
        }
        let now = Instant::now();
        if self.probe.is_none() {
            self.probe = self.desk.take_order().map(|order| ProbePace::new(order, now));
        }
        let waiting_bytes = self.queues.hurried_video_bytes();
        let wait = match &self.probe {
            Some(probe) if probe.is_done(now) => {
                self.end_probe();
                return Ok(());
            }
            Some(probe) => probe.wait(now),
            None if waiting_bytes == 0 => {
                tokio::select! {
                    () = self.queues.filled() => {}
                    () = self.desk.ordered() => {}
                }
                return Ok(());
            }
            None => self.pacer.wait(now, self.queues.pacing_bps(), waiting_bytes),
        };
        match wait {
            Some(wait) => tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.queues.filled() => {}
            },
            None => match self.queues.pop_video() {
                Some((line, packet)) => self.write(line, packet).await?,
                None => self.write_padding().await?,
            },
        }
        Ok(())
    }

    async fn write(&mut self, line: Line, packet: OutgoingPacket) -> Result<(), ConnectionGone> {
        // A line that was turned down since is not written.
        let Some(payload_type) = self.queues.payload_type(line) else {
            return Ok(());
        };
        let wire_bytes = wire_bytes(&packet);
        self.note(line, wire_bytes);
        self.lines[line].write(payload_type, packet).await
    }

    /// Fills the cluster; without a line to fill it on it ends.
    async fn write_padding(&mut self) -> Result<(), ConnectionGone> {
        let Some(wire_bytes) = self.probe.as_ref().map(|probe| probe.order().padding_wire_bytes) else { return Ok(()) };
        let found = [Line::Camera, Line::Screen].into_iter().find_map(|line| match self.lines[line].stream {
            Stream::BetweenPictures { timestamp } => Some((line, self.queues.payload_type(line)?, timestamp)),
            Stream::New | Stream::InPicture => None,
        });
        let Some((line, payload_type, timestamp)) = found else {
            self.end_probe();
            return Ok(());
        };
        self.note(line, wire_bytes);
        self.lines[line].write_padding(payload_type, timestamp).await
    }

    /// The line's next packet leaves.
    fn note(&mut self, line: Line, wire_bytes: usize) {
        self.pacer.sent(wire_bytes);
        if let Some(probe) = &mut self.probe {
            let LineWriter { ssrc, next_sequence: sequence, .. } = self.lines[line];
            self.desk.mark(Mark { ssrc, sequence, member: probe.sent(wire_bytes) });
        }
    }

    fn end_probe(&mut self) {
        if let Some(probe) = self.probe.take() {
            self.desk.cluster_left(probe.order().id, probe.packets());
        }
    }
}
