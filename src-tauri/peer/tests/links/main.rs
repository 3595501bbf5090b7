//! Two real links in one process, on loopback, with signalling by channels.

mod connecting;
mod support;
