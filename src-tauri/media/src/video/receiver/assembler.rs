//! From packets to pictures that can be judged: the pure part of a receiver, on the caller's clock.

use std::time::Instant;

use crate::video::h264::access_unit::AccessUnit;
use crate::video::h264::depacketise::{Depacketiser, Marker};
use crate::video::h264::reference::{ReferenceChain, Verdict};
use crate::video::receiver::packet::VideoPacket;
use crate::video::receiver::reorder::{ReorderBuffer, ReorderStatistics};

/// Puts packets in order, pictures together, and judges them. Whatever arrives, it neither panics nor grows.
#[derive(Default)]
pub struct FrameAssembler {
    reorder: ReorderBuffer,
    depacketiser: Depacketiser,
    chain: ReferenceChain,
}

impl FrameAssembler {
    /// One that waits for its first packet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a packet as it arrives.
    pub fn insert(&mut self, packet: VideoPacket) {
        self.reorder.insert(packet);
    }

    /// The next picture that is done at `now`, and what to do with it.
    pub fn poll(&mut self, now: Instant) -> Option<(AccessUnit, Verdict)> {
        loop {
            if let Some(unit) = self.depacketiser.poll() {
                let verdict = self.chain.judge(&unit);
                return Some((unit, verdict));
            }
            let (packet, continuity) = self.reorder.pop(now)?;
            let marker = Marker::from(packet.marker);
            self.depacketiser.push(packet.timestamp, marker, &packet.payload, continuity);
        }
    }

    /// When to poll again at the latest, though no packet arrives.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.reorder.deadline()
    }

    /// What was said to be decodable could not be decoded: nothing is until the next keyframe.
    pub fn break_off(&mut self) {
        self.chain.break_off();
    }

    pub(crate) fn statistics(&self) -> ReorderStatistics {
        self.reorder.statistics()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::video::h264::access_unit::Continuity;

    /// A keyframe and pictures of two packets each, and three packets of padding after every picture if wanted.
    fn pictures(arrival: Instant, has_padding: bool) -> Vec<VideoPacket> {
        let mut packets = Vec::new();
        for timestamp in 0..4_u32 {
            let first: &[u8] = if timestamp == 0 { &[0x78, 0, 2, 0x67, 1, 0, 2, 0x68, 0xCE] } else { &[0x41, 0x88, 1] };
            let last: &[u8] = if timestamp == 0 { &[0x65, 0x88, 2] } else { &[0x41, 0x48, 2] };
            let padding = if has_padding { 3 } else { 0 };
            let payloads = [(first, false), (last, true)].into_iter().chain([(&[][..], false)].repeat(padding));
            for (payload, marker) in payloads {
                let sequence = 65_530_u16.wrapping_add(packets.len() as u16);
                let payload = Bytes::from_static(payload);
                packets.push(VideoPacket { sequence, timestamp, marker, payload, ssrc: 1, arrival });
            }
        }
        packets
    }

    /// What becomes of packets that arrive in this order, all at once.
    fn assemble(packets: impl IntoIterator<Item = VideoPacket>) -> (Vec<(Vec<u8>, Verdict)>, ReorderStatistics) {
        let mut assembler = FrameAssembler::new();
        let mut units = Vec::new();
        for packet in packets {
            let now = packet.arrival;
            assembler.insert(packet);
            while let Some((unit, verdict)) = assembler.poll(now) {
                assert_eq!(unit.continuity, Continuity::Continuous);
                units.push((unit.byte_stream().to_vec(), verdict));
            }
        }
        (units, assembler.statistics())
    }

    #[test]
    fn padding_between_pictures_changes_nothing_in_whatever_order_it_comes() {
        let now = Instant::now();
        let (wanted, _) = assemble(pictures(now, false));
        assert_eq!(wanted.len(), 4);
        let padded = pictures(now, true);
        let mut swapped = padded.clone();
        swapped[1..].chunks_exact_mut(2).for_each(|two| two.swap(0, 1));
        // A packet of padding that was lost and sent again comes after the next picture.
        let mut sent_again = padded.clone();
        let lost = sent_again.remove(3);
        sent_again.insert(7, lost);
        for packets in [padded, swapped, sent_again] {
            let (units, statistics) = assemble(packets);
            assert_eq!(units, wanted);
            assert_eq!((statistics.packets, statistics.lost, statistics.late), (20, 0, 0));
        }
    }

    proptest! {
        #[test]
        fn nothing_that_arrives_panics(
            packets in proptest::collection::vec(
                (any::<u16>(), 0_u32..3, any::<bool>(), proptest::collection::vec(any::<u8>(), 0..30), 0_u32..2, 0_u64..400),
                0..60),
        ) {
            let mut assembler = FrameAssembler::new();
            let mut now = Instant::now();
            for (sequence, timestamp, marker, payload, ssrc, wait) in packets {
                let payload = Bytes::from(payload);
                assembler.insert(VideoPacket { sequence, timestamp, marker, payload, ssrc, arrival: now });
                now += Duration::from_millis(wait);
                while assembler.poll(now).is_some() {}
            }
        }
    }
}
