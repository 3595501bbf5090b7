//! Putting one picture's NAL units together from payloads (RFC 6184 sections 5.6, 5.7.1 and 5.8).

use std::ops::Range;

use crate::video::h264::access_unit::{AccessUnit, Completeness, Continuity};
use crate::video::h264::nal::{NalKind, first_macroblock};
use crate::video::h264::packetise::{FU_A, FU_END, FU_START, STAP_A};

/// The largest picture in bytes. A 720p keyframe has about 100 KB, one of a screen with text a few times that.
pub const MAX_UNIT_LENGTH: usize = 2 << 20;

/// The most NAL units of a picture.
pub(super) const MAX_UNIT_NALS: usize = 4096;

pub(super) const START_CODE: [u8; 4] = [0, 0, 0, 1];

/// A picture that is being put together.
#[derive(Debug)]
pub(super) struct UnitBuilder {
    unit: AccessUnit,
    fragment: Option<Fragment>,
    has_slice: bool,
}

/// A NAL unit of which only the beginning has come.
#[derive(Debug)]
struct Fragment {
    /// Where it begins in the unit's data, behind the start code.
    start: usize,
    header: u8,
}

/// A payload that can't be what its header says.
pub(super) struct Malformed;

impl UnitBuilder {
    pub(super) fn new(timestamp: u32, continuity: Continuity) -> Self {
        let unit =
            AccessUnit { timestamp, completeness: Completeness::Whole, continuity, data: Vec::new(), nals: Vec::new() };
        Self { unit, fragment: None, has_slice: false }
    }

    pub(super) fn timestamp(&self) -> u32 {
        self.unit.timestamp
    }

    /// The unit as far as it came.
    pub(super) fn finish(mut self) -> AccessUnit {
        if self.fragment.is_some() {
            self.damage();
        }
        self.unit
    }

    /// Something of it is missing. Half a NAL unit is worse for a decoder than none, so a begun fragment goes too.
    pub(super) fn damage(&mut self) {
        self.unit.completeness = Completeness::Damaged;
        if let Some(fragment) = self.fragment.take() {
            self.unit.data.truncate(fragment.start.saturating_sub(START_CODE.len()));
        }
    }

    pub(super) fn take_payload(&mut self, payload: &[u8]) -> Result<(), Malformed> {
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
        let is_first_slice = kind.is_slice() && !self.has_slice;
        if is_first_slice && first_macroblock(nal) != Some(0) {
            self.damage();
        }
        self.has_slice |= kind.is_slice();
        self.unit.nals.push(range);
    }
}
