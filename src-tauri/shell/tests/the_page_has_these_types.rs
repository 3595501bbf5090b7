//! The page's TypeScript types of commands and their events are those of this crate. `CONCLAVE_WRITE_TYPES=1` writes the
//! files that are checked in. What the call's crates define comes from `src-tauri/protocol`.
#![cfg(test)]

use std::fs;
use std::path::Path;

use conclave_protocol::typescript::TypeFile;
use conclave_shell::commands::life::{AppEvent, Start};
use conclave_shell::commands::pictures::TilesError;
use conclave_shell::commands::rooms::CreatedRoom;
use conclave_shell::commands::window::WindowError;
use conclave_shell::devices::DeviceList;
use conclave_shell::frames::tiles::{NumberedTile, Tile};
use conclave_shell::global_keys::{GlobalKeyEvent, GlobalKeysError};
use conclave_shell::links::LinkOutcome;
use conclave_shell::preview::{PreviewDevices, PreviewEvent};
use conclave_shell::rooms::{NearbyRoom, RoomError, RoomOptions};
use conclave_shell::screens::{ScreensError, ShareableScreen};
use conclave_shell::session::{CallEvent, DispatchError, JoinError, JoinRequest};
use conclave_shell::settings::Preferences;
use conclave_shell::speaker_test::SpeakerTestError;

const HEADER: &str = "// Generated from the Rust types in src-tauri/shell; don't edit. Written anew by\n\
                      // CONCLAVE_WRITE_TYPES=1 cargo test -p conclave --test the_page_has_these_types\n";

#[test]
fn the_page_has_these_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/engine/desktop/shell.ts");
    let generated = generated();
    if std::env::var_os("CONCLAVE_WRITE_TYPES").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let checked_in = fs::read_to_string(&path).expect("the types are checked in");
    assert_eq!(checked_in, generated, "CONCLAVE_WRITE_TYPES=1 writes them anew");
}

/// One file: these types are used in one place.
fn generated() -> String {
    TypeFile::default()
        .with::<Start>()
        .with::<AppEvent>()
        .with::<Preferences>()
        .with::<LinkOutcome>()
        .with::<RoomOptions>()
        .with::<CreatedRoom>()
        .with::<RoomError>()
        .with::<JoinRequest>()
        .with::<JoinError>()
        .with::<CallEvent>()
        .with::<DispatchError>()
        .with::<DeviceList>()
        .with::<PreviewDevices>()
        .with::<PreviewEvent>()
        .with::<SpeakerTestError>()
        .with::<Tile>()
        .with::<NumberedTile>()
        .with::<TilesError>()
        .with::<WindowError>()
        .with::<GlobalKeyEvent>()
        .with::<GlobalKeysError>()
        .with::<NearbyRoom>()
        .with::<ShareableScreen>()
        .with::<ScreensError>()
        .text(HEADER, "../../protocol")
}
