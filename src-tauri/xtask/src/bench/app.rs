//! The desktop app's figures: `tests/bin/app_figures` on the app as it is released.

use crate::app;
use crate::failure::Failure;
use crate::packages::Purpose;
use crate::workspace::Workspace;
use crate::{install, process, ui};

/// Names the app to the tests' rigs, in the place of one of their own build.
pub(crate) const APP_VARIABLE: &str = "CONCLAVE_TEST_APP";

/// Builds everything for release, and has all of it measured, or these parts.
pub(crate) fn app(workspace: &Workspace, parts: &[String]) -> Result<(), Failure> {
    install::packages(Purpose::Test)?;
    ui::build(workspace)?;
    println!("building for release");
    let program = app::build(workspace)?;
    process::run(
        workspace
            .cargo(&["run", "--locked", "--release", "-p", "conclave-tests", "--bin", "app_figures", "--"])
            .args(parts)
            .env(APP_VARIABLE, program),
    )
}
