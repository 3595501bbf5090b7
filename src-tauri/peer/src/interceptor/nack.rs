//! Asks for missing packets (RFC 4585 section 6.2.1).

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use rtc::interceptor::{AttributedPacket, Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::transport_feedbacks::transport_layer_nack::{TransportLayerNack, nack_pairs_from_sequence_numbers};
use rtc::sansio::Protocol;
use rtc::shared::TransportContext;
use rtc::shared::error::Error;

use super::loss_log::{LossLog, NACK_INTERVAL};
use crate::statistics::Observations;

/// Streams whose gaps are followed: more than any real end has.
const MAX_STREAMS: usize = 8;

/// Looks for gaps every 20 ms while there are any, and knows the round trip: a generator that does not would ask for
/// the same packet several times before the first answer can arrive.
pub(super) struct NackGenerator {
    /// This end's source that the requests come from.
    ssrc: u32,
    observations: Arc<Observations>,
    streams: HashMap<u32, LossLog>,
    next_look: Option<Instant>,
    reads: VecDeque<TaggedPacket>,
    writes: VecDeque<TaggedPacket>,
}

impl NackGenerator {
    pub(super) fn new(ssrc: u32, observations: Arc<Observations>) -> Self {
        Self {
            ssrc,
            observations,
            streams: HashMap::new(),
            next_look: None,
            reads: VecDeque::new(),
            writes: VecDeque::new(),
        }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for NackGenerator {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtp(packet) = &msg.message.packet
            && let Some(log) = self.streams.get_mut(&packet.header.ssrc)
        {
            log.arrived(msg.now, packet.header.sequence_number);
            if self.next_look.is_none() && log.is_waiting() {
                self.next_look = Some(msg.now + NACK_INTERVAL);
            }
        }
        self.reads.push_back(msg);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.reads.pop_front()
    }

    fn handle_write(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        self.writes.push_back(msg);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.writes.pop_front()
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        if self.next_look.is_none_or(|at| now < at) {
            return Ok(());
        }
        let round_trip = self.observations.round_trip().unwrap_or_default();
        for (ssrc, log) in &mut self.streams {
            let missing = log.take_due(now, round_trip);
            if missing.is_empty() {
                continue;
            }
            let request = TransportLayerNack {
                sender_ssrc: self.ssrc,
                media_ssrc: *ssrc,
                nacks: nack_pairs_from_sequence_numbers(&missing),
            };
            self.writes.push_back(TaggedPacket {
                now,
                transport: TransportContext::default(),
                message: AttributedPacket::new(Packet::Rtcp(vec![Box::new(request)])),
            });
        }
        let is_waiting = self.streams.values().any(LossLog::is_waiting);
        self.next_look = is_waiting.then(|| now + NACK_INTERVAL);
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.next_look
    }
}

impl Interceptor for NackGenerator {
    fn bind_local_stream(&mut self, _info: &StreamInfo) {}

    fn unbind_local_stream(&mut self, _info: &StreamInfo) {}

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        let takes_nack =
            info.rtcp_feedback.iter().any(|feedback| feedback.typ == "nack" && feedback.parameter.is_empty());
        if takes_nack && self.streams.len() < MAX_STREAMS {
            self.streams.insert(info.ssrc, LossLog::default());
        }
    }

    fn unbind_remote_stream(&mut self, info: &StreamInfo) {
        self.streams.remove(&info.ssrc);
    }
}
