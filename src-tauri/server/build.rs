//! Makes sure that there is a guest page to embed, and that a newly built one is embedded.

use std::path::Path;

/// What a browser gets of an invite link, built by Vite from `ui/`.
const PAGE_FOLDER: &str = "../../ui/dist-guest";

fn main() {
    println!("cargo:rerun-if-changed={PAGE_FOLDER}");
    if !Path::new(PAGE_FOLDER).join("index.html").is_file() {
        println!(
            "cargo::error=ui/dist-guest/index.html is missing: the page for guests in a browser is not built yet. \
             `cargo xtask run` builds it"
        );
    }
}
