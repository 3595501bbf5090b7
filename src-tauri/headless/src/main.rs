//! `conclave-headless`: a participant without a window, for tests, bots, load and measuring.
#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod console;
mod create;
mod crowd;
mod device;
mod join;
mod latency;
mod observer;
mod picture_meter;
mod process_usage;
mod recording;
mod report;
mod standard_input;
mod storyteller;

use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use arguments::{Arguments, Command};

/// What is logged unless `RUST_LOG` says otherwise.
const LOG_FILTER: &str = "warn";

fn main() -> ExitCode {
    start_logging();
    let outcome = match Arguments::parse().command {
        Command::Create(arguments) => create::run(&arguments).map_err(|error| error.to_string()),
        Command::Crowd(arguments) => crowd::run(&arguments).map_err(|error| error.to_string()),
        Command::Join(arguments) => join::run(*arguments).map_err(|error| error.to_string()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            console::complain(&message);
            ExitCode::FAILURE
        }
    }
}

fn start_logging() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG_FILTER));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).finish();
    // Not `init`: that takes in the `log` records of the WebSocket and RTC crates too, which have whole messages and
    // packets in them, with tokens and credentials. What matters of those, our own crates say.
    // There is no subscriber before this one, so it can't fail.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
