//! Rigs: each starts something real, gives it as a handle, and takes it away when the handle is dropped.

pub mod app;
pub mod binaries;
pub mod browser;
pub mod camera_pictures;
pub mod camera_probe;
pub mod crowd;
pub mod datagram_probe;
pub mod desk;
pub mod display;
pub mod error;
pub mod event;
pub mod fake_cameras;
pub mod figures;
pub mod hostile_participant;
pub mod hostile_server;
pub mod impaired_network;
pub mod keyboard;
pub mod live_recording;
pub mod painter;
pub mod participant;
pub mod picture;
pub mod preload;
pub mod process;
pub mod process_memory;
pub mod process_tree;
pub mod report;
pub mod server;
pub mod signalling_client;
pub mod sound;
pub mod sound_probe;
pub mod sound_server;
pub mod tone;
pub mod turn_server;
pub mod webdriver;
pub mod wire_trace;

pub use error::{Result, RigError};
