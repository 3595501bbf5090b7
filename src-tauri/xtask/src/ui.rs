//! The page in the app's window: made by npm of what is in `ui/`.

use std::process::Command;

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// What has to be right of the page, as `ui/package.json` names it.
const CHECKS: [&str; 3] = ["check", "lint", "test"];

/// Builds the page into `ui/dist`, where the app's build takes it from.
pub(crate) fn build(workspace: &Workspace) -> Result<(), Failure> {
    install(workspace)?;
    npm(workspace, &["run", "build"])
}

/// Builds the page, and checks and tests it.
pub(crate) fn check_and_build(workspace: &Workspace) -> Result<(), Failure> {
    build(workspace)?;
    CHECKS.iter().try_for_each(|check| npm(workspace, &["run", check]))
}

fn install(workspace: &Workspace) -> Result<(), Failure> {
    npm(workspace, &["ci", "--no-audit", "--no-fund"])
}

fn npm(workspace: &Workspace, arguments: &[&str]) -> Result<(), Failure> {
    process::run(Command::new("npm").args(arguments).current_dir(workspace.root().join("ui")))
}
