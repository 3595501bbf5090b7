//! What of parameter sets and slice headers must be known to tell a decodable picture from one that is not, and a
//! harmless sequence from one that would eat the memory (H.264 sections 7.3.2 and 7.3.3).

use thiserror::Error;

use crate::video::h264::bits::BitReader;

/// The most macroblocks of a picture: 2560x1600.
const MAX_MACROBLOCKS: u32 = 16_000;

/// The most macroblocks of a side: 4096 pixels.
const MAX_MACROBLOCKS_A_SIDE: u32 = crate::frame::MAX_SIDE / 16;

/// The most macroblocks of all reference pictures together: what level 5 allows at 1080 lines.
const MAX_REFERENCE_MACROBLOCKS: u32 = 65_536;

/// The highest SPS and PPS numbers (sections 7.4.2.1.1 and 7.4.2.2).
const SPS_COUNT: usize = 32;
const PPS_COUNT: usize = 256;

/// Why a parameter set is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum ParameterSetError {
    #[error("the parameter set is malformed")]
    Malformed,
    #[error("the pictures are larger than supported")]
    TooLarge,
    #[error("the pictures are interlaced or not 4:2:0 with 8 bits")]
    Unsupported,
}

/// What is kept of a sequence parameter set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SequenceParameters {
    pub(crate) id: u8,
    pub(crate) frame_number_bits: u8,
}

/// What is kept of a slice header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SliceHeader {
    pub(crate) frame_number: u32,
    pub(crate) frame_number_bits: u8,
}

/// The parameter sets that were received, by their numbers.
pub(crate) struct ParameterSets {
    sequences: [Option<SequenceParameters>; SPS_COUNT],
    pictures: Box<[Option<u8>; PPS_COUNT]>,
}

impl Default for ParameterSets {
    fn default() -> Self {
        Self { sequences: [None; SPS_COUNT], pictures: Box::new([None; PPS_COUNT]) }
    }
}

impl SequenceParameters {
    /// Reads a NAL unit of type 7.
    pub(crate) fn parse(nal: &[u8]) -> Result<Self, ParameterSetError> {
        let mut bits = BitReader::new(nal.get(1..).unwrap_or_default());
        read_sequence(&mut bits).ok_or(ParameterSetError::Malformed)?
    }
}

/// `None` when it ends too early.
fn read_sequence(bits: &mut BitReader<'_>) -> Option<Result<SequenceParameters, ParameterSetError>> {
    let profile = bits.bits(8)?;
    bits.bits(16)?; // constraint flags and level
    let id = bits.unsigned()?;
    if has_chroma_format(profile) {
        // 4:4:4 would have another flag here, but is refused by its chroma format already.
        let (format, luma_depth, chroma_depth) = (bits.unsigned()?, bits.unsigned()?, bits.unsigned()?);
        if (format, luma_depth, chroma_depth) != (1, 0, 0) {
            return Some(Err(ParameterSetError::Unsupported));
        }
        bits.flag()?; // qpprime_y_zero_transform_bypass_flag
        if bits.flag()? {
            skip_scaling_lists(bits)?;
        }
    }
    let frame_number_bits = bits.unsigned()?.checked_add(4)?;
    skip_picture_order(bits)?;
    let reference_frames = bits.unsigned()?;
    bits.flag()?; // gaps_in_frame_num_value_allowed_flag
    let width = bits.unsigned()?.checked_add(1)?;
    let height = bits.unsigned()?.checked_add(1)?;
    let frames_only = bits.flag()?;
    if id >= SPS_COUNT as u32 || frame_number_bits > 16 || reference_frames > 16 {
        return Some(Err(ParameterSetError::Malformed));
    }
    if !frames_only {
        return Some(Err(ParameterSetError::Unsupported));
    }
    // The sides are checked first, so that the products fit.
    let sides_fit = width <= MAX_MACROBLOCKS_A_SIDE && height <= MAX_MACROBLOCKS_A_SIDE;
    if !sides_fit
        || width * height > MAX_MACROBLOCKS
        || width * height * reference_frames.max(1) > MAX_REFERENCE_MACROBLOCKS
    {
        return Some(Err(ParameterSetError::TooLarge));
    }
    Some(Ok(SequenceParameters { id: id as u8, frame_number_bits: frame_number_bits as u8 }))
}

