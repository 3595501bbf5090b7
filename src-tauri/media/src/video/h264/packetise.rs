//! From NAL units to RTP payloads: RFC 6184, packetization mode 1 (sections 5.6, 5.7.1 and 5.8).

use std::ops::Range;

use bytes::{BufMut, Bytes, BytesMut};

/// The longest payload, in bytes: with RTP header, extensions, SRTP and UDP it stays below 1280, the smallest MTU of
/// IPv6, with room for a tunnel's or TURN's header.
pub const MAX_PAYLOAD_LENGTH: usize = 1180;

pub(crate) const STAP_A: u8 = 24;
pub(crate) const FU_A: u8 = 28;

/// The first and the last fragment of a unit, in an FU header.
pub(crate) const FU_START: u8 = 0x80;
pub(crate) const FU_END: u8 = 0x40;

const TYPE_MASK: u8 = 0x1F;
const REFERENCE_MASK: u8 = 0x60;

/// The payloads of a picture's packets, in order; the last one's packet has the marker bit. A NAL unit that fits
/// alone is not copied. Small ones that follow each other share a packet.
///
/// `nals` are ranges of `data`, without start codes; empty and impossible ones are left out.
#[must_use]
pub fn packetise(data: &Bytes, nals: &[Range<usize>]) -> Vec<Bytes> {
    let mut payloads = Vec::with_capacity(nals.len());
    let mut together = Aggregate::default();
    for nal in nals.iter().filter(|range| range.start < range.end && range.end <= data.len()) {
        let nal = data.slice(nal.clone());
        if !together.has_room_for(&nal) {
            together.flush(&mut payloads);
        }
        if nal.len() <= MAX_PAYLOAD_LENGTH {
            together.add(nal);
        } else {
            fragment(&nal, &mut payloads);
        }
    }
    together.flush(&mut payloads);
    payloads
}

/// NAL units that go into one packet.
#[derive(Default)]
struct Aggregate {
    nals: Vec<Bytes>,
    /// With the header of STAP-A and the lengths.
    length: usize,
}

impl Aggregate {
    fn has_room_for(&self, nal: &Bytes) -> bool {
        self.nals.is_empty() || self.length + 2 + nal.len() <= MAX_PAYLOAD_LENGTH
    }

    fn add(&mut self, nal: Bytes) {
        self.length = if self.nals.is_empty() { 1 } else { self.length } + 2 + nal.len();
        self.nals.push(nal);
    }

    fn flush(&mut self, payloads: &mut Vec<Bytes>) {
        match self.nals.as_mut_slice() {
            [] => {}
            [alone] => payloads.push(std::mem::take(alone)),
            several => {
                let mut payload = BytesMut::with_capacity(self.length);
                // The highest reference value of all (section 5.7.1).
                let reference = several.iter().filter_map(|nal| nal.first()).map(|h| h & REFERENCE_MASK).max();
                payload.put_u8(reference.unwrap_or(0) | STAP_A);
                for nal in several {
                    // Bounded by the payload's length.
                    payload.put_u16(nal.len() as u16);
                    payload.extend_from_slice(nal);
                }
                payloads.push(payload.freeze());
            }
        }
        self.nals.clear();
        self.length = 0;
    }
}

/// Splits a NAL unit into FU-A payloads of about the same length (section 5.8).
fn fragment(nal: &Bytes, payloads: &mut Vec<Bytes>) {
    let Some((header, body)) = nal.split_first() else {
        return;
    };
    let count = body.len().div_ceil(MAX_PAYLOAD_LENGTH - 2).max(1);
    let length = body.len().div_ceil(count).max(1);
    let last = body.len().div_ceil(length) - 1;
    for (index, part) in body.chunks(length).enumerate() {
        let start = if index == 0 { FU_START } else { 0 };
        let end = if index == last { FU_END } else { 0 };
        let mut payload = BytesMut::with_capacity(part.len() + 2);
        payload.put_u8(header & !TYPE_MASK | FU_A);
        payload.put_u8(start | end | header & TYPE_MASK);
        payload.extend_from_slice(part);
        payloads.push(payload.freeze());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packetise_nals(nals: &[Vec<u8>]) -> Vec<Bytes> {
        let mut data = Vec::new();
        let mut ranges = Vec::new();
        for nal in nals {
            data.extend_from_slice(&[0, 0, 0, 1]);
            ranges.push(data.len()..data.len() + nal.len());
            data.extend_from_slice(nal);
        }
        packetise(&data.into(), &ranges)
    }

    fn nal(header: u8, length: usize) -> Vec<u8> {
        let mut nal = vec![header];
        nal.extend((1..length).map(|i| i as u8));
        nal
    }

    #[test]
    fn a_unit_that_fits_is_a_payload_as_it_is() {
        let alone = nal(0x41, MAX_PAYLOAD_LENGTH);
        assert_eq!(packetise_nals(std::slice::from_ref(&alone)), [Bytes::from(alone)]);
    }

    #[test]
    fn parameter_sets_share_a_packet() {
        let payloads = packetise_nals(&[vec![0x67, 1, 2], vec![0x68, 3], nal(0x65, 1100)]);
        assert_eq!(payloads.len(), 1);
        assert_eq!(payloads[0][..10], [0x78, 0, 3, 0x67, 1, 2, 0, 2, 0x68, 3]);
        assert_eq!(payloads[0][10..12], 1100_u16.to_be_bytes());
        let payloads = packetise_nals(&[vec![0x67, 1, 2], vec![0x68, 3], nal(0x65, 1175)]);
        assert_eq!(payloads.iter().map(Bytes::len).collect::<Vec<_>>(), [10, 1175]);
    }

    #[test]
    fn a_large_unit_is_split_with_a_start_and_an_end() {
        let large = nal(0x65, 3 * MAX_PAYLOAD_LENGTH);
        let payloads = packetise_nals(std::slice::from_ref(&large));
        assert_eq!(payloads.len(), 4);
        assert!(payloads.iter().all(|p| p.len() <= MAX_PAYLOAD_LENGTH && p[0] == 0x7C));
        assert_eq!(payloads.iter().map(|p| p[1]).collect::<Vec<_>>(), [0x85, 0x05, 0x05, 0x45]);
        let body: Vec<u8> = payloads.iter().flat_map(|p| p[2..].to_vec()).collect();
        assert_eq!(body, large[1..]);
    }

    #[test]
    fn order_is_kept_around_large_units() {
        let payloads = packetise_nals(&[nal(0x67, 10), nal(0x65, 2000), nal(0x65, 20), nal(0x65, 30)]);
        let types: Vec<_> = payloads.iter().map(|p| p[0] & TYPE_MASK).collect();
        assert_eq!(types, [7, FU_A, FU_A, STAP_A]);
    }

    #[test]
    fn impossible_ranges_are_left_out() {
        let data = Bytes::from_static(&[0x41, 1, 2]);
        assert_eq!(packetise(&data, &[0..0, 2..9, 0..3]), std::slice::from_ref(&data));
    }
}
