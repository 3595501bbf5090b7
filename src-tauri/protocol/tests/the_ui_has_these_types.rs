//! The UI's TypeScript types are those of this crate. `CONCLAVE_WRITE_TYPES=1` writes the files that are checked in.
#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use conclave_protocol::intent::Intent;
use conclave_protocol::notice::Notice;
use conclave_protocol::snapshot::RoomSnapshot;
use ts_rs::{Config, TS, TypeVisitor};

/// Instead of the generator's own first line, which doesn't say where the types come from.
const HEADER: &str = "// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by\n\
                      // CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types\n";

#[test]
fn the_ui_has_these_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/protocol");
    let generated = generated();
    if std::env::var_os("CONCLAVE_WRITE_TYPES").is_some() {
        write(&folder, &generated);
    }
    let checked_in = checked_in(&folder);
    let names = |files: &BTreeMap<PathBuf, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&checked_in), names(&generated), "CONCLAVE_WRITE_TYPES=1 writes the files anew");
    for (path, text) in &generated {
        assert_eq!(&checked_in[path], text, "{}: CONCLAVE_WRITE_TYPES=1 writes it anew", path.display());
    }
}

/// Each file's text by its name: one type a file, and one file that names them all.
fn generated() -> BTreeMap<PathBuf, String> {
    let mut files = Files { config: Config::new(), texts: BTreeMap::new() };
    files.visit::<RoomSnapshot>();
    files.visit::<Intent>();
    files.visit::<Notice>();
    let exports = files.texts.keys().filter_map(|path| path.file_stem()?.to_str());
    let index: String = exports.map(|name| format!("export type {{ {name} }} from './{name}';\n")).collect();
    files.texts.insert(PathBuf::from("index.ts"), format!("{HEADER}\n{index}"));
    files.texts
}

struct Files {
    config: Config,
    texts: BTreeMap<PathBuf, String>,
}

impl TypeVisitor for Files {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        let Some(path) = T::output_path() else { return };
        if self.texts.contains_key(&path) {
            return;
        }
        let text = T::export_to_string(&self.config).expect("a type with a path has a declaration");
        let (_, declaration) = text.split_once('\n').expect("the generator's note is the first line");
        self.texts.insert(path, format!("{HEADER}{declaration}"));
        T::visit_dependencies(self);
    }
}

fn write(folder: &Path, files: &BTreeMap<PathBuf, String>) {
    // A type that is no more leaves no file behind.
    fs::remove_dir_all(folder).or_else(|error| (!folder.exists()).then_some(()).ok_or(error)).unwrap();
    fs::create_dir_all(folder).unwrap();
    for (path, text) in files {
        fs::write(folder.join(path), text).unwrap();
    }
}

fn checked_in(folder: &Path) -> BTreeMap<PathBuf, String> {
    let entries = fs::read_dir(folder).expect("the types are checked in");
    entries
        .map(|entry| entry.unwrap().path())
        .map(|path| (PathBuf::from(path.file_name().unwrap()), fs::read_to_string(&path).unwrap()))
        .collect()
}
