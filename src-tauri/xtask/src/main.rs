//! `cargo xtask`: installs what is missing, builds, and does it. Each module is one thing it does.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks on its standard output")]

mod app;
mod bench;
mod bundle;
mod check;
mod cli;
mod display;
mod failure;
mod fuzz;
mod guest_core;
mod install;
mod installed;
mod interrupt;
mod packages;
mod participant;
mod process;
mod programs;
mod room_server;
mod step;
mod terminal;
mod test;
mod test_summary;
mod tools;
mod ui;
mod workspace;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match cli::Cli::parse().perform() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\ncargo xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}
