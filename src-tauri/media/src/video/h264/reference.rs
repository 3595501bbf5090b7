//! Whether a picture can be decoded from what was decoded before it. Losing a picture that no other is predicted
//! from (`nal_ref_idc` 0: half of a stream with two temporal layers) costs that picture only; losing any other makes
//! all that follow garbage until the next keyframe. Which of the two was lost shows in the next picture's frame
//! number (H.264 section 7.4.3).

use std::time::Duration;

use crate::clock::VIDEO_CLOCK_HZ;
use crate::video::h264::access_unit::{AccessUnit, Completeness, Continuity};
use crate::video::h264::nal::{NalKind, reference_idc};
use crate::video::h264::parameter_sets::ParameterSets;

/// What to do with a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// All that it is predicted from is there: decode and show it.
    Decodable,
    /// Nothing is lost by leaving it out.
    Dispensable,
    /// It, or something it is predicted from, is missing. A keyframe is needed.
    Broken,
    /// It must not reach a decoder: too large, of an unsupported kind, or malformed.
    Refused,
}

/// After a longer gap, frame numbers may have gone round. Senders with few of them have 16.
const LONGEST_GAP: Duration = Duration::from_millis(250);

/// Follows a stream from keyframe to keyframe.
#[derive(Default)]
pub struct ReferenceChain {
    sets: ParameterSets,
    /// `PrevRefFrameNum`, as long as all reference pictures since a keyframe are there.
    last_reference: Option<u32>,
    last_timestamp: u32,
    loss: bool,
}

/// What the slices of a unit have in common.
struct PictureHeader {
    keyframe: bool,
    reference: bool,
    frame_number: u32,
    /// One more than the highest frame number.
    frame_number_modulus: u32,
}

