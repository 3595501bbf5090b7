//! `cargo xtask fuzz`: each fuzz target for a while, on the stable compiler.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::failure::Failure;
use crate::packages::Purpose;
use crate::step::Steps;
use crate::workspace::Workspace;
use crate::{install, process, tools};

/// The folder of the fuzz workspace.
const FOLDER: &str = "tests/fuzz";

/// Runs one target, or all of them, for `duration` each. Finds go to `tests/fuzz/artifacts`.
pub(crate) fn fuzz(workspace: &Workspace, target: Option<&str>, duration: Duration) -> Result<(), Failure> {
    let mut all = targets(&workspace.root().join(FOLDER).join("targets"))?;
    if let Some(wanted) = target {
        all.retain(|target| target == wanted);
        if all.is_empty() {
            return Err(Failure::Unknown(format!("there is no fuzz target {wanted} in {FOLDER}/targets")));
        }
    }
    let mut steps = Steps::default();
    let program = steps.step("what the system must have", || {
        install::packages(Purpose::Build)?;
        tools::find_or_install(workspace, tools::CARGO_FUZZ)
    })?;
    for target in &all {
        steps.step(target, || run_target(workspace, &program, target, duration))?;
    }
    steps.print_times();
    Ok(())
}

fn run_target(workspace: &Workspace, program: &Path, target: &str, duration: Duration) -> Result<(), Failure> {
    // What libFuzzer finds interesting is kept from run to run, but not among the checked-in seeds.
    let grown = workspace.target().join("fuzz-corpus").join(target);
    std::fs::create_dir_all(&grown).map_err(|source| Failure::File { path: grown.clone(), source })?;
    let seeds = workspace.root().join(FOLDER).join("corpus").join(target);
    process::run(
        Command::new(program)
            .args(["run", "--fuzz-dir", FOLDER, "--target-dir"])
            .arg(workspace.target().join("fuzz"))
            .arg(target)
            .args([&grown, &seeds])
            .arg("--")
            .arg(format!("-max_total_time={}", duration.as_secs()))
            // An input that takes so long is a find too: everything here must be quick to refuse.
            .args(["-timeout=5", "-rss_limit_mb=1024", "-print_final_stats=1"])
            .current_dir(workspace.root())
            // The sanitizer's flag is unstable, the compiler that has it is not.
            .env("RUSTC_BOOTSTRAP", "1"),
    )
}

/// The targets, by the files they are in.
fn targets(folder: &Path) -> Result<Vec<String>, Failure> {
    let entries = std::fs::read_dir(folder).map_err(|source| Failure::File { path: folder.to_owned(), source })?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
        .collect();
    names.sort_unstable();
    Ok(names)
}
