//! `cargo xtask bench`: figures from the real programs on this computer.

mod app;
mod call;
mod codec;
mod compare;
mod figures;
mod join;
mod machine;
mod quantile;
mod report;
mod revision;
mod sound;
mod table;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use crate::failure::Failure;
use crate::packages::Purpose;
use crate::programs::Programs;
use crate::workspace::Workspace;
use crate::{install, interrupt};
use codec::CodecCost;
use figures::{CallFigures, CallRun};
use machine::Machine;

pub(crate) use app::{APP_VARIABLE, app};
pub(crate) use compare::compare;
pub(crate) use join::{BEFORE_KEY_AGREEMENT, JoinPlan, join};
pub(crate) use revision::RevisionError;
pub(crate) use sound::sound;

/// What is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallPlan {
    /// How often each call is held.
    pub(crate) runs: u32,
    /// How long a call lasts.
    pub(crate) duration: Duration,
    /// With how many receivers a call is held, a call each.
    pub(crate) receivers: Vec<u8>,
}

/// All that was measured, as it is written to a file.
#[derive(Debug, Serialize)]
struct Measured {
    machine: Machine,
    command: String,
    /// A row for each number of receivers: medians over the runs.
    medians: Vec<CallFigures>,
    /// What the codec alone costs on the same pictures.
    codec: CodecCost,
    /// Every call.
    runs: Vec<CallRun>,
}

/// Measures calls on loopback, prints a table of medians and writes every figure to `json`.
pub(crate) fn call(workspace: &Workspace, plan: &CallPlan, json: Option<&Path>) -> Result<(), Failure> {
    install::packages(Purpose::Build)?;
    println!("building for release");
    let programs = Programs::build(workspace)?;
    interrupt::remember();
    let folder = folder(workspace)?;
    let codec = codec::measure(workspace)?;
    let mut runs = Vec::new();
    for run in 1..=plan.runs {
        for &receivers in &plan.receivers {
            println!("run {run} of {}: a sender and {receivers} receiver(s), {} s", plan.runs, plan.duration.as_secs());
            let run = call::hold(&programs, &folder, receivers, plan.duration)?;
            if let Some(layer) = run.encoded.iter().find(|encoded| !codec.knows(&encoded.layer)) {
                // Left out, it would pass for the pipeline's own cost.
                let detail = format!("the codec alone was not measured for layer {}", layer.layer);
                return Err(Failure::UnexpectedOutput { from: "a measurement".into(), detail });
            }
            runs.push(run);
        }
    }
    let measured = Measured {
        machine: Machine::this(),
        command: command_line(),
        medians: plan
            .receivers
            .iter()
            .filter_map(|&receivers| {
                CallFigures::median(receivers, runs.iter().filter(|run| run.receivers == receivers), &codec)
            })
            .collect(),
        codec,
        runs,
    };
    print!("{}", table::render(&measured));
    match json {
        Some(path) => write(path, &measured),
        None => Ok(()),
    }
}

/// Where reports and the like are put.
fn folder(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let path = workspace.target().join("bench");
    match std::fs::create_dir_all(&path) {
        Ok(()) => Ok(path),
        Err(source) => Err(Failure::File { path, source }),
    }
}

/// What was typed to start this.
fn command_line() -> String {
    std::env::args().skip(1).fold("cargo xtask".to_owned(), |line, word| line + " " + &word)
}

fn write(path: &Path, measured: &impl Serialize) -> Result<(), Failure> {
    let failure = |source| Failure::File { path: path.to_owned(), source };
    let text = serde_json::to_vec_pretty(measured).map_err(|error| failure(error.into()))?;
    std::fs::write(path, text).map_err(failure)?;
    println!("every figure is in {}", path.display());
    Ok(())
}
