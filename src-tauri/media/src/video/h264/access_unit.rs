//! One picture's worth of NAL units.

use std::ops::Range;

use crate::video::h264::nal::{NalKind, reference_idc};

/// Whether all of a picture's packets are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Completeness {
    /// As far as can be told from the packets.
    Whole,
    /// Something is missing or malformed.
    Damaged,
}

/// Whether packets were lost between one thing and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Continuity {
    /// None were.
    Continuous,
    /// Some were.
    AfterLoss,
}

/// One picture's NAL units, in decoding order, as a byte stream (H.264 annex B). Holds slices and parameter sets only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessUnit {
    /// The packets' RTP timestamp.
    pub timestamp: u32,
    /// Whether all of it is there.
    pub completeness: Completeness,
    /// Whether packets were lost between the unit before and this one.
    pub continuity: Continuity,
    pub(crate) data: Vec<u8>,
    pub(crate) nals: Vec<Range<usize>>,
}

impl AccessUnit {
    /// The byte stream: each NAL unit behind a four-byte start code.
    #[must_use]
    pub fn byte_stream(&self) -> &[u8] {
        &self.data
    }

    /// The NAL units without start codes.
    pub fn nals(&self) -> impl Iterator<Item = &[u8]> {
        self.nals.iter().filter_map(|range| self.data.get(range.clone()))
    }

    pub(crate) fn slices(&self) -> impl Iterator<Item = (NalKind, &[u8])> {
        self.nals().filter_map(|nal| {
            let kind = NalKind::of(*nal.first()?)?;
            kind.is_slice().then_some((kind, nal))
        })
    }

    /// Whether it is an instantaneous decoding refresh: decodable without any other picture.
    #[must_use]
    pub fn is_keyframe(&self) -> bool {
        self.slices().any(|(kind, _)| kind == NalKind::IdrSlice)
    }

    /// Whether other pictures may be predicted from it.
    #[must_use]
    pub fn is_reference(&self) -> bool {
        self.slices().any(|(_, nal)| nal.first().is_some_and(|header| reference_idc(*header) != 0))
    }
}
