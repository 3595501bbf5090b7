//! What can be read from an Opus packet without decoding it.

/// Configurations below this use the linear-prediction layer (RFC 6716 table 2).
const FIRST_CELT_ONLY_CONFIGURATION: u8 = 16;

/// Whether the packet holds a redundant copy of the one before it: the LBRR flag of its first frame (RFC 6716
/// sections 3.1 and 4.2.3). Only the linear-prediction layer has one; of packets with several frames it is not looked
/// for, as nobody sends such with FEC.
pub(super) fn has_redundancy(packet: &[u8]) -> bool {
    let [toc, first, ..] = packet else { return false };
    let (configuration, several_frames) = (toc >> 3, toc & 0b11 != 0);
    if configuration >= FIRST_CELT_ONLY_CONFIGURATION || several_frames {
        return false;
    }
    // 10, 20, 40 and 60 ms in each mode of linear prediction alone; 10 and 20 ms in each hybrid mode. A frame has a
    // voice activity flag for each 20 ms of it, then the LBRR flag.
    let voice_activity_flags = match configuration {
        0..12 => (configuration & 0b11).max(1),
        _ => 1,
    };
    first & (0x80 >> voice_activity_flags) != 0
}
