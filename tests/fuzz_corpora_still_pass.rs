//! Runs every input of the fuzz targets' corpora through what the targets do: what was found once is not lost again,
//! on any machine, without the fuzzer.
#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

#[path = "fuzz/entries/mod.rs"]
#[allow(unreachable_pub, reason = "a module here, the public face of a crate there")]
mod entries;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

/// The files of a folder, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort_unstable();
    paths
}

#[test]
fn every_input_of_the_corpora_passes() {
    for (target, entry) in entries::TARGETS {
        let inputs = files(&folder("corpus").join(target));
        assert!(inputs.len() >= 3, "{target} has hardly any input");
        for path in inputs {
            // Shown by the test runner when the entry panics.
            println!("{}", path.display());
            entry(&fs::read(&path).unwrap());
        }
    }
}

#[test]
fn every_fuzz_target_has_an_entry() {
    let programs: Vec<String> =
        files(&folder("targets")).iter().filter_map(|path| path.file_stem()?.to_str().map(str::to_owned)).collect();
    let entries: Vec<&str> = entries::TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(programs, entries);
}
