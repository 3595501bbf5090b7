//! What the end-to-end tests stand on: the real binaries as processes, a network that misbehaves, devices that are
//! not there. The tests themselves are the other files of this folder, one a behaviour.

pub mod rigs;
