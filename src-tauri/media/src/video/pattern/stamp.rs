//! What the pattern says in its picture: a band of black and white cells at the top, large enough to come through
//! 180 lines at 150 kbit/s, placed in proportion to the picture so that any scaling keeps it.
//!
//! 112 bits, row by row, most significant first: frame number (32), capture time in microseconds (56), CRC-24 of
//! both (24).

use std::ops::Range;
use std::time::Duration;

use crate::clock::MediaTime;
use crate::frame::{FrameBuffer, VideoFrame};

const COLUMNS: usize = 28;
const ROWS: usize = 4;

/// The picture is divided into this many parts across and down; the band is one part away from its edges.
const PARTS_ACROSS: usize = COLUMNS + 2;
const PARTS_DOWN: usize = 15;

/// Well inside the limited range, so that ringing does not clip; wide enough apart for the coarsest quantiser.
const BLACK: u8 = 40;
const WHITE: u8 = 212;
const THRESHOLD: u32 = (BLACK as u32 + WHITE as u32) / 2;

const DATA_BITS: u32 = 88;
const CRC_BITS: u32 = 24;
const TIME_BITS: u32 = 56;

/// What a picture of the pattern says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatternStamp {
    /// Counts from zero at the opening of the source.
    pub frame_number: u32,
    /// When the picture was taken, to the microsecond.
    pub captured: MediaTime,
}

impl PatternStamp {
    fn to_bits(self) -> u128 {
        let micros = self.captured.as_duration().as_micros() & ((1 << TIME_BITS) - 1);
        let data = u128::from(self.frame_number) << TIME_BITS | micros;
        data << CRC_BITS | u128::from(crc24(data))
    }

    fn from_bits(bits: u128) -> Option<Self> {
        let data = bits >> CRC_BITS;
        if u128::from(crc24(data)) != bits & ((1 << CRC_BITS) - 1) {
            return None;
        }
        let micros = (data & ((1 << TIME_BITS) - 1)) as u64;
        Some(Self {
            frame_number: (data >> TIME_BITS) as u32,
            captured: MediaTime::from_duration(Duration::from_micros(micros)),
        })
    }
}

/// CRC-24 of RFC 9580 section 6.1. It starts from a value that makes neither an all-black nor an all-white band valid.
fn crc24(data: u128) -> u32 {
    let mut crc = 0x00B7_04CE_u32;
    for byte in (0..DATA_BITS / 8).rev().map(|i| (data >> (8 * i)) as u8) {
        crc ^= u32::from(byte) << 16;
        for _ in 0..8 {
            crc <<= 1;
            if crc & 0x0100_0000 != 0 {
                crc ^= 0x0186_4CFB;
            }
        }
    }
    crc & 0x00FF_FFFF
}

/// Where parts `from` to `to` of a side lie, in samples; both in hundredths of a part.
fn span(side: usize, parts: usize, from: usize, to: usize) -> Range<usize> {
    side * from / (parts * 100)..side * to / (parts * 100)
}

/// The rows of the picture that the band covers, with its margin.
pub(super) fn band(height: usize) -> Range<usize> {
    span(height, PARTS_DOWN, 0, (ROWS + 2) * 100)
}

/// A row of the band's cells as it is drawn: the same luma in each of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampRow {
    /// The picture's lines.
    pub lines: Range<usize>,
    /// Where in each of them.
    pub columns: Range<usize>,
    /// What is there, 8 bits a sample, limited range.
    pub luma: Vec<u8>,
}

impl PatternStamp {
    /// The band in a picture of some size, in pixels. The chroma there is left as it is: the artwork keeps it grey.
    pub fn rows(&self, width: usize, height: usize) -> impl Iterator<Item = StampRow> + use<> {
        let bits = self.to_bits();
        let columns = span(width, PARTS_ACROSS, 100, (COLUMNS + 1) * 100);
        (0..ROWS).map(move |row| {
            let mut luma = vec![BLACK; columns.len()];
            for column in 0..COLUMNS {
                let cell = span(width, PARTS_ACROSS, (column + 1) * 100, (column + 2) * 100);
                if bits >> (COLUMNS * ROWS - 1 - row * COLUMNS - column) & 1 == 1 {
                    luma[cell.start - columns.start..cell.end - columns.start].fill(WHITE);
                }
            }
            let lines = span(height, PARTS_DOWN, (row + 1) * 100, (row + 2) * 100);
            StampRow { lines, columns: columns.clone(), luma }
        })
    }
}

