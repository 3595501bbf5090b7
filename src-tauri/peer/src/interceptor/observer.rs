//! Counts what passes, and reads what the other end reports.
//!
//! The connection's own statistics leave receiver reports out, and it hands a compound of keyframe requests to the
//! track of its first packet only: here every packet of every compound is looked at.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rtc::interceptor::{Attribute, Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp;
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use rtc::shared::marshal::MarshalSize;

use super::padding::is_padding;
use crate::line::{Line, PerLine};
use crate::statistics::Observations;

/// Sender reports whose answer may still come: some seconds of all lines.
const MAX_REMEMBERED_REPORTS: usize = 32;

pub(super) struct Observer {
    ssrcs: PerLine<u32>,
    observations: Arc<Observations>,
    /// The middle 32 bits of each sender report's NTP time, and when it left.
    reports: VecDeque<(u32, Instant)>,
    reads: VecDeque<TaggedPacket>,
    writes: VecDeque<TaggedPacket>,
}

impl Observer {
    pub(super) fn new(ssrcs: PerLine<u32>, observations: Arc<Observations>) -> Self {
        Self { ssrcs, observations, reports: VecDeque::new(), reads: VecDeque::new(), writes: VecDeque::new() }
    }

    fn line_of(&self, ssrc: u32) -> Option<Line> {
        self.ssrcs.iter().find(|(_, own)| **own == ssrc).map(|(line, _)| line)
    }

    fn received(&self, now: Instant, packet: &dyn rtcp::Packet) {
        let packet = packet.as_any();
        if let Some(request) = packet.downcast_ref::<PictureLossIndication>() {
            self.keyframe_requested(request.media_ssrc);
        } else if let Some(request) = packet.downcast_ref::<FullIntraRequest>() {
            for entry in &request.fir {
                self.keyframe_requested(entry.ssrc);
            }
        } else if let Some(nack) = packet.downcast_ref::<TransportLayerNack>() {
            if let Some(line) = self.line_of(nack.media_ssrc) {
                self.observations.nacks_received(line, requested_packets(nack));
            }
        } else if let Some(report) = packet.downcast_ref::<ReceiverReport>() {
            self.reported(now, &report.reports);
        } else if let Some(report) = packet.downcast_ref::<SenderReport>() {
            self.reported(now, &report.reports);
        }
    }

    fn keyframe_requested(&self, ssrc: u32) {
        if let Some(line) = self.line_of(ssrc) {
            self.observations.keyframe_requested(line);
        }
    }

    fn reported(&self, now: Instant, reports: &[ReceptionReport]) {
        for report in reports {
            let Some(line) = self.line_of(report.ssrc) else { continue };
            let jitter = Duration::from_secs_f64(f64::from(report.jitter) / f64::from(line.clock_rate_hz()));
            self.observations.reported(line, report.total_lost, jitter);
            if let Some(round_trip) = self.round_trip(now, report) {
                self.observations.set_round_trip(round_trip);
            }
        }
    }

    /// RFC 3550 section 6.4.1, with this end's own clock in place of NTP time.
    fn round_trip(&self, now: Instant, report: &ReceptionReport) -> Option<Duration> {
        let (_, left) = self.reports.iter().rev().find(|(ntp, _)| *ntp == report.last_sender_report)?;
        let held = Duration::from_secs_f64(f64::from(report.delay) / 65_536.0);
        now.saturating_duration_since(*left).checked_sub(held)
    }

    fn sent(&mut self, now: Instant, packet: &dyn rtcp::Packet) {
        let packet = packet.as_any();
        if let Some(report) = packet.downcast_ref::<SenderReport>() {
            if self.reports.len() == MAX_REMEMBERED_REPORTS {
                self.reports.pop_front();
            }
            self.reports.push_back(((report.ntp_time >> 16) as u32, now));
        } else if let Some(nack) = packet.downcast_ref::<TransportLayerNack>() {
            self.observations.nacks_sent(nack.media_ssrc, requested_packets(nack));
        }
    }
}

fn requested_packets(nack: &TransportLayerNack) -> u64 {
    let of_pair = |lost: u16| 1 + u64::from(lost.count_ones());
    nack.nacks.iter().map(|pair| of_pair(pair.lost_packets)).sum()
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Observer {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &msg.message.packet {
            for packet in packets {
                self.received(msg.now, packet.as_ref());
            }
        }
        self.reads.push_back(msg);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.reads.pop_front()
    }

    fn handle_write(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        match &msg.message.packet {
            Packet::Rtp(packet) => {
                if let Some(line) = self.line_of(packet.header.ssrc) {
                    let is_again = msg.message.has(&Attribute::Retransmission);
                    self.observations.sent(msg.now, line, packet.marshal_size(), is_again);
                    if is_padding(packet) {
                        self.observations.padding_sent(line, packet.marshal_size());
                    }
                }
            }
            Packet::Rtcp(packets) => {
                for packet in packets {
                    self.sent(msg.now, packet.as_ref());
                }
            }
            _ => {}
        }
        self.writes.push_back(msg);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.writes.pop_front()
    }
}

impl Interceptor for Observer {
    fn bind_local_stream(&mut self, _info: &StreamInfo) {}

    fn unbind_local_stream(&mut self, _info: &StreamInfo) {}

    fn bind_remote_stream(&mut self, _info: &StreamInfo) {}

    fn unbind_remote_stream(&mut self, _info: &StreamInfo) {}
}
