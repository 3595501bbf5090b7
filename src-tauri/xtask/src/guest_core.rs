//! The core of the page for guests: the crate `conclave-guest` as WebAssembly, and the scripts that it is called by.

use std::fs;

use wasm_bindgen_cli_support::Bindgen;

use crate::failure::Failure;
use crate::install;
use crate::process;
use crate::workspace::Workspace;

const TARGET: &str = "wasm32-unknown-unknown";
/// The profile that the workspace's `Cargo.toml` has for it.
const PROFILE: &str = "guest";

/// Builds it into `ui/wasm`, where the page's build takes it from.
pub(crate) fn build(workspace: &Workspace) -> Result<(), Failure> {
    install::rust_target(TARGET)?;
    let arguments = ["build", "--locked", "--package", "conclave-guest", "--lib", "--target", TARGET];
    process::run(workspace.cargo(&arguments).args(["--profile", PROFILE]))?;
    let built = workspace.target().join(TARGET).join(PROFILE).join("conclave_guest.wasm");
    let folder = workspace.root().join("ui/wasm");
    fs::create_dir_all(&folder).map_err(|source| Failure::File { path: folder.clone(), source })?;
    let bind = || {
        let mut bindgen = Bindgen::new();
        bindgen.input_path(&built).out_name("guest").typescript(true).web(true)?;
        bindgen.generate(&folder)
    };
    bind().map_err(|error| Failure::Bindings(error.to_string()))
}
