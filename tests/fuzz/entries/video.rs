//! Pictures from the network.

use conclave_media::video::h264::access_unit::Continuity;
use conclave_media::video::h264::depacketise::{Depacketiser, MAX_UNIT_LENGTH, Marker};

use super::script::Script;

const START_CODE: [u8; 4] = [0, 0, 0, 1];

/// Payloads of any content behind any header: the pictures made of them are bounded, and their NAL units are whole.
///
/// A step a packet: the bits of its first byte say what is unusual about it.
pub fn h264_depacketiser(data: &[u8]) {
    let mut depacketiser = Depacketiser::new();
    let mut script = Script::new(data);
    let mut timestamp = 0_u32;
    while let Some(step) = script.byte() {
        let has = |bit: u8| step & (1 << bit) != 0;
        let continuity = if has(1) { Continuity::AfterLoss } else { Continuity::Continuous };
        if has(2) {
            timestamp = timestamp.wrapping_add(u32::from(script.byte().unwrap_or(0)) << 7);
        }
        let length = if has(3) { script.word() } else { script.byte().map(u16::from) };
        let payload = script.bytes(length.unwrap_or(0).into());
        depacketiser.push(timestamp, Marker::from(has(0)), payload, continuity);
        while let Some(unit) = depacketiser.poll() {
            is_well_formed(unit.byte_stream(), unit.nals());
        }
    }
}

fn is_well_formed<'a>(byte_stream: &[u8], nals: impl Iterator<Item = &'a [u8]>) {
    assert!(byte_stream.len() <= MAX_UNIT_LENGTH, "a picture of {} bytes", byte_stream.len());
    let mut rebuilt = Vec::with_capacity(byte_stream.len());
    for nal in nals {
        assert!(nal.first().is_some_and(|header| header & 0x80 == 0), "a NAL unit without a valid header");
        rebuilt.extend_from_slice(&START_CODE);
        rebuilt.extend_from_slice(nal);
    }
    assert_eq!(rebuilt, byte_stream, "the units and the bytes for the decoder differ");
}
