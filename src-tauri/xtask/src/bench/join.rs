//! Joining a room, as this work tree does it and as an earlier revision did: by turns, in one run.

mod comparison;
mod order;
mod round;
mod table;

use std::path::Path;

use serde::Serialize;

use super::machine::Machine;
use super::revision::{self, Commit};
use crate::failure::Failure;
use crate::packages::Purpose;
use crate::programs::Programs;
use crate::workspace::Workspace;
use crate::{install, interrupt};
use comparison::Comparison;
use order::Side;
use round::Arrival;

/// The last commit before the key agreement, for what it costs is what is asked: `conclave-call` has no `trust` yet,
/// envelopes are sealed by one key that follows from the link, and a link counts as soon as it is up. Its code is that
/// of the end of the work on calls; what came after it began with handshakes.
pub(crate) const BEFORE_KEY_AGREEMENT: &str = "1b4e834190f33cfe15e9bc76dcb12916910162ae";

/// What is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JoinPlan {
    /// The revision compared with, as git understands it.
    pub(crate) against: String,
    /// How often each of the two is measured.
    pub(crate) rounds: u32,
}

/// All that was measured, as it is written to a file.
#[derive(Debug, Serialize)]
struct Measured {
    machine: Machine,
    command: String,
    before: Commit,
    /// The work tree's commit, and whether something was changed since.
    now: String,
    comparison: Comparison,
    /// Every round, in the order held.
    rounds: Vec<Round>,
}

/// One round of one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Round {
    side: Side,
    #[serde(flatten)]
    arrival: Arrival,
}

/// Measures both, prints a table and whether joining is slower than it may be, and writes every figure to `json`.
pub(crate) fn join(workspace: &Workspace, plan: &JoinPlan, json: Option<&Path>) -> Result<(), Failure> {
    let folder = super::folder(workspace)?;
    let before = Commit::find(workspace.root(), &plan.against)?;
    let now = revision::describe(workspace.root())?;
    install::packages(Purpose::Build)?;
    let beside = folder.join("against");
    let checkout = before.check_out(workspace.root(), &beside)?;
    println!("building {} for release, in {}", before.short(), beside.display());
    // One target folder for whatever revision: most of what is built is the same for all.
    let of_before = Programs::build_at(&checkout, &beside.join("target"))?;
    println!("building this work tree for release");
    let of_now = Programs::build(workspace)?;
    interrupt::remember();

    let mut rounds = Vec::new();
    for (number, side) in order::by_turns(plan.rounds) {
        let (programs, revision) = match side {
            Side::Before => (&of_before, before.short()),
            Side::Now => (&of_now, now.as_str()),
        };
        let arrival = round::hold(programs, &folder)?;
        println!("round {number} of {}, {revision}: connected after {} ms", plan.rounds, arrival.connected_ms);
        rounds.push(Round { side, arrival });
    }
    let measured = Measured {
        machine: Machine::this(),
        command: super::command_line(),
        before,
        now,
        comparison: Comparison::of(&rounds).ok_or_else(|| Failure::Unknown("no round was held".into()))?,
        rounds,
    };
    print!("{}", table::render(&measured));
    match json {
        Some(path) => super::write(path, &measured),
        None => Ok(()),
    }
}
