//! Prints figures of Conclave beside those of Chromium with the page for guests: the same recording sent by both, in one
//! run on one computer. What sending costs, how soon after joining somebody is seen, how late pictures are drawn, and the
//! memory that takes; or, named as arguments, one of `sending` and `receiving`. `cargo xtask bench compare` runs it, built
//! for release, on a machine that does nothing else.

#![expect(clippy::print_stdout, reason = "figures are all it is for")]

mod receiving;
mod sending;
mod table;
mod who;

use std::process::ExitCode;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::figures::{self, Wanted};
use table::Table;
use who::MAKERS;

/// With how many receivers a sender is measured.
const RECEIVERS: [usize; 3] = [1, 3, 7];

fn main() -> ExitCode {
    figures::measure(measure)
}

fn measure(wanted: &Wanted) -> Result<()> {
    let mut table = Table::default();
    if wanted.is("receiving") {
        let [ours, theirs] = both(receiving::measure)?;
        table.add_receiving(&ours, &theirs);
    }
    if wanted.is("sending") {
        for receivers in RECEIVERS {
            let [ours, theirs] = both(|maker| sending::measure(maker, receivers))?;
            table.add_sending(receivers, &ours, &theirs);
        }
    }
    print!("{table}");
    Ok(())
}

/// One after the other: each has the computer for itself.
fn both<T>(mut measure: impl FnMut(who::Maker) -> Result<T>) -> Result<[T; 2]> {
    let [ours, theirs] = MAKERS.map(|maker| {
        eprintln!("measuring {maker}");
        measure(maker)
    });
    Ok([ours?, theirs?])
}