/// Draws the stamp.
pub(super) fn write(stamp: &PatternStamp, buffer: &mut FrameBuffer) {
    let [mut luma, ..] = buffer.planes_mut();
    for row in stamp.rows(luma.width, luma.height) {
        for line in luma.rows_mut().skip(row.lines.start).take(row.lines.len()) {
            line[row.columns.clone()].copy_from_slice(&row.luma);
        }
    }
}

/// Reads what a picture of the pattern says, in whatever size. `None` when it is no such picture or is damaged.
#[must_use]
pub fn read_stamp(frame: &VideoFrame) -> Option<PatternStamp> {
    let [luma, ..] = frame.planes();
    let mut bits = 0_u128;
    for row in 0..ROWS {
        // The middle of a cell: its edges are blurred by scaling and coding.
        let lines = span(luma.height, PARTS_DOWN, row * 100 + 130, row * 100 + 170);
        for column in 0..COLUMNS {
            let columns = span(luma.width, PARTS_ACROSS, column * 100 + 130, column * 100 + 170);
            let mut sum = 0_u32;
            for line in luma.rows().skip(lines.start).take(lines.len()) {
                sum += line.get(columns.clone())?.iter().map(|s| u32::from(*s)).sum::<u32>();
            }
            let count = u32::try_from(lines.len() * columns.len()).ok().filter(|count| *count > 0)?;
            bits = bits << 1 | u128::from(sum / count > THRESHOLD);
        }
    }
    PatternStamp::from_bits(bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::scale::Scaler;

    fn stamped(stamp: &PatternStamp, width: u32, height: u32) -> VideoFrame {
        let mut buffer = FrameBuffer::new(width, height).unwrap();
        write(stamp, &mut buffer);
        buffer.into_frame(stamp.captured)
    }

    fn some_stamp() -> PatternStamp {
        PatternStamp {
            frame_number: 0xDEAD_BEEF,
            captured: MediaTime::from_duration(Duration::from_micros(12_345_678_901_234)),
        }
    }

    #[test]
    fn a_stamp_reads_as_written_in_any_size() {
        let stamp = some_stamp();
        for (width, height) in [(160, 90), (161, 91), (320, 180), (480, 640), (1280, 720), (1920, 1080), (4096, 2160)] {
            let frame = stamped(&stamp, width, height);
            assert_eq!(read_stamp(&frame), Some(stamp), "{width}x{height}");
            for (to_width, to_height) in [(160, 90), (318, 180), (640, 360), (1280, 720)] {
                let scaled = Scaler::new().scale(&frame, to_width, to_height).unwrap();
                assert_eq!(read_stamp(&scaled), Some(stamp), "{width}x{height} to {to_width}x{to_height}");
            }
        }
    }

    #[test]
    fn flat_and_tiny_pictures_say_nothing() {
        for level in 0..=255 {
            let mut buffer = FrameBuffer::new(320, 180).unwrap();
            buffer.samples_mut().fill(level);
            assert_eq!(read_stamp(&buffer.into_frame(MediaTime::default())), None);
        }
        assert_eq!(read_stamp(&FrameBuffer::new(1, 1).unwrap().into_frame(MediaTime::default())), None);
    }

    #[test]
    fn a_damaged_stamp_reads_as_none() {
        let bits = some_stamp().to_bits();
        for first in 0..112 {
            for second in first + 1..112 {
                assert_eq!(PatternStamp::from_bits(bits ^ 1 << first), None);
                assert_eq!(PatternStamp::from_bits(bits ^ 1 << first ^ 1 << second), None);
            }
        }
    }
}
