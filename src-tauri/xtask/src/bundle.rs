//! `cargo xtask bundle`: packages of the app to be installed.

use std::process::Command;

use crate::failure::Failure;
use crate::packages::Purpose;
use crate::workspace::Workspace;
use crate::{install, process, ui};

/// Tauri's bundler, as an npm package: compiling it takes ten minutes. Its version goes with that of the crate `tauri`.
const BUNDLER: &str = "@tauri-apps/cli@2.12.5";

/// What is made, if not all of the configured kinds that this system makes: an AppImage needs tools that the bundler
/// downloads from GitHub.
const KINDS: Option<&str> = if cfg!(target_os = "linux") { Some("deb,rpm") } else { None };

/// Builds the app for release and packs it, as `tauri.conf.json` says.
pub(crate) fn bundle(workspace: &Workspace) -> Result<(), Failure> {
    println!("==> What the system must have");
    install::packages(Purpose::Build)?;
    println!("==> Building the window's page");
    ui::build(workspace)?;
    println!("==> Building and packing the app");
    process::run(
        Command::new("npx")
            .args(["--yes", BUNDLER, "build", "--ci"])
            .args(KINDS.iter().flat_map(|kinds| ["--bundles", kinds]))
            .args(["--", "--locked"])
            .current_dir(workspace.root())
            .env("CARGO_TARGET_DIR", workspace.target()),
    )?;
    println!("\nThe packages are in {}", workspace.target().join("release/bundle").display());
    Ok(())
}
