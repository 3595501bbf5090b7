//! The room server: relays sealed bytes between the participants of a room. It can neither read them nor let anyone in.
//!
//! [`Server::bind`] takes the port, [`Server::serve`] or [`Server::start`] serve: the app embeds it so to host a room
//! itself, the program `conclave-server` is little more. Rooms live in memory, in a [`registry`] that knows neither
//! network nor clock.
//!
//! | path | answer |
//! |---|---|
//! | `/signal` | the WebSocket of [`conclave_protocol::signalling`] |
//! | `/j/{room}` | the page with which guests join in their browser, the same for every room |
//! | `/assets/{file}` | what that page loads |
//! | `/` | a page that says what this is |
//! | `/healthz` | `ok` while the server serves |
//! | `/metrics` | counts in Prometheus' text format |
//!
//! # Limits
//!
//! Everything that a client can make the server hold is bounded. What the protocol promises is in
//! [`conclave_protocol::signalling::limits`], the rest in [`limits`]; [`Limits`] and [`registry::RegistryConfig`] hold
//! both.
//!
//! | what | bound | past it |
//! |---|---|---|
//! | a message, either way | 64 KiB: 49,104 bytes of payload | `TooLarge` (1009) |
//! | messages and pings of a client | 50 a second, 200 at once | `TooManyMessages` (4004) |
//! | what waits for a client | 256 KiB | `TooSlow` (4009) |
//! | a hello | within 5 s | `HelloTimeout` (4001) |
//! | answers to pings | one every 25 s; 2 may be missed | the connection is dropped |
//! | participants of a room | 12, absent ones included | `RoomFull` (4006) |
//! | those who wait before it | 12 more | `RoomFull` (4006): to the newcomer, or while nobody governs to who waited longest |
//! | waiting while nobody governs | 10 minutes | `NotAdmitted` (4011) |
//! | an order | 1 KiB, and 33 credentials of 1 KiB | `Malformed` (1007) |
//! | keys that give orders as one participant | 4 | `NotTheHost` (4010) |
//! | removed participants that a room remembers | 64 | the oldest are forgotten |
//! | a dropped client's place | 30 s | `Left` to the others; who comes back later joins anew, as who it was |
//! | what is kept for an absent client | 192 KiB, and 64 MiB for all | the oldest of its messages are dropped; past the total, the newest |
//! | WebSockets of an address | 20 | `TooManyConnections` (4005) |
//! | hellos of an address | 30 a minute, returns included | `TooManyConnections` (4005) |
//! | addresses remembered for that | 50,000 | `TooManyConnections` (4005) |
//! | TCP connections | 40 an address, 5,000 in all | closed at once |
//! | rooms | 5,000 | `TooManyConnections` (4005) |
//! | TLS handshake | within 10 s | closed |
//! | head of an HTTP request | within 10 s, 16 KiB | closed |
//! | HTTP without a WebSocket | 60 s a connection | closed after the answer in the making |
//! | ICE servers in a welcome | 16 KiB of JSON | the server doesn't start |
//!
//! An IPv6 /64 counts as one address; [`LoopbackClients::Exempt`] frees this computer's own. A refusal is a `Refused`
//! message and a close frame with the error's code, and never concerns another client.
//!
//! # Browsers
//!
//! The pages are embedded in the program, and compressed once, when somebody first takes them so. A WebSocket that a web
//! page asks for is refused with 403 unless the page is this server's own: it has the public URL's origin, or that of the
//! `Host` that it asks, which must then be reached by TLS, by an address or as `localhost`.
//!
//! # Hosts
//!
//! A room is named by R and by H, the hash of its host's key: both are in every hello, and all that the server learns of
//! them is which rooms have one host. [`orders`] tells the host's orders from others; a room's lobby, its lock and who
//! was removed are forgotten with the room. A server that restarted lets everyone in until the host has repeated its
//! orders: participants check for themselves whom the host admitted, and don't rely on any of this.
//!
//! Whoever waits is met by nobody but those who govern, and meets nobody else. A locked room has newcomers wait too: this
//! server can't tell strangers from those who were inside, nor from the host.
//!
//! What was handed to a connection that then turns out to be dead is lost: only what is said while the server knows a
//! client to be away is kept.

#![forbid(unsafe_code)]

pub mod config;
mod connection;
mod http;
mod hub;
pub mod limits;
mod metrics;
mod network;
pub mod orders;
pub mod registry;
mod server;
pub mod tls;

pub use config::{LoopbackClients, ServerConfig};
pub use limits::Limits;
pub use server::{BindError, RunningServer, Server};
