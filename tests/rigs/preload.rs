//! Shims in C that stand between a program and its system library (`LD_PRELOAD`), compiled when first needed.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use super::binaries::profile_directory;
use super::error::{Result, RigError};

/// Compiles `tests/rigs/<source>`, a file or a folder of them, into a shared object, once a test process, and says where
/// it is.
///
/// # Errors
/// [`RigError::Build`] with the C compiler's words.
pub fn compile_shim(source: &str) -> Result<PathBuf> {
    static COMPILED: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(path) = compiled.get(source) {
        return Ok(path.clone());
    }
    let directory = profile_directory()?.join("shims");
    std::fs::create_dir_all(&directory).map_err(RigError::io("making the shims' folder"))?;
    let path = directory.join(Path::new(source).with_extension("so"));
    // Other test processes may be loading the shim right now: it is replaced whole, never written in place.
    let fresh = directory.join(format!("{}-{source}.so", std::process::id()));
    let output = Command::new("cc")
        .args(["-O2", "-shared", "-fPIC", "-pthread", "-Wall", "-Wextra", "-Werror", "-o"])
        .arg(&fresh)
        .args(c_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rigs").join(source))?)
        .arg("-ldl")
        .output()
        .map_err(RigError::io("running cc"))?;
    if !output.status.success() {
        return Err(RigError::Build {
            what: source.to_owned(),
            output: String::from_utf8_lossy(&output.stderr).into_owned(),
        });
    }
    std::fs::rename(&fresh, &path).map_err(RigError::io("placing a shim"))?;
    compiled.insert(source.to_owned(), path.clone());
    Ok(path)
}

/// The file, or the C files in the folder.
fn c_files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let entries = std::fs::read_dir(path).map_err(RigError::io(format!("listing {}", path.display())))?;
    let files = entries.map_while(std::result::Result::ok).map(|entry| entry.path());
    Ok(files.filter(|file| file.extension().is_some_and(|extension| extension == "c")).collect())
}

/// The value of `LD_PRELOAD` for several shims.
#[must_use]
pub fn preload_list(shims: &[PathBuf]) -> OsString {
    let mut list = OsString::new();
    for shim in shims {
        if !list.is_empty() {
            list.push(":");
        }
        list.push(shim);
    }
    list
}
