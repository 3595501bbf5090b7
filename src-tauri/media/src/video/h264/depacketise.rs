//! From RTP payloads back to pictures: RFC 6184, packetization mode 1. Takes packets in order of their sequence
//! numbers and is told of gaps; fragments on the two sides of a gap are never joined. Whatever a payload holds, the
//! worst that comes of it is a unit marked as damaged.

use std::collections::VecDeque;

use crate::video::h264::access_unit::{AccessUnit, Continuity};
use crate::video::h264::unit_builder::UnitBuilder;

pub use crate::video::h264::unit_builder::MAX_UNIT_LENGTH;

/// Where a packet ends a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Marker {
    /// More packets of this picture follow.
    Inside,
    /// The picture's last packet.
    Last,
}

impl From<bool> for Marker {
    /// From the RTP header's marker bit.
    fn from(bit: bool) -> Self {
        if bit { Self::Last } else { Self::Inside }
    }
}

/// Puts pictures together.
#[derive(Debug, Default)]
pub struct Depacketiser {
    unit: Option<UnitBuilder>,
    /// Whether packets were lost since the last unit.
    lost: bool,
    done: VecDeque<AccessUnit>,
}

impl Depacketiser {
    /// One that waits for its first packet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next packet, which may complete up to two pictures. `continuity` says whether packets between the last one and this one are missing.
    pub fn push(&mut self, timestamp: u32, marker: Marker, payload: &[u8], continuity: Continuity) {
        let lost = continuity == Continuity::AfterLoss;
        match &mut self.unit {
            Some(builder) => {
                if lost {
                    // What is missing was in its middle, or at its end and perhaps beyond.
                    builder.damage();
                }
                if builder.timestamp() != timestamp {
                    // Without loss it is whole, though its marker is missing: some senders leave it out.
                    self.finish();
                    self.lost = lost;
                }
            }
            None => self.lost |= lost,
        }
        // An empty payload is padding, which belongs to no picture.
        if payload.is_empty() {
            return;
        }
        let continuity = if self.lost { Continuity::AfterLoss } else { Continuity::Continuous };
        let builder = self.unit.get_or_insert_with(|| UnitBuilder::new(timestamp, continuity));
        self.lost = false;
        if builder.take_payload(payload).is_err() {
            builder.damage();
        }
        if marker == Marker::Last {
            self.finish();
        }
    }

    /// The next picture that is done.
    pub fn poll(&mut self) -> Option<AccessUnit> {
        self.done.pop_front()
    }

