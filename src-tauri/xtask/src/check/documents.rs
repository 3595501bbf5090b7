//! The documents' commands can be typed and their links lead somewhere.

use std::path::{Component, Path, PathBuf};

use clap::Parser as _;

use super::tracked::TextFile;
use crate::cli::Cli;

/// What is wrong with one document; `exists` tells whether a path from the top of the checkout is there.
pub(crate) fn faults(document: &TextFile, exists: impl Fn(&Path) -> bool) -> Vec<String> {
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
            if !exists(&normalised(&folder.join(target))) {
                faults.push(format!("{place}: the link to {target} leads nowhere"));
            }
        }
    }
    faults
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

    fn faults_of(text: &str) -> Vec<String> {
        let document = TextFile { path: "docs/README.md".into(), text: text.to_owned() };
        faults(&document, |path| path == Path::new("LICENSE"))
    }

    #[test]
    fn real_commands_are_fine() {
        assert!(
            faults_of("    cargo xtask run\nUse `cargo xtask bench call --json FILE`, or `cargo xtask test --quick`.")
                .is_empty()
        );
        assert!(faults_of("`cargo xtask bench` measures, `cargo xtask --help` explains").is_empty());
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
        assert!(faults_of("[licence](../LICENSE), [web](https://example.org), [above](#top)").is_empty());
        assert_eq!(faults_of("[licence](LICENSE)").len(), 1);
    }
}
