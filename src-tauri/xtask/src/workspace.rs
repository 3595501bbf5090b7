//! Where the checkout and what is built from it are.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::failure::Failure;
use crate::process;

/// The checkout that is worked on.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
    metadata: Metadata,
}

/// What `cargo metadata` says of the workspace's own packages.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    /// The workspace's packages with the dependencies they declare.
    pub(crate) packages: Vec<Package>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

/// A package of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    /// Its name, `conclave-…`.
    pub(crate) name: String,
    /// What it declares to depend on, for whatever system.
    pub(crate) dependencies: Vec<Dependency>,
    /// What is built of it: its library, its programs, its tests.
    #[serde(default)]
    pub(crate) targets: Vec<Target>,
}

/// Something that Cargo builds of a package.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    /// What it is selected by.
    pub(crate) name: String,
    /// `lib`, `bin`, `test` and others.
    pub(crate) kind: Vec<String>,
    /// Whether it is one of those that are tested.
    pub(crate) test: bool,
}

/// A declared dependency.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    /// The name of the package depended on, whatever it is called in the code.
    pub(crate) name: String,
    /// Absent for a normal dependency.
    pub(crate) kind: Option<DependencyKind>,
}

/// What a dependency is for, when not for the code itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DependencyKind {
    /// For tests, examples and benches.
    Dev,
    /// For the build script.
    Build,
}

impl Workspace {
    /// The workspace that this program belongs to.
    pub(crate) fn find() -> Result<Self, Failure> {
        // Cargo starts programs with the package's folder in this variable; a copy started by hand uses the folder it is in.
        let start = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
        let text = process::output(
            Command::new(cargo()).args(["metadata", "--format-version", "1", "--no-deps"]).current_dir(start),
        )?;
        let metadata: Metadata = serde_json::from_str(&text)
            .map_err(|error| Failure::UnexpectedOutput { from: "cargo metadata".into(), detail: error.to_string() })?;
        Ok(Self { root: metadata.workspace_root.clone(), target: metadata.target_directory.clone(), metadata })
    }

    /// The top of the checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where cargo builds.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    pub(crate) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// `cargo`, to be run at the top of the checkout.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        cargo_at(&self.root, arguments)
    }
}

/// `cargo`, to be run at the top of whatever checkout.
pub(crate) fn cargo_at(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(cargo());
    command.args(arguments).current_dir(root);
    // Said of this program by the Cargo that started it. Some packages are built anew for each other value.
    for (name, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|begin| name.to_string_lossy().starts_with(begin)) {
            command.env_remove(name);
        }
    }
    command
}

/// The cargo that started this program, or the one on the search path.
fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
