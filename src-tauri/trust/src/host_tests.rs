//! The host's powers, and what others do in vain.

mod admission;
mod changes;
mod claims;
mod door;
mod epochs;
mod guests;
mod handover;
mod returning;
mod rig;
mod secrets;
