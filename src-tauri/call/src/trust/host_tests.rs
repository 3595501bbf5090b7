//! The host's powers, and what others do in vain.

mod admission;
mod claims;
mod epochs;
mod guests;
mod handover;
mod rig;
mod secrets;
