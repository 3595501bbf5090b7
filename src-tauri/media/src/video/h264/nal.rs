//! NAL unit headers (H.264 section 7.3.1, table 7-1).

use crate::video::h264::bits::BitReader;

/// The NAL unit types that a decoder needs. All others (parameter set extensions, supplementary information, layers
/// of scalable coding) carry nothing that we show, and are kept from the decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NalKind {
    Slice,
    IdrSlice,
    SequenceParameterSet,
    PictureParameterSet,
}

impl NalKind {
    /// From a NAL unit's first byte.
    pub(crate) fn of(header: u8) -> Option<Self> {
        match header & 0x1F {
            1 => Some(Self::Slice),
            5 => Some(Self::IdrSlice),
            7 => Some(Self::SequenceParameterSet),
            8 => Some(Self::PictureParameterSet),
            _ => None,
        }
    }

    pub(crate) fn is_slice(self) -> bool {
        matches!(self, Self::Slice | Self::IdrSlice)
    }
}

/// `nal_ref_idc`: zero when no other picture is predicted from this one.
pub(crate) fn reference_idc(header: u8) -> u8 {
    header >> 5 & 3
}

/// The address of the first macroblock of a slice, given its NAL unit: zero for a picture's first slice.
pub(crate) fn first_macroblock(nal: &[u8]) -> Option<u32> {
    BitReader::new(nal.get(1..)?).unsigned()
}
