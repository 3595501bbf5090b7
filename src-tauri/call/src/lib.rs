//! Runs one room: the driver task that owns the pure room, the signalling socket, a task a link, and the media
//! between them. Wires the other crates together and holds no logic that one of them could hold.
#![forbid(unsafe_code)]

mod call;
mod config;
mod device_news;
mod devices;
mod driver;
mod event;
mod link;
mod observer;
mod self_view;
mod signalling;
mod statistics;

pub use call::{Call, JoinError};
pub use config::{CallConfig, CameraSender, Devices, Reach, SharedCamera};
pub use observer::{CallObserver, SoundTap};
pub use statistics::{CallStatistics, Milestones, ParticipantStatistics, SoundLevels, Verification};

pub use conclave_keys as keys;
pub use conclave_media as media;
pub use conclave_peer as peer;
pub use conclave_protocol as protocol;
