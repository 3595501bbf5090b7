//! The outer form of a camera's JPEG (ITU-T T.81): where it ends, whether it is one we decode, and whether it brought
//! its Huffman tables, which many cameras leave out.

use thiserror::Error;

mod marker {
    pub(super) const SOF0: u8 = 0xC0;
    pub(super) const SOF1: u8 = 0xC1;
    pub(super) const SOF15: u8 = 0xCF;
    pub(super) const DHT: u8 = 0xC4;
    pub(super) const JPG: u8 = 0xC8;
    pub(super) const DAC: u8 = 0xCC;
    pub(super) const RST0: u8 = 0xD0;
    pub(super) const RST7: u8 = 0xD7;
    pub(super) const SOI: u8 = 0xD8;
    pub(super) const EOI: u8 = 0xD9;
    pub(super) const SOS: u8 = 0xDA;
    pub(super) const TEM: u8 = 0x01;
}

/// The chroma of a JPEG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JpegColour {
    /// Luma alone.
    Grey,
    /// Luma and two chroma components, however subsampled.
    YCbCr,
}

/// A JPEG as it lies in a camera's buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JpegOutline {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) colour: JpegColour,
    pub(super) has_huffman_tables: bool,
    /// Bytes from the start to the end of the picture. What a camera left behind it in the buffer isn't the picture's.
    pub(super) length: usize,
}

/// Not a whole baseline JPEG.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum BrokenJpeg {
    #[error("a JPEG that doesn't start like one")]
    NoStart,
    #[error("a JPEG cut off")]
    Truncated,
    #[error("a JPEG of a kind that no camera makes")]
    Unsupported,
}

struct Frame {
    width: u32,
    height: u32,
    colour: JpegColour,
}

/// Reads the outline of the JPEG at the start of `bytes`. The end marker may be missing, as some cameras forget it:
/// whether the picture is whole is then for the decoder to find out.
pub(super) fn outline(bytes: &[u8]) -> Result<JpegOutline, BrokenJpeg> {
    if bytes.get(..2) != Some(&[0xFF, marker::SOI]) {
        return Err(BrokenJpeg::NoStart);
    }
    let (mut at, mut frame, mut has_huffman_tables, mut has_scan) = (2, None, false, false);
    loop {
        let (code, body) = next_marker(bytes, at)?;
        at = body;
        match code {
            marker::EOI => break,
            marker::SOI | marker::TEM | marker::RST0..=marker::RST7 => continue,
            _ => {}
        }
        let segment = segment(bytes, body)?;
        match code {
            marker::DHT => has_huffman_tables = true,
            marker::SOF0 | marker::SOF1 => frame = Some(read_frame(segment)?),
            marker::JPG | marker::DAC => return Err(BrokenJpeg::Unsupported),
            marker::SOF0..=marker::SOF15 => return Err(BrokenJpeg::Unsupported),
            _ => {}
        }
        at += 2 + segment.len();
        if code == marker::SOS {
            has_scan = true;
            match end_of_entropy_coded_data(bytes, at) {
                Some(end) => at = end,
                None => {
                    at = at.max(without_padding(bytes));
                    break;
                }
            }
        }
    }
    let frame = frame.filter(|_| has_scan).ok_or(BrokenJpeg::Truncated)?;
    Ok(JpegOutline { width: frame.width, height: frame.height, colour: frame.colour, has_huffman_tables, length: at })
}

/// The next marker's code and the position behind it, skipping what doesn't belong there, as every decoder does.
fn next_marker(bytes: &[u8], from: usize) -> Result<(u8, usize), BrokenJpeg> {
    let rest = bytes.get(from..).ok_or(BrokenJpeg::Truncated)?;
    rest.array_windows()
        .position(|&[prefix, code]| prefix == 0xFF && code != 0xFF && code != 0x00)
        .and_then(|at| Some((*rest.get(at + 1)?, from + at + 2)))
        .ok_or(BrokenJpeg::Truncated)
}

/// The content of the segment whose length field is at `at`.
fn segment(bytes: &[u8], at: usize) -> Result<&[u8], BrokenJpeg> {
    let rest = bytes.get(at..).ok_or(BrokenJpeg::Truncated)?;
    let (length, content) = rest.split_first_chunk().ok_or(BrokenJpeg::Truncated)?;
    let length = usize::from(u16::from_be_bytes(*length)).checked_sub(2).ok_or(BrokenJpeg::Unsupported)?;
    content.get(..length).ok_or(BrokenJpeg::Truncated)
}

/// SOF: precision, height, width, number of components (T.81 section B.2.2).
fn read_frame(segment: &[u8]) -> Result<Frame, BrokenJpeg> {
    let Some(&[precision, h1, h0, w1, w0, components]) = segment.first_chunk() else {
        return Err(BrokenJpeg::Truncated);
    };
    let colour = match (precision, components) {
        (8, 1) => JpegColour::Grey,
        (8, 3) => JpegColour::YCbCr,
        _ => return Err(BrokenJpeg::Unsupported),
    };
    Ok(Frame { width: u16::from_be_bytes([w1, w0]).into(), height: u16::from_be_bytes([h1, h0]).into(), colour })
}

