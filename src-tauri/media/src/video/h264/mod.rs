//! H.264: the codec, what of its syntax the network side needs, and its RTP payload format (RFC 6184).

pub mod access_unit;
mod bits;
pub mod decoder;
pub mod depacketise;
pub mod encoder;
mod nal;
mod openh264_decoder;
mod openh264_encoder;
pub mod packetise;
mod parameter_sets;
pub mod reference;
mod unit_builder;
