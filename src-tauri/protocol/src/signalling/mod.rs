//! What a client and the room server say to each other: JSON text messages on one WebSocket at `/signal`.

mod client;
pub mod limits;
mod order;
mod server;

pub use client::{ClientMessage, PROTOCOL_VERSION, Recipient, Returning};
pub use order::{
    Access, Credential, Credentials, InvalidOrderNumber, Lock, ORDER_DOMAIN, OrderBody, OrderNumber, RoomCommand,
    RoomOrder, SignedOrder, TooManyCredentials,
};
pub use server::{IceServer, LeaveReason, Member, ServerMessage, SignallingError, Standing};