/// The profiles whose parameter sets say the chroma format (section 7.3.2.1.1).
fn has_chroma_format(profile: u32) -> bool {
    matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135)
}

fn skip_scaling_lists(bits: &mut BitReader<'_>) -> Option<()> {
    // Eight lists for 4:2:0: six of 16 entries, two of 64.
    for list in 0..8 {
        if !bits.flag()? {
            continue;
        }
        let (mut last, mut next) = (8_i64, 8_i64);
        for _ in 0..if list < 6 { 16 } else { 64 } {
            if next != 0 {
                next = (last + bits.signed()?).rem_euclid(256);
            }
            if next != 0 {
                last = next;
            }
        }
    }
    Some(())
}

fn skip_picture_order(bits: &mut BitReader<'_>) -> Option<()> {
    match bits.unsigned()? {
        0 => {
            bits.unsigned()?; // log2_max_pic_order_cnt_lsb_minus4
        }
        1 => {
            bits.flag()?; // delta_pic_order_always_zero_flag
            bits.signed()?;
            bits.signed()?;
            let cycle = bits.unsigned()?;
            if cycle > 255 {
                return None;
            }
            for _ in 0..cycle {
                bits.signed()?;
            }
        }
        2 => {}
        _ => return None,
    }
    Some(())
}

impl ParameterSets {
    /// Takes a NAL unit of type 7.
    pub(crate) fn add_sequence(&mut self, nal: &[u8]) -> Result<(), ParameterSetError> {
        let sequence = SequenceParameters::parse(nal)?;
        let slot = self.sequences.get_mut(usize::from(sequence.id));
        *slot.ok_or(ParameterSetError::Malformed)? = Some(sequence);
        Ok(())
    }

    /// Takes a NAL unit of type 8.
    pub(crate) fn add_picture(&mut self, nal: &[u8]) -> Result<(), ParameterSetError> {
        let mut bits = BitReader::new(nal.get(1..).unwrap_or_default());
        let mut number = || bits.unsigned().and_then(|id| u8::try_from(id).ok());
        let (Some(id), Some(sequence)) = (number(), number()) else {
            return Err(ParameterSetError::Malformed);
        };
        let slot = self.pictures.get_mut(usize::from(id));
        *slot.ok_or(ParameterSetError::Malformed)? = Some(sequence);
        Ok(())
    }

