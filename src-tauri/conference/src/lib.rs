//! One end of a call as a pure state machine: the room, and whom it believes. What happens goes in by the methods of
//! [`Conference`], what is to be done comes out of [`Conference::poll`], and [`Conference::snapshot`] is all that a UI
//! draws. The desktop app and the browser guest run the same one, each with links, devices and a socket of its own.
#![forbid(unsafe_code)]

mod acquaintances;
mod conference;
mod config;
mod control;
mod deed;
mod moment;
mod of_room;
mod of_trust;
mod start_bitrate;
mod transport;

#[cfg(test)]
mod tests;

pub use conference::Conference;
pub use config::ConferenceConfig;
pub use deed::Deed;
pub use moment::Moment;
pub use transport::TransportEvent;
