//! The room server: relays sealed bytes between the participants of a room.

#![forbid(unsafe_code)]

pub mod limits;
pub mod registry;
