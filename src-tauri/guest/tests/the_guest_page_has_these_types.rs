//! The guest page's TypeScript types are those of this crate. `CONCLAVE_WRITE_TYPES=1` writes the file that is checked in.
#![cfg(test)]

use std::fs;
use std::path::Path;

use conclave_guest::{GuestDeed, GuestEvent, GuestOptions, StartError};
use conclave_protocol::typescript::TypeFile;

const HEADER: &str = "// Generated from the Rust types in src-tauri/guest; don't edit. Written anew by\n\
                      // CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-guest --test the_guest_page_has_these_types\n";

#[test]
fn the_guest_page_has_these_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/engine/browser/core.ts");
    let generated = TypeFile::default()
        .with::<GuestOptions>()
        .with::<StartError>()
        .with::<GuestEvent>()
        .with::<GuestDeed>()
        .text(HEADER, "../../protocol");
    if std::env::var_os("CONCLAVE_WRITE_TYPES").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let checked_in = fs::read_to_string(&path).expect("the types are checked in");
    assert_eq!(checked_in, generated, "CONCLAVE_WRITE_TYPES=1 writes them anew");
}
