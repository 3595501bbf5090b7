//! Conclave beside Chromium: `tests/bin/compare` on what is released.

use super::machine::Machine;
use crate::failure::Failure;
use crate::packages::Purpose;
use crate::workspace::Workspace;
use crate::{install, process, ui};

/// Builds everything for release, and has it measured; `parts` of it, or all.
pub(crate) fn compare(workspace: &Workspace, parts: &[String]) -> Result<(), Failure> {
    install::packages(Purpose::Test)?;
    ui::build(workspace)?;
    println!("building for release");
    let programs = ["compare", "conclave", "conclave-server", "conclave-headless"];
    // From the whole workspace, as the tests' rigs do: they find it built.
    let mut build = workspace.cargo(&["build", "--locked", "--release", "--workspace"]);
    process::run(build.args(programs.iter().flat_map(|program| ["--bin", program])))?;
    println!("{}\n", Machine::this());
    let program = workspace.target().join("release").join(format!("compare{}", std::env::consts::EXE_SUFFIX));
    process::run(std::process::Command::new(program).args(parts).current_dir(workspace.root()))
}
