//! Cargo's helpers that don't come with Rust, at one version each, built into the target folder: nothing outside the
//! checkout changes.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// A program from crates.io.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
    /// What it is for, said when it is installed.
    purpose: &'static str,
}

/// Checks the dependencies' licences, sources and versions against `deny.toml`.
pub(crate) const CARGO_DENY: Tool =
    Tool { name: "cargo-deny", version: "0.20.2", purpose: "checks the dependencies' licences and sources" };

/// Builds and runs the fuzz targets.
pub(crate) const CARGO_FUZZ: Tool =
    Tool { name: "cargo-fuzz", version: "0.13.2", purpose: "builds and runs the fuzz targets" };

/// Drives Firefox for the end-to-end tests, which find it where it is installed.
pub(crate) const GECKODRIVER: Tool =
    Tool { name: "geckodriver", version: "0.37.1", purpose: "the tests click and read in Firefox by it" };

/// The program's path; installs it when this version is neither on the search path nor in the target folder.
pub(crate) fn find_or_install(workspace: &Workspace, tool: Tool) -> Result<PathBuf, Failure> {
    let folder = workspace.target().join("tools");
    let own = folder.join("bin").join(format!("{}{}", tool.name, std::env::consts::EXE_SUFFIX));
    if let Some(found) = [PathBuf::from(tool.name), own.clone()].into_iter().find(|path| has_version(path, tool)) {
        return Ok(found);
    }
    println!(
        "    {} {} is missing ({}): installing it into {}",
        tool.name,
        tool.version,
        tool.purpose,
        folder.display()
    );
    // Unoptimised and without what a debugger needs: they run for seconds, and take minutes to be made well.
    process::run(
        workspace
            .cargo(&["install", "--quiet", "--locked", "--debug", "--version", tool.version, "--root"])
            .arg(&folder)
            .arg(tool.name)
            // Its crates are not ours: built among them they would only grow the cache.
            .env_remove("CARGO_TARGET_DIR")
            .env("CARGO_PROFILE_DEV_DEBUG", "0"),
    )?;
    Ok(own)
}

fn has_version(program: &PathBuf, tool: Tool) -> bool {
    let says = Command::new(program).arg("--version").output();
    says.is_ok_and(|output| is_version(&String::from_utf8_lossy(&output.stdout), tool))
}

/// Some say more than their name and version, on further lines.
fn is_version(says: &str, tool: Tool) -> bool {
    says.lines().next().is_some_and(|line| line.trim() == format!("{} {}", tool.name, tool.version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_told_by_the_first_line_of_what_it_says() {
        assert!(is_version("cargo-deny 0.20.2\n", CARGO_DENY));
        assert!(is_version("geckodriver 0.37.1\n\nIts source code is elsewhere.\n", GECKODRIVER));
        assert!(!is_version("geckodriver 0.37.10\n", GECKODRIVER));
        assert!(!is_version("", GECKODRIVER));
    }
}
