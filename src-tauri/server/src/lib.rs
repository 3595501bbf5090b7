//! The room server: relays sealed bytes between the participants of a room.

#![forbid(unsafe_code)]

pub mod config;
mod connection;
mod http;
mod hub;
pub mod limits;
mod metrics;
mod network;
pub mod registry;
mod server;

pub use config::{LoopbackClients, ServerConfig};
pub use limits::Limits;
pub use server::{BindError, RunningServer, Server};
