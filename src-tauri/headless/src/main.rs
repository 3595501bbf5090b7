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

/// What is logged unless `RUST_LOG` says otherwise. The RTC libraries warn of every connection's ordinary beginnings,
/// and at error level print packets whole: what matters of that the `peer` crate says itself.
const LOG_FILTER: &str = "warn,rtc=off,rtc_dtls=off,rtc_ice=off,rtc_sctp=off,rtc_interceptor=off,webrtc=off";

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG_FILTER));
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
