//! TCP: what is accepted, from whom and how many, and how it ends.

mod addresses;
mod joins;
mod listener;
mod stream;

pub(crate) use addresses::{AddressGate, Addresses};
pub(crate) use listener::Listener;
