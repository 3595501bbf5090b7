//! Joins what was sent with what the other end says of it (draft-holmer-rmcat-transport-wide-cc-extensions-01), and
//! hands it to the estimator.
//!
//! The library's own join counts packets as lost whose feedback was lost. Here only what is reported counts.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket, convert_twcc};
use rtc::rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use rtc::rtp;
use rtc::sansio::Protocol;
use rtc::sdp::extmap::TRANSPORT_CC_URI;
use rtc::shared::error::Error;
use rtc::shared::marshal::MarshalSize;

use crate::bandwidth::{Announcer, Estimator, PacketFate, PacketFeedback};
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
    fn sent(&mut self, number: u16, departure: Instant, wire_bytes: usize) {
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
        self.packets.push_back(Sent { departure, wire_bytes, is_reported: false });
    }

    /// The packet, if it is known and was not reported as arrived before.
    fn report(&mut self, number: u16, fate: PacketFate) -> Option<PacketFeedback> {
        let index = usize::from(number.wrapping_sub(self.first));
        let sent = self.packets.get_mut(index).filter(|sent| !sent.is_reported)?;
        sent.is_reported = fate != PacketFate::Lost;
        Some(PacketFeedback { departure: sent.departure, wire_bytes: sent.wire_bytes, fate })
    }
}

/// Records each departure with its number, and reads the feedback.
pub(super) struct TransportFeedback {
    observations: Arc<Observations>,
    estimator: Estimator,
    announcer: Announcer,
    /// The header extension each stream carries its number in.
    extensions: HashMap<u32, u8>,
    history: History,
    reads: VecDeque<TaggedPacket>,
    writes: VecDeque<TaggedPacket>,
}

impl TransportFeedback {
    pub(super) fn new(observations: Arc<Observations>) -> Self {
        Self {
            observations,
            estimator: Estimator::new(),
            announcer: Announcer::default(),
            extensions: HashMap::new(),
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
        let packets: Vec<PacketFeedback> = reported
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
            self.estimator.path_changed(now);
        }
        if !packets.is_empty() {
            self.estimator.feedback(now, &packets);
            let bps = self.estimator.target_bps();
            self.observations.set_estimate(bps);
            if self.announcer.is_noticeable(now, bps) {
                self.observations.announce_estimate();
            }
        }
    }
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

    fn handle_write(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtp(packet) = &msg.message.packet
            && let Some(number) = self.number_of(packet)
        {
            self.history.sent(number, msg.now, packet.marshal_size() + OVERHEAD_BYTES);
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
            history.sent(65_530u16.wrapping_add(index), start, 100 + usize::from(index));
        }
        for (number, size) in [(65_530, Some(100)), (65_535, Some(105)), (3, Some(109)), (4, None), (65_529, None)] {
            let found = history.report(number, ARRIVED).map(|packet| packet.wire_bytes);
            assert_eq!(found, size, "{number}");
        }
    }

    #[test]
    fn a_packet_is_reported_as_arrived_once_but_may_have_been_missing_before() {
        let start = Instant::now();
        let mut history = History::default();
        history.sent(7, start, 100);
        assert!(history.report(7, PacketFate::Lost).is_some());
        assert!(history.report(7, ARRIVED).is_some());
        assert!(history.report(7, ARRIVED).is_none());
        assert!(history.report(7, PacketFate::Lost).is_none());
    }

    #[test]
    fn what_left_long_ago_is_forgotten_and_memory_is_bounded() {
        let start = Instant::now();
        let mut history = History::default();
        history.sent(0, start, 100);
        history.sent(1, start + MAX_AGE * 2, 100);
        assert!(history.report(0, ARRIVED).is_none());
        assert!(history.report(1, ARRIVED).is_some());
        for number in 2..60_000u16 {
            history.sent(number, start + MAX_AGE * 2, 100);
        }
        assert_eq!(history.packets.len(), MAX_HISTORY);
        assert!(history.report(59_999, ARRIVED).is_some());
    }
}