    fn finish(&mut self) {
        self.done.extend(self.unit.take().map(UnitBuilder::finish));
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::video::h264::access_unit::Completeness;
    use crate::video::h264::packetise::packetise;
    use crate::video::h264::unit_builder::{MAX_UNIT_NALS, START_CODE};

    const WHOLE: Completeness = Completeness::Whole;
    const DAMAGED: Completeness = Completeness::Damaged;

    /// A slice with `first_mb_in_slice` 0 or, as a later slice has it, 1.
    fn slice(header: u8, first: bool, length: usize) -> Vec<u8> {
        let mut nal = vec![header, if first { 0x88 } else { 0x48 }];
        nal.extend((2..length).map(|i| (i % 251) as u8));
        nal
    }

    fn keyframe() -> Vec<Vec<u8>> {
        let sets = [vec![0x67, 66, 0xC0, 31, 1], vec![0x68, 0xCE]];
        let slices = [slice(0x65, true, 3000), slice(0x65, false, 900), slice(0x65, false, 100)];
        sets.into_iter().chain(slices).collect()
    }

    fn payloads(nals: &[Vec<u8>]) -> Vec<Bytes> {
        let mut data = Vec::new();
        let mut ranges = Vec::new();
        for nal in nals {
            ranges.push(data.len()..data.len() + nal.len());
            data.extend_from_slice(nal);
        }
        packetise(&data.into(), &ranges)
    }

    /// Sends pictures with timestamps 0, 1, 2, … and loses the packets with the given numbers.
    fn receive(pictures: &[Vec<Bytes>], lost: &[usize]) -> Vec<AccessUnit> {
        let mut depacketiser = Depacketiser::new();
        let (mut number, mut continuity) = (0, Continuity::Continuous);
        for (timestamp, picture) in pictures.iter().enumerate() {
            for (index, payload) in picture.iter().enumerate() {
                if lost.contains(&number) {
                    continuity = Continuity::AfterLoss;
                } else {
                    let marker = Marker::from(index + 1 == picture.len());
                    depacketiser.push(timestamp as u32, marker, payload, continuity);
                    continuity = Continuity::Continuous;
                }
                number += 1;
            }
        }
        std::iter::from_fn(|| depacketiser.poll()).collect()
    }

    #[test]
    fn pictures_come_out_as_they_went_in() {
        let pictures = [keyframe(), vec![slice(0x41, true, 1500)], vec![slice(0x01, true, 20)]];
        let units = receive(&pictures.each_ref().map(|p| payloads(p)), &[]);
        assert_eq!(units.len(), 3);
        for (unit, picture) in units.iter().zip(&pictures) {
            assert_eq!(unit.nals().map(<[u8]>::to_vec).collect::<Vec<_>>(), *picture);
            assert_eq!((unit.completeness, unit.continuity), (WHOLE, Continuity::Continuous));
        }
        assert_eq!(units.iter().map(AccessUnit::is_keyframe).collect::<Vec<_>>(), [true, false, false]);
    }

    #[test]
    fn any_single_loss_is_noticed_and_no_fragments_are_joined_across_it() {
        let pictures = [keyframe(), keyframe(), keyframe()];
        let sent = pictures.each_ref().map(|p| payloads(p));
        for lost in sent[0].len()..2 * sent[0].len() {
            let units = receive(&sent, &[lost]);
            assert_eq!(units.len(), 3, "packet {lost}");
            assert_eq!((units[0].completeness, units[2].completeness), (WHOLE, WHOLE), "packet {lost}");
            let damaged = units[1].completeness == DAMAGED;
            // Of a lost first packet with parameter sets only the gap tells; the slices may all be there.
            assert!(damaged || units[1].continuity == Continuity::AfterLoss, "packet {lost}");
            for nal in units[1].nals() {
                assert!(pictures[1].iter().any(|sent| sent == nal), "packet {lost} gave a unit that was never sent");
            }
        }
    }

    #[test]
    fn a_lost_end_and_a_lost_beginning_damage_both_pictures() {
        let sent = [keyframe(), keyframe()].each_ref().map(|p| payloads(p));
        let last = sent[0].len() - 1;
        let units = receive(&sent, &[last, last + 1, last + 2]);
        assert_eq!(units.iter().map(|u| u.completeness).collect::<Vec<_>>(), [DAMAGED, DAMAGED]);
        assert_eq!(units[1].continuity, Continuity::AfterLoss);
    }

    #[test]
    fn a_lost_picture_shows_as_loss_before_the_next() {
        let sent = [vec![slice(0x41, true, 50)], vec![slice(0x41, true, 50)], vec![slice(0x41, true, 50)]];
        let units = receive(&sent.each_ref().map(|p| payloads(p)), &[1]);
        let seen: Vec<_> = units.iter().map(|u| (u.timestamp, u.completeness, u.continuity)).collect();
        assert_eq!(seen, [(0, WHOLE, Continuity::Continuous), (2, WHOLE, Continuity::AfterLoss)]);
    }

    #[test]
    fn a_continuation_with_another_start_in_between_is_not_joined() {
        let mut depacketiser = Depacketiser::new();
        let packets: [&[u8]; 4] = [&[0x7C, 0x85, 0x88, 1], &[0x7C, 0x85, 0x88, 2], &[0x7C, 0x45, 3], &[0x7C, 0x45, 4]];
        for payload in packets {
            depacketiser.push(0, Marker::Inside, payload, Continuity::Continuous);
        }
        depacketiser.push(1, Marker::Inside, &[], Continuity::Continuous);
        let unit = depacketiser.poll().unwrap();
        assert_eq!(unit.nals().collect::<Vec<_>>(), [&[0x65, 0x88, 2, 3]]);
        assert_eq!(unit.completeness, DAMAGED);
    }

    #[test]
    fn padding_belongs_to_no_picture_but_its_loss_counts() {
        let mut depacketiser = Depacketiser::new();
        depacketiser.push(0, Marker::Last, &[0x41, 0x88], Continuity::Continuous);
        depacketiser.push(0, Marker::Inside, &[], Continuity::AfterLoss);
        depacketiser.push(0, Marker::Inside, &[], Continuity::Continuous);
        depacketiser.push(1, Marker::Last, &[0x41, 0x88], Continuity::Continuous);
        let units: Vec<_> = std::iter::from_fn(|| depacketiser.poll()).map(|u| u.continuity).collect();
        assert_eq!(units, [Continuity::Continuous, Continuity::AfterLoss]);
    }

    #[test]
    fn what_no_decoder_needs_is_left_out() {
        let mut depacketiser = Depacketiser::new();
        for payload in [&[0x06, 5, 1][..], &[0x09, 0xF0], &[0x6E, 1], &[0x74, 1], &[0x41, 0x88, 7]] {
            depacketiser.push(0, Marker::Inside, payload, Continuity::Continuous);
        }
        depacketiser.push(1, Marker::Inside, &[], Continuity::Continuous);
        assert_eq!(depacketiser.poll().unwrap().byte_stream(), [0, 0, 0, 1, 0x41, 0x88, 7]);
    }

    #[test]
    fn an_endless_picture_is_bounded() {
        let mut depacketiser = Depacketiser::new();
        let large = slice(0x41, true, 60_000);
        for _ in 0..100 {
            depacketiser.push(0, Marker::Inside, &large, Continuity::Continuous);
        }
        for _ in 0..2 * MAX_UNIT_NALS {
            depacketiser.push(1, Marker::Inside, &[0x41, 0x88], Continuity::Continuous);
        }
        depacketiser.push(2, Marker::Inside, &[], Continuity::Continuous);
        let units: Vec<_> = std::iter::from_fn(|| depacketiser.poll()).collect();
        assert!(units.iter().all(|u| u.completeness == DAMAGED && u.data.len() <= MAX_UNIT_LENGTH));
        assert_eq!(units[1].nals.len(), MAX_UNIT_NALS);
    }

    proptest! {
        #[test]
        fn nothing_that_is_received_panics_or_overflows(
            packets in proptest::collection::vec(
                (0_u32..4, any::<bool>(), proptest::collection::vec(any::<u8>(), 0..40), any::<bool>()), 0..60),
        ) {
            let mut depacketiser = Depacketiser::new();
            for (timestamp, marker, payload, lost) in packets {
                let continuity = if lost { Continuity::AfterLoss } else { Continuity::Continuous };
                depacketiser.push(timestamp, Marker::from(marker), &payload, continuity);
                while let Some(unit) = depacketiser.poll() {
                    let length: usize = unit.nals().map(|nal| nal.len() + START_CODE.len()).sum();
                    prop_assert_eq!(length, unit.byte_stream().len());
                }
            }
        }

        #[test]
        fn whatever_is_lost_nothing_is_invented(
            lengths in proptest::collection::vec(3_usize..4000, 1..8),
            lost in proptest::collection::vec(0_usize..40, 0..6),
        ) {
            let pictures: Vec<Vec<Vec<u8>>> = lengths.iter().map(|n| vec![slice(0x41, true, *n), slice(0x41, false, n / 2 + 3)]).collect();
            let sent: Vec<_> = pictures.iter().map(|p| payloads(p)).collect();
            for unit in receive(&sent, &lost) {
                let picture = &pictures[unit.timestamp as usize];
                let nals: Vec<_> = unit.nals().collect();
                prop_assert!(nals.iter().all(|nal| picture.iter().any(|sent| sent == nal)));
                prop_assert_eq!(unit.completeness == WHOLE, nals.len() == picture.len());
            }
        }
    }
}
