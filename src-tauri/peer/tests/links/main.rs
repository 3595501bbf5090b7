//! Two real links in one process, on loopback, with signalling by channels.
#![cfg(test)]

mod closing;
mod connecting;
mod estimating;
mod hostile_signalling;
mod impairments;
mod interrupting;
mod losing_packets;
mod observing;
mod support;
