//! Packets that carry nothing: an RTP packet without payload (RFC 3550 section 5.1), which belongs to no picture.
//!
//! The library pads by up to four octets only, so a packet is made longer with header extension elements that mean
//! nothing to anyone: whoever does not know an element's number skips it (RFC 8285 section 4.1.2). What comes through
//! a track may hold no such elements, so that is done on the way out; a copy kept to be sent again stays short.

use bytes::Bytes;
use rtc::rtp;
use rtc::rtp::header::Extension;

/// RFC 8285 section 4.2.
const ONE_BYTE_PROFILE: u16 = 0xBEDE;
/// The longest content of an element with a header of one octet.
static CONTENT: [u8; 16] = [0; 16];
const ELEMENT_BYTES: usize = 1 + CONTENT.len();
/// An empty packet on the wire: RTP, extension header, transport-wide number, padding, SRTP, UDP, IPv4.
const EMPTY_BYTES: usize = 12 + 4 + 4 + 4 + 16 + 28;
/// With this many a packet has less than [`crate::MAX_PAYLOAD_BYTES`] and its headers.
const MAX_ELEMENTS: usize = 66;

/// The number of an element that nobody knows: none that was negotiated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Filler(u8);

impl Filler {
    /// One that is none of `used`.
    pub(super) fn apart_from(used: impl Fn(u8) -> bool) -> Option<Self> {
        (1..=14).rev().find(|id| !used(*id)).map(Self)
    }
}

/// Whether a packet carries nothing.
pub(super) fn is_padding(packet: &rtp::Packet) -> bool {
    packet.header.padding && packet.payload.is_empty()
}

/// Makes a numbered packet that carries nothing about as long as `wire_bytes`.
pub(super) fn lengthen(packet: &mut rtp::Packet, filler: Filler, wire_bytes: usize) {
    let header = &mut packet.header;
    if !header.extension || header.extension_profile != ONE_BYTE_PROFILE {
        return;
    }
    let elements = (wire_bytes.saturating_sub(EMPTY_BYTES) / ELEMENT_BYTES).min(MAX_ELEMENTS);
    let element = Extension { id: filler.0, payload: Bytes::from_static(&CONTENT) };
    header.extensions.extend(std::iter::repeat_n(element, elements));
    // The library rounds up by itself.
    header.extensions_padding = 0;
}

#[cfg(test)]
mod tests {
    use rtc::shared::marshal::{Marshal, MarshalSize, Unmarshal};

    use super::*;

    fn padded(wire_bytes: usize) -> rtp::Packet {
        let header = rtp::Header { version: 2, padding: true, sequence_number: 7, ssrc: 9, ..rtp::Header::default() };
        let mut packet = rtp::Packet { header, payload: Bytes::new() };
        // As the interceptor that numbers packets does.
        packet.header.set_extension(3, Bytes::from_static(&[1, 2])).unwrap();
        lengthen(&mut packet, Filler::apart_from(|id| id == 14).unwrap(), wire_bytes);
        packet
    }

    #[test]
    fn a_padding_packet_of_any_size_is_read_back_as_an_empty_one_with_its_number() {
        for wire_bytes in 0..2_000 {
            let packet = padded(wire_bytes);
            let raw = packet.marshal().unwrap();
            assert_eq!(raw.len(), packet.marshal_size(), "{wire_bytes}");
            assert!(raw.len() <= 1_200 && raw[0] & 0x20 != 0, "{wire_bytes}");
            let read = rtp::Packet::unmarshal(&mut raw.clone()).unwrap();
            assert!(is_padding(&read) && !read.header.marker, "{wire_bytes}");
            assert_eq!(read.header.get_extension(3).as_deref(), Some([1, 2].as_slice()), "{wire_bytes}");
            let on_wire = raw.len() + 16 + 28;
            assert!(on_wire <= wire_bytes.max(EMPTY_BYTES) + 3, "{on_wire} of {wire_bytes}");
            assert!(on_wire + ELEMENT_BYTES + 4 > wire_bytes.min(1_200), "{on_wire} of {wire_bytes}");
        }
    }

    #[test]
    fn the_filler_is_no_number_that_means_something() {
        assert_eq!(Filler::apart_from(|_| false), Some(Filler(14)));
        assert_eq!(Filler::apart_from(|id| id > 3), Some(Filler(3)));
        assert_eq!(Filler::apart_from(|_| true), None);
    }
}
