//! `cargo xtask test-installed`: the tests of the window, on the app as it is installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bench::APP_VARIABLE;
use crate::failure::Failure;
use crate::packages::Purpose;
use crate::workspace::Workspace;
use crate::{bundle, install, process};

/// Where the package puts the program.
const PROGRAM: &str = "usr/bin/conclave";

pub(crate) fn test(workspace: &Workspace) -> Result<(), Failure> {
    install::packages(Purpose::Test)?;
    bundle::bundle(workspace)?;
    let package = package(&workspace.target().join("release/bundle/deb"))?;
    let prefix = workspace.target().join("installed");
    let file = |source| Failure::File { path: prefix.clone(), source };
    if prefix.exists() {
        fs::remove_dir_all(&prefix).map_err(file)?;
    }
    fs::create_dir_all(&prefix).map_err(file)?;
    process::run(Command::new("dpkg-deb").arg("--extract").arg(&package).arg(&prefix))?;
    println!("{}: {:.1} MB", package.display(), size(&package)? as f64 / 1e6);
    process::run(
        workspace
            .cargo(&["test", "--locked", "--workspace", "--test", "the_app", "--", "--test-threads=1"])
            .env(APP_VARIABLE, prefix.join(PROGRAM)),
    )
}

/// The only package in the folder: former versions would be others.
fn package(folder: &Path) -> Result<PathBuf, Failure> {
    let file = |source| Failure::File { path: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(file)?;
    let packages: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .collect();
    match <[PathBuf; 1]>::try_from(packages) {
        Ok([package]) => Ok(package),
        Err(several) => Err(Failure::UnexpectedOutput {
            from: "the bundler".into(),
            detail: format!("{} packages in {}", several.len(), folder.display()),
        }),
    }
}

fn size(package: &Path) -> Result<u64, Failure> {
    let file = |source| Failure::File { path: package.to_owned(), source };
    Ok(fs::metadata(package).map_err(file)?.len())
}
