//! Prints figures of the desktop app: how quickly it starts, the memory it takes, what nine tiles cost, and how late a
//! picture is; or, named as arguments, some of `start`, `tiles` and `late`. `cargo xtask bench app` runs it, built for
//! release, on a machine that does nothing else.

#![expect(clippy::print_stdout, reason = "figures are all it is for")]

mod late;
mod starting;
mod tiles;

use std::process::ExitCode;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::figures::{self, Wanted};
use late::Late;

fn main() -> ExitCode {
    figures::measure(measure)
}

fn measure(wanted: &Wanted) -> Result<()> {
    if wanted.is("start") {
        let starts = starting::measure()?;
        println!("start to a usable home screen: {} ms at the median of {:?}", starts.median_ms(), starts.each_ms);
        println!("memory of a home screen left alone (PSS of all processes): {:.0} MB", starts.memory_mb);
    }
    if wanted.is("tiles") {
        let tiles = tiles::measure()?;
        println!("nine tiles of 640x360@30: {:.1} pictures a second drawn in the slowest tile", tiles.slowest_fps);
        println!("  core {:.0} % of one core, page {:.0} %", tiles.core_percent, tiles.page_percent);
    }
    if wanted.is("late") {
        let Late { median_ms, p95_ms } = late::measure()?;
        println!("two participants at 720p: taken to drawn {median_ms} ms at the median, {p95_ms} ms at p95");
    }
    Ok(())
}
