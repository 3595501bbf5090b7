//! Makes sure that there is a page to show, and has Tauri read its configuration.

use std::path::Path;

use tauri_build::{AppManifest, Attributes};
use thiserror::Error;

/// What the window shows, built by Vite from `ui/`.
const PAGE: &str = "ui/dist/index.html";
const PAGE_FOLDER: &str = "ui/dist";
const CAPABILITIES: &str = "src-tauri/shell/capabilities";

/// All that the page may call: see the documentation of `commands`.
const COMMANDS: &[&str] = &[
    "start",
    "set_preferences",
    "recent_rooms",
    "forget_room",
    "create_room",
    "create_test_room",
    "join",
    "dispatch",
    "leave",
    "list_devices",
    "open_preview",
    "close_preview",
    "test_speaker",
    "set_tiles",
    "set_full_screen",
    "open_data_folder",
    "list_screens",
    "watch_nearby_rooms",
    "set_global_keys",
    "forget_all_rooms",
    "forget_known_devices",
    "set_compact",
    "report",
    "restart",
    "notify",
];

/// Why the app can't be built.
#[derive(Debug, Error)]
enum BuildError {
    #[error(
        "{PAGE} is missing: the window's page is not built yet. `cargo xtask run` builds it; by hand: \
         cd ui && npm ci && npm run build"
    )]
    NoPage,
    #[error("tauri.conf.json or the capabilities: {0}")]
    Tauri(String),
}

fn main() {
    println!("cargo:rerun-if-changed={PAGE_FOLDER}");
    println!("cargo:rerun-if-changed={CAPABILITIES}");
    println!("cargo:rerun-if-changed=icons");
    if let Err(error) = build() {
        println!("cargo::error={error}");
    }
}

fn build() -> Result<(), BuildError> {
    if !Path::new(PAGE).is_file() {
        return Err(BuildError::NoPage);
    }
    let attributes = Attributes::new()
        .capabilities_path_pattern("./src-tauri/shell/capabilities/**/*.json")
        .app_manifest(AppManifest::new().commands(COMMANDS));
    tauri_build::try_build(attributes).map_err(|error| BuildError::Tauri(format!("{error:#}")))
}
