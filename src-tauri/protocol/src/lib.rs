//! Every type that crosses a process: what clients and the room server say to each other, what participants say to
//! each other, what the UI asks for and draws, and the invite link. No I/O, no cryptography.

#![forbid(unsafe_code)]

pub mod bytes;
pub mod ids;
pub mod intent;
pub mod invite;
pub mod line;
pub mod notice;
pub mod peer;
pub mod signal;
pub mod signalling;
pub mod snapshot;
pub mod sound;
pub mod typescript;
