//! The pages, in the app's window and for guests in browsers: made by npm of what is in `ui/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::guest_core;
use crate::process;
use crate::test_summary::TestSummary;
use crate::workspace::Workspace;

/// What has to be right of the page before it is tested, as `ui/package.json` names it.
const CHECKS: [&str; 2] = ["check", "lint"];

/// Builds both pages.
pub(crate) fn build(workspace: &Workspace) -> Result<(), Failure> {
    guest_core::build(workspace)?;
    install(workspace)?;
    Page::ALL.iter().try_for_each(|page| build_page(workspace, *page))
}

/// A page that programs hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    /// The app's, in its window.
    Window,
    /// The room server's, for guests.
    Guest,
}

impl Page {
    const ALL: [Self; 2] = [Self::Window, Self::Guest];

    /// As `ui/package.json` names what builds it.
    fn script(self) -> &'static str {
        match self {
            Self::Window => "build",
            Self::Guest => "build:guest",
        }
    }

    /// Where the programs' builds take it from, in `ui`.
    fn folder(self) -> &'static str {
        match self {
            Self::Window => "dist",
            Self::Guest => "dist-guest",
        }
    }
}

/// Builds a page. One like the one that is there leaves it alone: the programs would be compiled anew for it.
fn build_page(workspace: &Workspace, page: Page) -> Result<(), Failure> {
    let ui = workspace.root().join("ui");
    let (made, dist) = (ui.join("dist.new"), ui.join(page.folder()));
    npm(workspace, &["run", page.script(), "--", "--outDir", "dist.new", "--emptyOutDir"])?;
    if contents(&made)? == contents(&dist).unwrap_or_default() {
        return remove(&made);
    }
    if dist.exists() {
        remove(&dist)?;
    }
    fs::rename(&made, &dist).map_err(|source| Failure::File { path: dist, source })
}

fn remove(folder: &Path) -> Result<(), Failure> {
    fs::remove_dir_all(folder).map_err(|source| Failure::File { path: folder.to_owned(), source })
}

/// All files below a folder: what is in each, by its place there.
fn contents(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, Failure> {
    let mut found = BTreeMap::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(place) = folders.pop() {
        let path = folder.join(&place);
        let file = |source| Failure::File { path: path.clone(), source };
        for entry in fs::read_dir(&path).map_err(file)? {
            let entry = entry.map_err(file)?;
            let place = place.join(entry.file_name());
            if entry.file_type().map_err(file)?.is_dir() {
                folders.push(place);
            } else {
                found.insert(place, fs::read(entry.path()).map_err(file)?);
            }
        }
    }
    Ok(found)
}

/// Builds the pages, and checks what they are made of.
pub(crate) fn check_and_build(workspace: &Workspace) -> Result<(), Failure> {
    build(workspace)?;
    CHECKS.iter().try_for_each(|check| npm(workspace, &["run", check]))
}

/// Runs one of the page's sets of tests.
pub(crate) fn test(workspace: &Workspace, set: &str, tests: &mut TestSummary) -> Result<(), Failure> {
    let before = tests.ran();
    let mut command = command(workspace, &["run", set]);
    process::run_watched(command.env("NO_COLOR", "1"), |line| tests.add_line(line))?;
    if tests.ran() == before { Err(Failure::NoTests(process::line(&command))) } else { Ok(()) }
}

fn install(workspace: &Workspace) -> Result<(), Failure> {
    npm(workspace, &["ci", "--no-audit", "--no-fund"])
}

fn npm(workspace: &Workspace, arguments: &[&str]) -> Result<(), Failure> {
    process::run(&mut command(workspace, arguments))
}

fn command(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(arguments).current_dir(workspace.root().join("ui"));
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_folders_are_alike_by_what_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        let write = |place: &str, text: &str| {
            let path = folder.path().join(place);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        for side in ["a", "b"] {
            write(&format!("{side}/index.html"), "page");
            write(&format!("{side}/assets/x.js"), "script");
        }
        let [a, b] = ["a", "b"].map(|side| folder.path().join(side));
        assert_eq!(contents(&a).unwrap(), contents(&b).unwrap());
        assert_eq!(contents(&a).unwrap().len(), 2);
        write("b/assets/x.js", "another");
        assert_ne!(contents(&a).unwrap(), contents(&b).unwrap());
    }
}
