//! A room as a pure state machine: [`Room::handle`] takes inputs, [`Room::poll_effect`] gives effects,
//! [`Room::next_deadline`] says when to tick, [`Room::snapshot`] is all that a UI draws. No I/O, no clock, no async
//! and no randomness of its own, so that thousands of rooms run in a simulation.

pub mod effect;
pub mod input;
pub mod time;

pub use effect::{Effect, LinkRole, RemoteSignal};
pub use input::{Input, LinkEvent, MediaEvent, ServerEvent};
pub use time::Timestamp;
