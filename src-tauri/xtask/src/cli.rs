//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::failure::Failure;
use crate::workspace::Workspace;
use crate::{app, bench, bundle, check, fuzz, installed, terminal, test, ui};

/// Installs what is missing, builds, and does what is asked.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Opens the app; where there is no display, on one in memory, and says where the picture of it is.
    Run {
        /// Open the lobby of this invite link's room.
        link: Option<String>,
        /// Take part from the terminal instead: in the room of the link, or in a new one on this computer.
        #[arg(long)]
        no_window: bool,
        /// The name the others see, without a window.
        #[arg(long, default_value = "Me", requires = "no_window")]
        name: String,
    },
    /// Builds the pages that the programs hold, for work on them or before `cargo build` by hand.
    Pages,
    /// Makes packages of the app to be installed: .deb and .rpm.
    Bundle,
    /// Runs all that CI runs, in order, and stops at the first failure.
    Test {
        /// Leave out the end-to-end tests.
        #[arg(long)]
        quick: bool,
    },
    /// Makes the .deb, unpacks it on an empty prefix, and runs the tests of the window on what is there.
    TestInstalled,
    /// Measures the real programs on this computer and prints a table.
    Bench {
        #[command(subcommand)]
        what: Bench,
    },
    /// Runs the fuzz targets of `tests/fuzz`, each for a while.
    Fuzz {
        /// One target; all of them when left out.
        target: Option<String>,
        /// How long each target runs.
        #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
        seconds: u32,
    },
    /// Checks that each crate imports only what the design allows it.
    CheckImports,
    /// Checks that no Rust file outgrew its bound and that no file names a path of somebody's computer.
    CheckFiles,
    /// Checks that the commands and the places in the code that the documents name exist, and that their links lead somewhere.
    CheckDocuments,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// A call on loopback: latency, time to the first picture, the sender's CPU by number of receivers, memory.
    Call {
        /// How often everything is measured; the table shows medians.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
        runs: u32,
        /// How long each call lasts.
        #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(5..=600))]
        seconds: u32,
        /// With how many receivers the sender is measured.
        #[arg(long, value_delimiter = ',', default_values_t = [1, 3, 7], value_parser = clap::value_parser!(u8).range(1..=11))]
        receivers: Vec<u8>,
        /// Also writes the figures of every run to this file.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
    },
    /// The desktop app: its start, its memory, what nine tiles cost, how late a picture is.
    App {
        /// Some of `start`, `tiles` and `late`; all if none is said.
        parts: Vec<String>,
    },
    /// Conclave beside Chromium with the page for guests, which send the same recording: processor and memory by number of
    /// receivers, from joining to the first picture, how late pictures are drawn.
    Compare {
        /// `sending`, `receiving`; both when left out.
        #[arg(value_parser = ["sending", "receiving"])]
        parts: Vec<String>,
    },
    /// Joining a room on loopback: this work tree against an earlier revision, by turns.
    Join {
        /// The revision to compare with; the last one without key agreement if not said.
        #[arg(long, value_name = "REVISION", default_value = bench::BEFORE_KEY_AGREEMENT, hide_default_value = true)]
        against: String,
        /// How often each of the two is measured.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=999))]
        rounds: u32,
        /// Also writes the figures of every round to this file.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
    },
    /// What processing a microphone's sound costs: echo, noise, gain.
    Sound {
        /// Also writes the figures to this file.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
    },
}

impl Cli {
    pub(crate) fn perform(self) -> Result<(), Failure> {
        let workspace = Workspace::find()?;
        match self.task {
            Task::Run { link, no_window: true, name } => terminal::run(&workspace, link.as_deref(), &name),
            Task::Run { link, .. } => app::run(&workspace, link.as_deref()),
            Task::Pages => ui::build(&workspace),
            Task::Bundle => bundle::bundle(&workspace),
            Task::Test { quick } => {
                test::test(&workspace, if quick { test::Extent::Quick } else { test::Extent::Whole })
            }
            Task::Bench { what: Bench::Call { runs, seconds, receivers, json } } => bench::call(
                &workspace,
                &bench::CallPlan { runs, duration: Duration::from_secs(seconds.into()), receivers },
                json.as_deref(),
            ),
            Task::TestInstalled => installed::test(&workspace),
            Task::Bench { what: Bench::App { parts } } => bench::app(&workspace, &parts),
            Task::Bench { what: Bench::Compare { parts } } => bench::compare(&workspace, &parts),
            Task::Bench { what: Bench::Join { against, rounds, json } } => {
                bench::join(&workspace, &bench::JoinPlan { against, rounds }, json.as_deref())
            }
            Task::Bench { what: Bench::Sound { json } } => bench::sound(&workspace, json.as_deref()),
            Task::Fuzz { target, seconds } => {
                fuzz::fuzz(&workspace, target.as_deref(), Duration::from_secs(seconds.into()))
            }
            Task::CheckImports => check::imports(&workspace),
            Task::CheckFiles => check::files(&workspace),
            Task::CheckDocuments => check::documents(&workspace),
        }
    }
}
