//! The programs under test, built by the Cargo that built the test, into the same place and profile: never stale.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::error::{Result, RigError};

/// The programs that end-to-end tests start.
#[derive(Debug)]
pub struct Binaries {
    /// `conclave-server`.
    pub server: PathBuf,
    /// `conclave-headless`.
    pub headless: PathBuf,
}

/// Names a desktop app to be tested in the place of the one that is built: an installed one.
const INSTALLED_APP: &str = "CONCLAVE_TEST_APP";

/// The desktop app, built once a test process, or the installed one that `CONCLAVE_TEST_APP` names.
///
/// # Errors
/// [`RigError::Build`] with the compiler's words.
pub fn app_binary() -> Result<PathBuf> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    if let Some(app) = std::env::var_os(INSTALLED_APP) {
        return Ok(app.into());
    }
    if let Some(built) = BUILT.get() {
        return Ok(built.clone());
    }
    let built = build(["conclave"])?.swap_remove(0);
    Ok(BUILT.get_or_init(|| built).clone())
}

/// Builds the programs, once a test process.
///
/// # Errors
/// [`RigError::Build`] with the compiler's words.
pub fn binaries() -> Result<&'static Binaries> {
    static BUILT: OnceLock<Binaries> = OnceLock::new();
    if let Some(built) = BUILT.get() {
        return Ok(built);
    }
    let [server, headless] = ["conclave-server", "conclave-headless"];
    let mut built = build([server, headless])?.into_iter();
    let mut next = |name| built.next().ok_or(RigError::Missing { what: "a program", path: PathBuf::from(name) });
    let built = Binaries { server: next(server)?, headless: next(headless)? };
    Ok(BUILT.get_or_init(|| built))
}

/// Where Cargo puts this profile's programs: `target/debug` or `target/release`.
///
/// # Errors
/// [`RigError::Io`] when the running test's own path can't be read.
pub fn profile_directory() -> Result<PathBuf> {
    let test = std::env::current_exe().map_err(RigError::io("finding the running test"))?;
    let directory = test.parent().map(Path::to_path_buf).unwrap_or_default();
    // Tests are in `deps`, small programs beside it.
    Ok(if directory.ends_with("deps") {
        directory.parent().map(Path::to_path_buf).unwrap_or_default()
    } else {
        directory
    })
}

/// Builds programs and says where they are.
fn build<const COUNT: usize>(programs: [&str; COUNT]) -> Result<Vec<PathBuf>> {
    let profile = profile_directory()?;
    let target = profile.parent().map(Path::to_path_buf).unwrap_or_default();
    let mut cargo = Command::new(env!("CARGO"));
    // Not by package: Cargo would build what they depend on with other features than for the tests, and so once more.
    cargo
        .args(["build", "--message-format=json-render-diagnostics", "--workspace"])
        .args(programs.iter().flat_map(|program| ["--bin", program]))
        .arg("--manifest-path")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .stdin(Stdio::null());
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    // Left over from the Cargo that runs the tests; they would make the inner one rebuild for nothing.
    for (name, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|begin| name.to_string_lossy().starts_with(begin)) {
            cargo.env_remove(name);
        }
    }
    let output = cargo.output().map_err(RigError::io("running cargo"))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let failed = |reason: &str| RigError::Build {
        what: programs.join(" and "),
        output: format!("{reason}\n{}", String::from_utf8_lossy(&output.stderr)),
    };
    if !output.status.success() {
        return Err(failed("cargo failed"));
    }
    let find = |name: &str| {
        stdout
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter(|message| message["reason"] == "compiler-artifact" && message["target"]["name"] == name)
            .find_map(|message| message["executable"].as_str().map(PathBuf::from))
            .ok_or_else(|| failed(&format!("cargo named no program {name}")))
    };
    programs.into_iter().map(find).collect()
}
