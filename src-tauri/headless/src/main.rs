//! `conclave-headless`: a participant without a window, for tests, bots, load and measuring.
#![forbid(unsafe_code)]

mod arguments;
mod console;
mod create;
mod join;
mod latency;
mod picture_meter;
mod process_usage;
mod recording;
mod report;

use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    // RTP libraries log whole packets and handshake details at their finer levels: never by default.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let outcome = match Arguments::parse().command {
        Command::Create(arguments) => create::run(&arguments).map_err(|error| error.to_string()),
        Command::Join(arguments) => join::run(arguments).map_err(|error| error.to_string()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            console::complain(&message);
            ExitCode::FAILURE
        }
    }
}
