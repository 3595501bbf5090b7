//! `cargo xtask`: installs what is missing, builds, and does it. Each module is one thing it does.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks on its standard output")]

mod bench;
mod check;
mod cli;
mod failure;
mod fuzz;
mod install;
mod interrupt;
mod packages;
mod participant;
mod process;
mod programs;
mod room_server;
mod run;
mod step;
mod test;
mod test_summary;
mod tools;
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
