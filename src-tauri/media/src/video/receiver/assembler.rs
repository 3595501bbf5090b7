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
