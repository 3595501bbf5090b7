//! Joins what was sent with what the other end says of it (draft-holmer-rmcat-transport-wide-cc-extensions-01), and
//! hands it to the estimator.
//!
//! The library's own join counts packets as lost whose feedback was lost. Here only what is reported counts.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rtc::interceptor::{Attribute, Interceptor, Packet, StreamInfo, TaggedPacket, convert_twcc};
use rtc::rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use rtc::rtp;
use rtc::sansio::Protocol;
use rtc::sdp::extmap::TRANSPORT_CC_URI;
use rtc::shared::error::Error;
use rtc::shared::marshal::MarshalSize;

use super::padding::{Filler, is_padding, lengthen};
use crate::bandwidth::{BandwidthControl, PacketFate, PacketFeedback, ProbeMember};
use crate::line::{Line, PerLine};
use crate::send::ProbeDesk;
use crate::statistics::Observations;

/// SRTP, UDP and IPv4 around each RTP packet.
const OVERHEAD_BYTES: usize = 16 + 28;
/// Feedback on what left longer ago is of no use.
const MAX_AGE: Duration = Duration::from_secs(5);
/// Packets that may wait for feedback: more than leave in that time.
const MAX_HISTORY: usize = 16_384;

#[derive(Debug, Clone, Copy)]
struct Sent {
    departure: Instant,
    wire_bytes: usize,
    member: Option<ProbeMember>,
    is_reported: bool,
}

/// What has left, by its transport-wide number.
#[derive(Debug, Default)]
struct History {
    /// The number of the oldest packet.
    first: u16,
    packets: VecDeque<Sent>,
}

impl History {
    fn sent(&mut self, number: u16, departure: Instant, wire_bytes: usize, member: Option<ProbeMember>) {
        if number != self.first.wrapping_add(self.packets.len() as u16) {
            // Numbers are given in order: another one is a new beginning.
            self.packets.clear();
        }
        if self.packets.is_empty() {
            self.first = number;
        }
        let is_old = |sent: &Sent| departure.saturating_duration_since(sent.departure) > MAX_AGE;
        while self.packets.len() >= MAX_HISTORY || self.packets.front().is_some_and(is_old) {
            self.packets.pop_front();
            self.first = self.first.wrapping_add(1);
        }
        if self.packets.is_empty() {
            self.first = number;
        }
        self.packets.push_back(Sent { departure, wire_bytes, member, is_reported: false });
    }

    /// The packet, if it is known and was not reported as arrived before.
    fn report(&mut self, number: u16, fate: PacketFate) -> Option<(PacketFeedback, Option<ProbeMember>)> {
        let index = usize::from(number.wrapping_sub(self.first));
        let sent = self.packets.get_mut(index).filter(|sent| !sent.is_reported)?;
        sent.is_reported = fate != PacketFate::Lost;
        Some((PacketFeedback { departure: sent.departure, wire_bytes: sent.wire_bytes, fate }, sent.member))
    }
}

/// Records each departure with its number, and reads the feedback.
pub(super) struct TransportFeedback {
    observations: Arc<Observations>,
    desk: Arc<ProbeDesk>,
    ssrcs: PerLine<u32>,
    control: BandwidthControl,
    /// The header extension each stream carries its number in.
    extensions: HashMap<u32, u8>,
    /// Every header extension that means something, by its number's bit.
    negotiated: u16,
    /// How long the packets are that fill the last cluster.
    padding_wire_bytes: usize,
    history: History,
    reads: VecDeque<TaggedPacket>,
    writes: VecDeque<TaggedPacket>,
}

impl TransportFeedback {
    pub(super) fn new(ssrcs: PerLine<u32>, observations: Arc<Observations>, desk: Arc<ProbeDesk>) -> Self {
        Self {
            observations,
            desk,
            ssrcs,
            control: BandwidthControl::new(),
            extensions: HashMap::new(),
            negotiated: 0,
            padding_wire_bytes: 0,
            history: History::default(),
            reads: VecDeque::new(),
            writes: VecDeque::new(),
        }
    }

    fn number_of(&self, packet: &rtp::Packet) -> Option<u16> {
        let extension = packet.header.get_extension(*self.extensions.get(&packet.header.ssrc)?)?;
        extension.as_ref().try_into().ok().map(u16::from_be_bytes)
    }

    fn received(&mut self, now: Instant, feedback: &TransportLayerCc) {
        // The last chunk may be longer than what it reports on.
        let reported = convert_twcc(feedback).into_iter().take(usize::from(feedback.packet_status_count));
        let packets: Vec<_> = reported
            .filter_map(|packet| {
                let fate = match (packet.arrived, packet.arrival) {
                    (true, Some(at)) => PacketFate::Arrived(at),
                    (false, _) => PacketFate::Lost,
                    (true, None) => return None,
                };
                self.history.report(packet.sequence_number, fate)
            })
            .collect();
        if self.observations.take_path_change() {
            self.control.path_changed(now);
        }
        if packets.is_empty() {
            return;
        }
        self.control.feedback(now, &packets);
        self.probe(now);
        if let Some(bps) = self.control.known_bps(now) {
            self.observations.set_estimate(bps);
            if self.control.is_noticeable(now, bps) {
                self.observations.announce_estimate();
            }
        }
    }

