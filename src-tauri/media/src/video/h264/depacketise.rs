//! From RTP payloads back to pictures: RFC 6184, packetization mode 1. Takes packets in order of their sequence
//! numbers and is told of gaps; fragments on the two sides of a gap are never joined. Whatever a payload holds, the
//! worst that comes of it is a unit marked as damaged.

use std::collections::VecDeque;
use std::ops::Range;

use crate::video::h264::access_unit::{AccessUnit, Completeness, Continuity};
use crate::video::h264::nal::{NalKind, first_macroblock};
use crate::video::h264::packetise::{FU_A, FU_END, FU_START, STAP_A};

/// The largest picture in bytes. A 720p keyframe has about 100 KB, one of a screen with text a few times that.
pub const MAX_UNIT_LENGTH: usize = 2 << 20;

/// The most NAL units of a picture.
const MAX_UNIT_NALS: usize = 4096;

const START_CODE: [u8; 4] = [0, 0, 0, 1];

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

/// A picture that is being put together.
#[derive(Debug)]
struct UnitBuilder {
    unit: AccessUnit,
    fragment: Option<Fragment>,
}

/// A NAL unit of which only the beginning has come.
#[derive(Debug)]
struct Fragment {
    /// Where it begins in the unit's data, behind the start code.
    start: usize,
    header: u8,
}

/// A payload that can't be what its header says.
struct Malformed;

impl Depacketiser {
    /// One that waits for its first packet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next packet. `continuity` says whether packets between the last one and this one are missing.
    pub fn push(&mut self, timestamp: u32, marker: Marker, payload: &[u8], continuity: Continuity) {
        let lost = continuity == Continuity::AfterLoss;
        match &mut self.unit {
            Some(builder) => {
                if lost {
                    // What is missing was in its middle, or at its end and perhaps beyond.
                    builder.damage();
                }
                if builder.unit.timestamp != timestamp {
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
        if let Some(mut builder) = self.unit.take() {
            if builder.fragment.is_some() {
                builder.damage();
            }
            self.done.push_back(builder.unit);
        }
    }
}

impl UnitBuilder {
    fn new(timestamp: u32, continuity: Continuity) -> Self {
        let unit =
            AccessUnit { timestamp, completeness: Completeness::Whole, continuity, data: Vec::new(), nals: Vec::new() };
        Self { unit, fragment: None }
    }

    /// Something of it is missing. Half a NAL unit is worse for a decoder than none, so a begun fragment goes too.
    fn damage(&mut self) {
        self.unit.completeness = Completeness::Damaged;
        if let Some(fragment) = self.fragment.take() {
            self.unit.data.truncate(fragment.start.saturating_sub(START_CODE.len()));
        }
    }

    fn take_payload(&mut self, payload: &[u8]) -> Result<(), Malformed> {
        let header = *payload.first().ok_or(Malformed)?;
        // forbidden_zero_bit: a gateway says that the payload has bit errors.
        if header & 0x80 != 0 {
            return Err(Malformed);
        }
        let kind = header & 0x1F;
        if self.fragment.is_some() && kind != FU_A {
            // The rest of the fragment will not come: the sender doesn't interleave in this mode.
            self.damage();
        }
        match kind {
            1..=23 => self.take_nal(payload),
            STAP_A => self.take_aggregate(payload.get(1..).unwrap_or_default()),
            FU_A => self.take_fragment(payload),
            _ => Err(Malformed),
        }
    }

    fn take_aggregate(&mut self, mut rest: &[u8]) -> Result<(), Malformed> {
        while !rest.is_empty() {
            let (length, behind) = rest.split_first_chunk().ok_or(Malformed)?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (nal, behind) = behind.split_at_checked(length).ok_or(Malformed)?;
            self.take_nal(nal)?;
            rest = behind;
        }
        Ok(())
    }

    fn take_fragment(&mut self, payload: &[u8]) -> Result<(), Malformed> {
        let [indicator, fragment_header, body @ ..] = payload else {
            return Err(Malformed);
        };
        let header = indicator & 0xE0 | fragment_header & 0x1F;
        let (starts, ends) = (fragment_header & FU_START != 0, fragment_header & FU_END != 0);
        match (&self.fragment, starts) {
            // One packet can't be both (section 5.8).
            (_, true) if ends => return Err(Malformed),
            (Some(_), true) => {
                self.damage();
                self.start_fragment(header)?;
            }
            (None, true) => self.start_fragment(header)?,
            (Some(fragment), false) if fragment.header == header => {}
            // A fragment whose beginning is missing, or of another unit.
            _ => return Err(Malformed),
        }
        self.make_room_for(body.len())?;
        self.unit.data.extend_from_slice(body);
        if ends && let Some(fragment) = self.fragment.take() {
            self.complete_nal(fragment.start..self.unit.data.len());
        }
        Ok(())
    }

    fn start_fragment(&mut self, header: u8) -> Result<(), Malformed> {
        self.make_room_for(START_CODE.len() + 1)?;
        self.unit.data.extend_from_slice(&START_CODE);
        let start = self.unit.data.len();
        self.unit.data.push(header);
        self.fragment = Some(Fragment { start, header });
        Ok(())
    }

    fn take_nal(&mut self, nal: &[u8]) -> Result<(), Malformed> {
        let header = *nal.first().ok_or(Malformed)?;
        if header & 0x80 != 0 {
            return Err(Malformed);
        }
        // Spared the copy; `complete_nal` would leave it out.
        if NalKind::of(header).is_none() {
            return Ok(());
        }
        self.make_room_for(START_CODE.len() + nal.len())?;
        self.unit.data.extend_from_slice(&START_CODE);
        let start = self.unit.data.len();
        self.unit.data.extend_from_slice(nal);
        self.complete_nal(start..self.unit.data.len());
        Ok(())
    }

    fn make_room_for(&self, length: usize) -> Result<(), Malformed> {
        let fits = self.unit.data.len() + length <= MAX_UNIT_LENGTH && self.unit.nals.len() < MAX_UNIT_NALS;
        fits.then_some(()).ok_or(Malformed)
    }

    fn complete_nal(&mut self, range: Range<usize>) {
        let nal = self.unit.data.get(range.clone()).unwrap_or_default();
        let Some(kind) = nal.first().and_then(|header| NalKind::of(*header)) else {
            self.unit.data.truncate(range.start.saturating_sub(START_CODE.len()));
            return;
        };
        // Packets at the beginning may be missing without a trace other than this.
        let is_first_slice = kind.is_slice() && self.unit.slices().next().is_none();
        if is_first_slice && first_macroblock(nal) != Some(0) {
            self.damage();
        }
        self.unit.nals.push(range);
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::video::h264::packetise::packetise;

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