    /// Reads the header of a slice's NAL unit. `None` when it is malformed or its parameter sets are not known.
    pub(crate) fn slice_header(&self, nal: &[u8]) -> Option<SliceHeader> {
        let mut bits = BitReader::new(nal.get(1..)?);
        bits.unsigned()?; // first_mb_in_slice
        bits.unsigned()?; // slice_type
        let picture = usize::try_from(bits.unsigned()?).ok()?;
        let sequence = (*self.pictures.get(picture)?)?;
        let sequence = (*self.sequences.get(usize::from(sequence))?)?;
        Some(SliceHeader {
            frame_number: bits.bits(sequence.frame_number_bits)?,
            frame_number_bits: sequence.frame_number_bits,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Writes parameter sets for tests.
    #[derive(Default)]
    pub(crate) struct BitWriter {
        bits: Vec<bool>,
    }

    impl BitWriter {
        pub(crate) fn bits(mut self, value: u32, count: u8) -> Self {
            self.bits.extend((0..count).rev().map(|i| value >> i & 1 == 1));
            self
        }

        pub(crate) fn unsigned(self, value: u32) -> Self {
            let code = u64::from(value) + 1;
            let length = 64 - code.leading_zeros() as u8;
            self.bits(0, length - 1).bits(code as u32, length)
        }

        /// With the stop bit, without emulation prevention.
        pub(crate) fn nal(mut self, header: u8) -> Vec<u8> {
            self.bits.push(true);
            let mut nal = vec![header];
            nal.extend(self.bits.chunks(8).map(|byte| {
                let value = byte.iter().fold(0_u8, |value, bit| value << 1 | u8::from(*bit));
                value << (8 - byte.len())
            }));
            nal
        }
    }

    /// A baseline sequence parameter set.
    pub(crate) fn sequence(id: u32, references: u32, width: u32, height: u32, interlaced: bool) -> Vec<u8> {
        BitWriter::default()
            .bits(66, 8)
            .bits(0xC01F, 16)
            .unsigned(id)
            .unsigned(4) // 8 bits of frame_num
            .unsigned(2)
            .unsigned(references)
            .bits(0, 1)
            .unsigned(width / 16 - 1)
            .unsigned(height / 16 - 1)
            .bits(u32::from(!interlaced), 1)
            .bits(0b1000, 4)
            .nal(0x67)
    }

    pub(crate) fn picture(id: u32, sequence: u32) -> Vec<u8> {
        BitWriter::default().unsigned(id).unsigned(sequence).bits(0, 8).nal(0x68)
    }

    pub(crate) fn slice(header: u8, first_macroblock: u32, picture: u32, frame_number: u32) -> Vec<u8> {
        BitWriter::default()
            .unsigned(first_macroblock)
            .unsigned(5)
            .unsigned(picture)
            .bits(frame_number, 8)
            .bits(0xABCD, 16)
            .nal(header)
    }

    #[test]
    fn frame_numbers_are_found_through_both_parameter_sets() {
        let mut sets = ParameterSets::default();
        let slice = slice(0x41, 0, 3, 77);
        assert_eq!(sets.slice_header(&slice), None);
        sets.add_sequence(&sequence(5, 1, 1280, 720, false)).unwrap();
        sets.add_picture(&picture(3, 5)).unwrap();
        let header = sets.slice_header(&slice).unwrap();
        assert_eq!((header.frame_number, header.frame_number_bits), (77, 8));
    }

    #[test]
    fn what_would_eat_the_memory_is_refused() {
        for (references, width, height) in [(1, 16_384, 16_384), (16, 1920, 1088), (1, 65_536, 16), (1, 2560, 1616)] {
            let sps = sequence(0, references, width, height, false);
            assert_eq!(SequenceParameters::parse(&sps), Err(ParameterSetError::TooLarge), "{width}x{height}");
        }
        for (references, width, height) in [(4, 1280, 720), (4, 1920, 1088), (4, 2560, 1600)] {
            assert!(SequenceParameters::parse(&sequence(0, references, width, height, false)).is_ok());
        }
    }

    #[test]
    fn a_picture_of_two_to_the_32_macroblocks_is_refused() {
        let huge = BitWriter::default()
            .bits(66, 8)
            .bits(0, 16)
            .unsigned(0)
            .unsigned(0)
            .unsigned(2)
            .unsigned(1)
            .bits(0, 1)
            .unsigned(u32::MAX - 2)
            .unsigned(u32::MAX - 2)
            .bits(1, 1)
            .nal(0x67);
        assert_eq!(SequenceParameters::parse(&huge), Err(ParameterSetError::TooLarge));
    }

    #[test]
    fn interlaced_pictures_are_refused() {
        let sps = sequence(0, 1, 1280, 720, true);
        assert_eq!(SequenceParameters::parse(&sps), Err(ParameterSetError::Unsupported));
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        assert!(ParameterSets::default().add_sequence(&sequence(32, 1, 64, 64, false)).is_err());
        assert!(ParameterSets::default().add_picture(&picture(256, 0)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_is_received_panics(nal in proptest::collection::vec(proptest::num::u8::ANY, 0..80)) {
            let mut sets = ParameterSets::default();
            let _ = sets.add_sequence(&nal);
            let _ = sets.add_picture(&nal);
            let _ = sets.slice_header(&nal);
        }
    }
}
