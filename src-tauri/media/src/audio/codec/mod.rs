//! Opus (RFC 6716), 48 kHz mono, 20 ms a packet.

mod decoder;
mod encoder;
mod packet;

pub use decoder::OpusDecoder;
pub(crate) use encoder::{Encoded, FIRST_EXPECTED_LOSS_PERCENT, PACKET_SAMPLES, VoiceEncoder};
