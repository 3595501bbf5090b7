//! The documents' commands can be typed, their links lead somewhere, and the code they name is there.

use std::path::{Component, Path, PathBuf};

use clap::Parser as _;

use super::text_files::TextFile;
use crate::cli::Cli;

/// The checkout, as far as documents speak of it. Paths are from its top.
pub(crate) trait Checkout {
    /// Whether there is such a file or folder.
    fn has(&self, path: &Path) -> bool;
    /// What is in a text file.
    fn text(&self, path: &Path) -> Option<&str>;
}

/// What is wrong with one document.
pub(crate) fn faults(document: &TextFile, checkout: &impl Checkout) -> Vec<String> {
    let mut faults = Vec::new();
    let folder = document.path.parent().unwrap_or(Path::new(""));
    for (number, line) in document.text.lines().enumerate() {
        let place = format!("{}:{}", document.path.display(), number + 1);
        for command in commands(line) {
            if !is_understood(&command) {
                faults.push(format!("{place}: `{command}` is not a command of xtask"));
            }
        }
        for target in link_targets(line) {
            if !checkout.has(&normalised(&folder.join(target))) {
                faults.push(format!("{place}: the link to {target} leads nowhere"));
            }
        }
        for (file, function) in places_in_code(line) {
            if !is_in_code(checkout, file, function) {
                let function = function.map_or_else(String::new, |name| format!(" with a function {name}"));
                faults.push(format!("{place}: there is no {file}{function}"));
            }
        }
    }
    faults
}

/// Code spans like `call/src/driver.rs` and `call/src/driver.rs: run`.
fn places_in_code(line: &str) -> Vec<(&str, Option<&str>)> {
    let spans = line.split('`').skip(1).step_by(2);
    spans
        .map(|span| span.split_once(": ").map_or((span, None), |(file, function)| (file, Some(function))))
        .filter(|(file, _)| file.ends_with(".rs") && file.contains('/'))
        .collect()
}

/// Crates are named without the folder that they are all in.
fn is_in_code(checkout: &impl Checkout, file: &str, function: Option<&str>) -> bool {
    let text = checkout.text(&Path::new("src-tauri").join(file)).or_else(|| checkout.text(Path::new(file)));
    text.is_some_and(|text| {
        function
            .is_none_or(|name| [format!("fn {name}("), format!("fn {name}<")].iter().any(|start| text.contains(start)))
    })
}

/// `cargo xtask …` up to the end of its code span or of the line.
fn commands(line: &str) -> Vec<String> {
    line.match_indices("cargo xtask ")
        .map(|(at, _)| {
            let rest = line.get(at..).unwrap_or_default();
            let end = rest.find(['`', '#', ';', '|', '&', '(', ')', ',']).unwrap_or(rest.len());
            rest.get(..end).unwrap_or_default().trim_end_matches(['.', ':', ' ']).to_owned()
        })
        .collect()
}

fn is_understood(command: &str) -> bool {
    let words = command.split_whitespace().skip(1);
    match Cli::try_parse_from(words) {
        Ok(_) => true,
        // `--help` and a task named without its further words are fine in prose; an unknown word is not.
        Err(error) => matches!(
            error.kind(),
            clap::error::ErrorKind::DisplayHelp | clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        ),
    }
}

/// The files that a line's Markdown links name; addresses and places in the same document are not followed.
fn link_targets(line: &str) -> Vec<&str> {
    line.match_indices("](")
        .filter_map(|(at, _)| line.get(at + 2..)?.split_once(')').map(|(target, _)| target))
        .filter_map(|target| target.split('#').next())
        .filter(|target| !target.is_empty() && !target.contains(':'))
        .collect()
}

/// The path without its `..` parts.
fn normalised(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sample;

    impl Checkout for Sample {
        fn has(&self, path: &Path) -> bool {
            path == Path::new("LICENSE")
        }

        fn text(&self, path: &Path) -> Option<&str> {
            (path == Path::new("src-tauri/room/src/room.rs")).then_some("pub fn handle(&mut self) {}")
        }
    }

    fn faults_of(text: &str) -> Vec<String> {
        faults(&TextFile { path: "docs/README.md".into(), text: text.to_owned() }, &Sample)
    }

    #[test]
    fn real_commands_are_fine() {
        let text = "    cargo xtask run\nUse `cargo xtask bench call --json FILE`, or `cargo xtask test --quick`.";
        assert_eq!(faults_of(text), [""; 0]);
        assert_eq!(faults_of("`cargo xtask bench` measures, `cargo xtask --help` explains"), [""; 0]);
    }

    #[test]
    fn an_invented_command_is_found_with_its_line() {
        assert_eq!(
            faults_of("fine\n`cargo xtask dance`"),
            ["docs/README.md:2: `cargo xtask dance` is not a command of xtask"]
        );
        assert_eq!(faults_of("`cargo xtask test --slow`").len(), 1);
    }

    #[test]
    fn a_link_must_lead_somewhere() {
        assert_eq!(faults_of("[licence](../LICENSE), [web](https://example.org), [above](#top)"), [""; 0]);
        assert_eq!(faults_of("[licence](LICENSE)").len(), 1);
    }

    #[test]
    fn a_place_in_the_code_must_be_there() {
        assert_eq!(faults_of("`room/src/room.rs` and `room/src/room.rs: handle`, not a path: `Room`"), [""; 0]);
        assert_eq!(faults_of("`room/src/lobby.rs`").len(), 1);
        assert_eq!(
            faults_of("`room/src/room.rs: dance`"),
            ["docs/README.md:1: there is no room/src/room.rs with a function dance"]
        );
    }
}
