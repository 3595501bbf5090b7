//! A room as a pure state machine: [`Room::handle`] takes inputs, [`Room::poll_effect`] gives effects,
//! [`Room::next_deadline`] says when to tick, [`Room::snapshot`] is all that a UI draws. No I/O, no clock, no async
//! and no randomness of its own, so that thousands of rooms run in a simulation.

#![forbid(unsafe_code)]

mod attempt;
mod backoff;
mod config;
mod context;
mod departed;
mod devices;
pub mod effect;
mod governors;
pub mod input;
mod link;
mod lobby;
mod participant;
mod room;
mod roster;
mod server_session;
mod sharing;
mod signal_budget;
mod snapshot;
pub mod time;

pub use config::RoomConfig;
pub use effect::{Effect, LinkRole, RemoteSignal};
pub use input::{Generation, Input, LinkEvent, MediaEvent, ServerEvent, SharingEvent};
pub use room::Room;
pub use time::Timestamp;
