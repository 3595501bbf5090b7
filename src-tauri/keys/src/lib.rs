//! The invite link's secret and all that is derived from it: sessions between two participants, what a host signs, and
//! the device's identity. The only crate that imports cryptography. No I/O but in [`identity_store`], no clock.
//!
//! `docs/key-agreement.md` specifies what goes over the wire.
#![forbid(unsafe_code)]

mod canonical;
pub mod epoch;
pub mod handshake;
pub mod hello;
pub mod hosted_rooms;
pub mod identity;
pub mod identity_store;
pub mod invitation;
pub mod known_devices;
pub mod note;
pub mod pair;
pub mod pair_sessions;
pub mod password;
pub mod random;
pub mod room_key;
pub mod room_order;
pub mod safety;
mod secret;
pub mod session;
pub mod statement;
pub mod transcript;
pub mod wire;

#[cfg(test)]
mod hostile_channel_tests;
#[cfg(test)]
mod test_ends;
#[cfg(test)]
mod vectors;