    fn probe(&mut self, now: Instant) {
        if let Some((id, packets)) = self.desk.take_left() {
            self.control.cluster_left(now, id, packets);
        }
        if let Some(order) = self.control.poll(now, self.desk.wanted_bps()) {
            self.padding_wire_bytes = order.padding_wire_bytes;
            self.desk.order(order);
        }
    }

    /// Records a departure, and what it means for probing.
    fn sent(&mut self, now: Instant, packet: &mut rtp::Packet, occasion: Occasion) {
        let Some(number) = self.number_of(packet) else { return };
        if is_padding(packet)
            && occasion == Occasion::First
            && let Some(filler) = Filler::apart_from(|id| self.negotiated & (1 << id) != 0)
        {
            lengthen(packet, filler, self.padding_wire_bytes);
        }
        let header = &packet.header;
        let member = match occasion {
            Occasion::First => self.desk.take_mark(header.ssrc, header.sequence_number),
            Occasion::Again => None,
        };
        self.history.sent(number, now, packet.marshal_size() + OVERHEAD_BYTES, member);
        let is_video = [Line::Camera, Line::Screen].into_iter().any(|line| self.ssrcs[line] == header.ssrc);
        if is_video && !header.padding {
            self.control.picture_left(now);
            self.probe(now);
        }
    }
}

/// Whether a packet has left before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Occasion {
    First,
    Again,
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for TransportFeedback {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &msg.message.packet {
            for packet in packets {
                if let Some(feedback) = packet.as_any().downcast_ref::<TransportLayerCc>() {
                    self.received(msg.now, feedback);
                }
            }
        }
        self.reads.push_back(msg);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.reads.pop_front()
    }

    fn handle_write(&mut self, mut msg: TaggedPacket) -> Result<(), Error> {
        let is_again = msg.message.has(&Attribute::Retransmission);
        if let Packet::Rtp(packet) = &mut msg.message.packet {
            self.sent(msg.now, packet, if is_again { Occasion::Again } else { Occasion::First });
        }
        self.writes.push_back(msg);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.writes.pop_front()
    }
}

impl Interceptor for TransportFeedback {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        for extension in &info.rtp_header_extensions {
            self.negotiated |= 1_u16.checked_shl(u32::from(extension.id)).unwrap_or_default();
        }
        let extension = info.rtp_header_extensions.iter().find(|extension| extension.uri == TRANSPORT_CC_URI);
        if let Some(id) = extension.and_then(|extension| u8::try_from(extension.id).ok()) {
            self.extensions.insert(info.ssrc, id);
        }
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.extensions.remove(&info.ssrc);
    }

    fn bind_remote_stream(&mut self, _info: &StreamInfo) {}

    fn unbind_remote_stream(&mut self, _info: &StreamInfo) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARRIVED: PacketFate = PacketFate::Arrived(Duration::from_secs(1));

    #[test]
    fn feedback_finds_its_packets_across_the_wrap() {
        let start = Instant::now();
        let mut history = History::default();
        for index in 0..10u16 {
            history.sent(65_530u16.wrapping_add(index), start, 100 + usize::from(index), None);
        }
        for (number, size) in [(65_530, Some(100)), (65_535, Some(105)), (3, Some(109)), (4, None), (65_529, None)] {
            let found = history.report(number, ARRIVED).map(|(packet, _)| packet.wire_bytes);
            assert_eq!(found, size, "{number}");
        }
    }

    #[test]
    fn a_packet_is_reported_as_arrived_once_but_may_have_been_missing_before() {
        let start = Instant::now();
        let mut history = History::default();
        history.sent(7, start, 100, None);
        assert!(history.report(7, PacketFate::Lost).is_some());
        assert!(history.report(7, ARRIVED).is_some());
        assert!(history.report(7, ARRIVED).is_none());
        assert!(history.report(7, PacketFate::Lost).is_none());
    }

    #[test]
    fn what_left_long_ago_is_forgotten_and_memory_is_bounded() {
        let start = Instant::now();
        let mut history = History::default();
        history.sent(0, start, 100, None);
        history.sent(1, start + MAX_AGE * 2, 100, None);
        assert!(history.report(0, ARRIVED).is_none());
        assert!(history.report(1, ARRIVED).is_some());
        for number in 2..60_000u16 {
            history.sent(number, start + MAX_AGE * 2, 100, None);
        }
        assert_eq!(history.packets.len(), MAX_HISTORY);
        assert!(history.report(59_999, ARRIVED).is_some());
    }
}
