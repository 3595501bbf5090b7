//! The programs of one checkout, as built for release.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::process;
use crate::workspace::{self, Workspace};

/// A room server and a participant without a window that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Builds those of the checkout that is worked on.
    pub(crate) fn build(workspace: &Workspace) -> Result<Self, Failure> {
        Self::build_at(workspace.root(), workspace.target())
    }

    /// Builds those of the checkout at `root` into the folder `target`.
    pub(crate) fn build_at(root: &Path, target: &Path) -> Result<Self, Failure> {
        let arguments = ["build", "--locked", "--release", "-p", "conclave-server", "-p", "conclave-headless"];
        process::run(workspace::cargo_at(root, &arguments).arg("--target-dir").arg(target))?;
        Ok(Self { folder: target.join("release") })
    }

    /// `conclave-server`, to be given its arguments.
    pub(crate) fn server(&self) -> Command {
        self.command("conclave-server")
    }

    /// `conclave-headless`, to be given its arguments.
    pub(crate) fn headless(&self) -> Command {
        self.command("conclave-headless")
    }

    fn command(&self, name: &str) -> Command {
        Command::new(self.folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
    }
}