impl ReferenceChain {
    /// One that waits for a keyframe.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the next picture can be decoded if nothing of it is missing.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.last_reference.is_some()
    }

    /// Judges the next picture. The caller decodes all that are [`Verdict::Decodable`], and must call
    /// [`ReferenceChain::break_off`] when that fails.
    pub fn judge(&mut self, unit: &AccessUnit) -> Verdict {
        self.loss |= unit.continuity == Continuity::AfterLoss;
        if self.take_parameter_sets(unit).is_err() {
            self.break_off();
            return Verdict::Refused;
        }
        if unit.slices().next().is_none() {
            // What is missing may be one picture or several: the next one's frame number tells.
            self.loss |= unit.completeness == Completeness::Damaged;
            return Verdict::Dispensable;
        }
        let Some(picture) = self.picture_header(unit) else {
            self.break_off();
            return Verdict::Broken;
        };
        let verdict = self.judge_picture(unit, &picture);
        self.last_timestamp = unit.timestamp;
        self.loss = false;
        verdict
    }

    /// Nothing can be decoded until the next keyframe.
    pub fn break_off(&mut self) {
        self.last_reference = None;
    }

    fn judge_picture(&mut self, unit: &AccessUnit, picture: &PictureHeader) -> Verdict {
        let whole = unit.completeness == Completeness::Whole;
        if picture.keyframe {
            self.last_reference = whole.then_some(picture.frame_number);
            return if whole { Verdict::Decodable } else { Verdict::Broken };
        }
        let Some(last) = self.last_reference else {
            return Verdict::Broken;
        };
        if self.loss && !self.follows(last, unit.timestamp, picture) {
            self.break_off();
            return Verdict::Broken;
        }
        match (whole, picture.reference) {
            (false, false) => Verdict::Dispensable,
            (false, true) => {
                self.break_off();
                Verdict::Broken
            }
            (true, false) => Verdict::Decodable,
            (true, true) => {
                self.last_reference = Some(picture.frame_number);
                Verdict::Decodable
            }
        }
    }

    /// Whether no reference picture can be missing between the last one and this picture.
    fn follows(&self, last: u32, timestamp: u32, picture: &PictureHeader) -> bool {
        let gap = Duration::from_secs(u64::from(timestamp.wrapping_sub(self.last_timestamp))) / VIDEO_CLOCK_HZ;
        gap <= LONGEST_GAP && picture.frame_number == (last + 1) % picture.frame_number_modulus
    }

    fn take_parameter_sets(&mut self, unit: &AccessUnit) -> Result<(), ()> {
        for nal in unit.nals() {
            let result = match nal.first().and_then(|header| NalKind::of(*header)) {
                Some(NalKind::SequenceParameterSet) => self.sets.add_sequence(nal),
                Some(NalKind::PictureParameterSet) => self.sets.add_picture(nal),
                _ => Ok(()),
            };
            result.map_err(|error| tracing::debug!(%error, "a picture is refused"))?;
        }
        Ok(())
    }

    /// `None` when a slice's header can't be read, or the slices contradict each other.
    fn picture_header(&self, unit: &AccessUnit) -> Option<PictureHeader> {
        let mut common: Option<PictureHeader> = None;
        for (kind, nal) in unit.slices() {
            let header = self.sets.slice_header(nal)?;
            let picture = PictureHeader {
                keyframe: kind == NalKind::IdrSlice,
                reference: reference_idc(*nal.first()?) != 0,
                frame_number: header.frame_number,
                frame_number_modulus: 1 << header.frame_number_bits,
            };
            match &common {
                Some(first) if first.keyframe != picture.keyframe || first.reference != picture.reference => {
                    return None;
                }
                Some(_) => {}
                None => common = Some(picture),
            }
        }
        common
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::h264::depacketise::{Depacketiser, Marker};
    use crate::video::h264::parameter_sets::tests::{picture, sequence, slice};

    /// A stream with two temporal layers: a keyframe, then by turns pictures that nothing and that all is predicted
    /// from. `frame_num` counts as section 7.4.3 says, in 8 bits.
    struct Stream {
        depacketiser: Depacketiser,
        chain: ReferenceChain,
        timestamp: u32,
        frame_number: u32,
        continuity: Continuity,
    }

    const INTERVAL: u32 = 3_000;

    impl Stream {
        fn new() -> Self {
            Self {
                depacketiser: Depacketiser::new(),
                chain: ReferenceChain::new(),
                timestamp: 0_u32.wrapping_sub(2 * INTERVAL),
                frame_number: 0,
                continuity: Continuity::Continuous,
            }
        }

        fn lose(&mut self) {
            self.timestamp = self.timestamp.wrapping_add(INTERVAL);
            self.continuity = Continuity::AfterLoss;
        }

        fn send(&mut self, nals: &[Vec<u8>]) -> Verdict {
            self.timestamp = self.timestamp.wrapping_add(INTERVAL);
            for nal in nals {
                self.depacketiser.push(self.timestamp, Marker::Inside, nal, self.continuity);
                self.continuity = Continuity::Continuous;
            }
            self.depacketiser.push(self.timestamp, Marker::Last, &[0x06], Continuity::Continuous);
            self.chain.judge(&self.depacketiser.poll().unwrap())
        }

        fn keyframe(&mut self) -> Verdict {
            self.frame_number = 0;
            self.send(&[sequence(0, 1, 320, 192, false), picture(0, 0), slice(0x65, 0, 0, 0)])
        }

        fn next_slices(&mut self, reference: bool) -> Vec<Vec<u8>> {
            let number = (self.frame_number + 1) % 256;
            if reference {
                self.frame_number = number;
            }
            let header = if reference { 0x41 } else { 0x01 };
            vec![slice(header, 0, 0, number), slice(header, 90, 0, number)]
        }

        fn picture(&mut self, reference: bool) -> Verdict {
            let slices = self.next_slices(reference);
            self.send(&slices)
        }

        /// Only the second slice arrives.
        fn damaged_picture(&mut self, reference: bool) -> Verdict {
            let slices = self.next_slices(reference);
            self.continuity = Continuity::AfterLoss;
            self.send(&slices[1..])
        }
    }

    #[test]
    fn nothing_is_decodable_before_a_keyframe() {
        let mut stream = Stream::new();
        assert_eq!(stream.picture(true), Verdict::Broken);
        assert_eq!(stream.keyframe(), Verdict::Decodable);
        for reference in [false, true].into_iter().cycle().take(1_000) {
            assert_eq!(stream.picture(reference), Verdict::Decodable);
        }
    }

    #[test]
    fn losing_what_nothing_is_predicted_from_costs_only_that() {
        let mut stream = Stream::new();
        stream.keyframe();
        for _ in 0..600 {
            stream.next_slices(false);
            stream.lose();
            assert_eq!(stream.picture(true), Verdict::Decodable);
            assert_eq!(stream.damaged_picture(false), Verdict::Dispensable);
            assert_eq!(stream.picture(true), Verdict::Decodable);
        }
    }

    #[test]
    fn losing_a_reference_breaks_the_chain_until_a_keyframe() {
        for lost_in_part in [false, true] {
            let mut stream = Stream::new();
            stream.keyframe();
            if lost_in_part {
                assert_eq!(stream.damaged_picture(true), Verdict::Broken);
            } else {
                stream.next_slices(true);
                stream.lose();
            }
            for reference in [false, true, false] {
                assert_eq!(stream.picture(reference), Verdict::Broken);
            }
            assert_eq!(stream.keyframe(), Verdict::Decodable);
            assert_eq!(stream.picture(false), Verdict::Decodable);
        }
    }

    #[test]
    fn a_damaged_keyframe_is_no_keyframe() {
        let mut stream = Stream::new();
        stream.continuity = Continuity::AfterLoss;
        let sets = [sequence(0, 1, 320, 192, false), picture(0, 0), slice(0x65, 90, 0, 0)];
        assert_eq!(stream.send(&sets), Verdict::Broken);
        assert_eq!(stream.picture(false), Verdict::Broken);
    }

    #[test]
    fn after_a_long_gap_frame_numbers_are_not_trusted() {
        let mut stream = Stream::new();
        stream.keyframe();
        for _ in 0..256 {
            stream.next_slices(true);
            stream.lose();
        }
        assert_eq!(stream.picture(true), Verdict::Broken);
    }

    #[test]
    fn a_picture_of_16k_lines_is_refused() {
        let mut stream = Stream::new();
        stream.keyframe();
        let hostile = [sequence(0, 1, 16_384, 16_384, false), picture(0, 0), slice(0x65, 0, 0, 0)];
        assert_eq!(stream.send(&hostile), Verdict::Refused);
        assert_eq!(stream.picture(true), Verdict::Broken);
    }

    #[test]
    fn slices_without_parameter_sets_are_broken() {
        let mut stream = Stream::new();
        assert_eq!(stream.send(&[slice(0x65, 0, 7, 0)]), Verdict::Broken);
    }
}