/// The position of the first marker behind a scan's data, in which 0xFF is followed by 0 or is a restart.
fn end_of_entropy_coded_data(bytes: &[u8], from: usize) -> Option<usize> {
    let is_end =
        |&[prefix, code]: &[u8; 2]| prefix == 0xFF && !matches!(code, 0x00 | 0xFF | marker::RST0..=marker::RST7);
    let end = bytes.get(from..)?.array_windows().position(is_end)?;
    Some(from + end)
}

/// Length without trailing zeros: behind a picture that lacks its end marker they are the buffer's, and a decoder would
/// read them as more picture.
fn without_padding(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1)
}

/// The JPEG with the standard Huffman tables put in behind its start.
pub(super) fn with_standard_huffman_tables(jpeg: &[u8], out: &mut Vec<u8>) {
    let (start, rest) = jpeg.split_at(jpeg.len().min(2));
    out.clear();
    out.reserve(jpeg.len() + 4 + STANDARD_HUFFMAN_TABLES.len());
    out.extend_from_slice(start);
    out.extend_from_slice(&[0xFF, marker::DHT]);
    let length = (STANDARD_HUFFMAN_TABLES.len() + 2) as u16;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&STANDARD_HUFFMAN_TABLES);
    out.extend_from_slice(rest);
}

/// Tables K.3 to K.6 of T.81 as the content of a DHT segment: luma DC and AC, chroma DC and AC. Each: class and number,
/// how many codes there are of 1 to 16 bits, what they stand for.
#[rustfmt::skip]
const STANDARD_HUFFMAN_TABLES: [u8; 416] = [
    0x00,
    0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0,
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    0x10,
    0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D,
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
    0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0,
    0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26, 0x27, 0x28,
    0x29, 0x2A, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
    0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
    0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
    0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7,
    0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4, 0xC5,
    0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2,
    0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
    0xF9, 0xFA,
    0x01,
    0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0,
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    0x11,
    0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77,
    0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71,
    0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33, 0x52, 0xF0,
    0x15, 0x62, 0x72, 0xD1, 0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18, 0x19, 0x1A, 0x26,
    0x27, 0x28, 0x29, 0x2A, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
    0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68,
    0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
    0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5,
    0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3,
    0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA,
    0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
    0xF9, 0xFA,
];

#[cfg(test)]
mod tests {
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    use super::*;

    fn jpeg(restart_interval: u16) -> Vec<u8> {
        let mut jpeg = Vec::new();
        let mut encoder = Encoder::new(&mut jpeg, 80);
        encoder.set_sampling_factor(SamplingFactor::R_4_2_2);
        encoder.set_restart_interval(restart_interval);
        let pixels: Vec<u8> = (0..64 * 48 * 3_u32).map(|i| (i * 31 % 251) as u8).collect();
        encoder.encode(&pixels, 64, 48, ColorType::Ycbcr).unwrap();
        jpeg
    }

    #[test]
    fn a_jpeg_ends_where_it_ends_and_not_where_the_buffer_does() {
        for restart_interval in [0, 2] {
            let jpeg = jpeg(restart_interval);
            let expected = JpegOutline {
                width: 64,
                height: 48,
                colour: JpegColour::YCbCr,
                has_huffman_tables: true,
                length: jpeg.len(),
            };
            assert_eq!(outline(&jpeg), Ok(expected));
            let buffer = [&jpeg[..], &[0; 999], &jpeg[..]].concat();
            assert_eq!(outline(&buffer), Ok(expected));
        }
    }

    #[test]
    fn a_missing_end_leaves_the_padding_out() {
        let jpeg = jpeg(0);
        let without_end = &jpeg[..jpeg.len() - 2];
        let padded = [without_end, &[0; 999]].concat();
        assert_eq!(outline(&padded).unwrap().length, without_end.len());
    }

    #[test]
    fn every_cut_in_the_headers_is_an_error() {
        let jpeg = jpeg(0);
        let scan = jpeg.windows(2).position(|pair| pair == [0xFF, marker::SOS]).unwrap();
        for length in 0..scan {
            assert!(outline(&jpeg[..length]).is_err(), "{length} of {scan}");
        }
    }

    #[test]
    fn other_kinds_of_jpeg_are_refused() {
        let mut progressive = jpeg(0);
        let frame = progressive.windows(2).position(|pair| pair == [0xFF, marker::SOF0]).unwrap();
        progressive[frame + 1] = 0xC2;
        assert_eq!(outline(&progressive), Err(BrokenJpeg::Unsupported));
        let mut four_colours = jpeg(0);
        four_colours[frame + 9] = 4;
        assert_eq!(outline(&four_colours), Err(BrokenJpeg::Unsupported));
        assert_eq!(outline(b"GIF89a"), Err(BrokenJpeg::NoStart));
    }

    #[test]
    fn any_bytes_are_no_panic() {
        let jpeg = jpeg(4);
        proptest::proptest!(|(at in 0..jpeg.len(), byte: u8, length in 0..jpeg.len())| {
            let mut broken = jpeg.clone();
            broken[at] = byte;
            if let Ok(outline) = outline(&broken[..length]) {
                assert!(outline.length <= length);
            }
        });
    }
}
