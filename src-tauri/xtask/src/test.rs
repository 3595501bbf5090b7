//! `cargo xtask test`: all that CI runs, the cheap checks first, the tests' own summary last.

use std::process::Command;

use crate::failure::Failure;
use crate::packages::Purpose;
use crate::step::Steps;
use crate::test_summary::TestSummary;
use crate::workspace::Workspace;
use crate::{check, install, process, tools, ui};

/// The package of the end-to-end tests.
const END_TO_END: &str = "conclave-tests";
/// Those of them that measure nothing and wait for most of their time: so many of their tests run side by side.
const WAITING: [&str; 3] = ["coming_and_going", "hostile_participants", "hostile_server"];
const SIDE_BY_SIDE: &str = "--test-threads=4";
const ALONE: &str = "--test-threads=1";

/// How much is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everything.
    Whole,
    /// All but the end-to-end tests.
    Quick,
}

/// Runs everything in order and stops at the first failure; says at the end how many tests passed and failed.
pub(crate) fn test(workspace: &Workspace, extent: Extent) -> Result<(), Failure> {
    let mut tests = TestSummary::default();
    let outcome = steps(workspace, extent, &mut tests);
    if tests.ignored > 0 {
        println!("\n{} ignored", tests.ignored);
    }
    if tests.ran() > 0 {
        println!("\n{} passed, {} failed", tests.passed, tests.failed);
    }
    outcome
}

fn steps(workspace: &Workspace, extent: Extent, tests: &mut TestSummary) -> Result<(), Failure> {
    let run = |arguments: &[&str]| process::run(&mut workspace.cargo(arguments));
    let mut steps = Steps::default();
    steps.step("what the system must have", || {
        install::packages(Purpose::Test)?;
        install::rust_components()
    })?;
    steps.step("formatting", || {
        run(&["fmt", "--all", "--check"])?;
        // A workspace of its own. Its code is linted and run as part of the tests, by the test of its corpora.
        run(&["fmt", "--manifest-path", "tests/fuzz/Cargo.toml", "--check"])
    })?;
    steps.step("import rules", || check::imports(workspace))?;
    steps.step("size and content of files", || check::files(workspace))?;
    steps.step("commands and links of the documents", || check::documents(workspace))?;
    steps.step("licences and sources of dependencies", || {
        let program = tools::find_or_install(workspace, tools::CARGO_DENY)?;
        process::run(
            Command::new(program)
                .args([
                    "--locked",
                    // The package at the top is not all that is built.
                    "--workspace",
                    "--all-features",
                    "check",
                    "--hide-inclusion-graph",
                    "--allow",
                    "duplicate",
                    "--deny",
                    "license-not-encountered",
                    "bans",
                    "licenses",
                    "sources",
                ])
                .current_dir(workspace.root()),
        )
    })?;
    // The app holds the page: it is part of everything that is compiled from here on.
    steps.step("the window's page", || {
        ui::check_and_build(workspace)?;
        ui::test(workspace, "test", tests)
    })?;
    steps.step("lints", || run(&["clippy", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings"]))?;
    steps.step("documentation", || {
        process::run(
            workspace
                .cargo(&["doc", "--locked", "--workspace", "--no-deps", "--document-private-items"])
                .env("RUSTDOCFLAGS", "--deny warnings"),
        )
    })?;
    steps.step("test vectors on WebCrypto", || {
        let check = workspace.root().join("tests/vectors/check");
        process::run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&check))?;
        process::run(Command::new("npm").args(["run", "check"]).current_dir(&check))
    })?;
    steps.step("unit and integration tests", || {
        let of_all = targets(workspace, "bin", |_| true).map(|name| ["--bin", name]);
        let of_all_but_one = targets(workspace, "test", |package| package != END_TO_END).map(|name| ["--test", name]);
        let selected = ["--lib"].into_iter().chain(of_all.chain(of_all_but_one).flatten());
        cargo_test(workspace, selected, &[], tests)?;
        // Their own command, because Cargo has them in no other selection.
        process::run(&mut workspace.cargo(&["test", "--locked", "--workspace", "--doc"]))
    })?;
    if extent == Extent::Whole {
        steps.step("the page's screens in a browser", || {
            ui::test(workspace, "keyboard", tests)?;
            ui::test(workspace, "screens", tests)
        })?;
        steps.step("the driver of Firefox", || tools::find_or_install(workspace, tools::GECKODRIVER).map(drop))?;
        steps.step("end-to-end tests", || {
            let all = targets(workspace, "test", |package| package == END_TO_END);
            let (waiting, measuring): (Vec<_>, Vec<_>) = all.partition(|name| WAITING.contains(name));
            if let Some(stale) = WAITING.iter().find(|name| !waiting.contains(name)) {
                return Err(Failure::Unknown(format!("there are no tests called {stale}")));
            }
            let select = |names: Vec<_>| names.into_iter().flat_map(|name| ["--test", name]);
            let of_waiting = cargo_test(workspace, select(waiting), &[SIDE_BY_SIDE], tests);
            // These want the processor for themselves.
            cargo_test(workspace, select(measuring), &[ALONE], tests).and(of_waiting)
        })?;
    }
    steps.print_times();
    Ok(())
}

/// The names of what is tested of a kind, in some packages. By name, as Cargo asked for all of a kind builds those too
/// that say they have no tests.
fn targets<'a>(
    workspace: &'a Workspace,
    kind: &'a str,
    of: impl Fn(&str) -> bool + 'a,
) -> impl Iterator<Item = &'a str> {
    let packages = workspace.metadata().packages.iter().filter(move |package| of(&package.name));
    let targets = packages.flat_map(|package| &package.targets);
    let wanted = targets.filter(move |target| target.test && target.kind.iter().any(|of_it| of_it == kind));
    wanted.map(|target| target.name.as_str())
}

/// Runs tests of the workspace, selected by what they are and never by package: for a part of its packages Cargo would
/// build their dependencies with other features, and so all of them once more.
fn cargo_test<'a>(
    workspace: &Workspace,
    selected: impl IntoIterator<Item = &'a str>,
    arguments: &[&str],
    tests: &mut TestSummary,
) -> Result<(), Failure> {
    let before = tests.ran();
    // What fails in one program is no reason not to hear of the others.
    let mut command = workspace.cargo(&["test", "--locked", "--workspace", "--no-fail-fast"]);
    command.args(selected).arg("--").args(arguments);
    process::run_watched(&mut command, |line| tests.add_line(line))?;
    if tests.ran() == before {
        return Err(Failure::NoTests(process::line(&command)));
    }
    Ok(())
}
