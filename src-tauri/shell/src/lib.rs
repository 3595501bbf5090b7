//! The desktop app: its window, what the page in it may ask for ([`commands`]), the pictures that it draws ([`frames`]),
//! invite links from outside, and what is kept from one start to the next. Holds no logic of calls: that is
//! `conclave-call`'s.
#![forbid(unsafe_code)]

mod app;
pub mod commands;
pub mod devices;
pub mod frames;
pub mod global_keys;
pub mod identity;
pub mod links;
mod logs;
#[cfg(not(windows))]
mod page_process;
pub mod preview;
mod renderer;
mod report;
pub mod rooms;
pub mod screens;
pub mod session;
pub mod settings;
pub mod speaker_test;
mod startup;
mod tray;
mod window;

use std::process::ExitCode;

/// Runs the app until its window is closed.
#[must_use]
pub fn run() -> ExitCode {
    renderer::choose();
    match startup::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The logger may not be there yet.
            eprintln!("Conclave can't be started: {error}");
            ExitCode::FAILURE
        }
    }
}
