//! What one room does, rule by rule, on a virtual clock.

mod devices;
mod hostile_peers;
mod leaving;
mod links;
mod lobby;
mod rig;
mod roster;
mod server;
mod sharing;
mod signals;
mod watchdog;
