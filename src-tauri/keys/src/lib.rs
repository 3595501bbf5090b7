//! The invite link's secret and what is derived from it, the device's identity, and sealed envelopes. The only crate
//! that imports cryptography.
#![forbid(unsafe_code)]

pub mod envelope;
pub mod identity;
pub mod invitation;
