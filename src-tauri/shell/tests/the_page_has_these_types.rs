//! The page's TypeScript types of commands and their events are those of this crate. `CONCLAVE_WRITE_TYPES=1` writes the
//! files that are checked in. What the call's crates define comes from `src-tauri/protocol`.
#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

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
use ts_rs::{Config, TS, TypeVisitor};

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
    let mut found = Found { config: Config::new(), declarations: BTreeMap::new() };
    found.visit::<Start>();
    found.visit::<AppEvent>();
    found.visit::<Preferences>();
    found.visit::<LinkOutcome>();
    found.visit::<RoomOptions>();
    found.visit::<CreatedRoom>();
    found.visit::<RoomError>();
    found.visit::<JoinRequest>();
    found.visit::<JoinError>();
    found.visit::<CallEvent>();
    found.visit::<DispatchError>();
    found.visit::<DeviceList>();
    found.visit::<PreviewDevices>();
    found.visit::<PreviewEvent>();
    found.visit::<SpeakerTestError>();
    found.visit::<Tile>();
    found.visit::<NumberedTile>();
    found.visit::<TilesError>();
    found.visit::<WindowError>();
    found.visit::<GlobalKeyEvent>();
    found.visit::<GlobalKeysError>();
    found.visit::<NearbyRoom>();
    found.visit::<ShareableScreen>();
    found.visit::<ScreensError>();
    let used = |name: &str| found.declarations.values().any(|text| names(text).any(|word| word == name));
    let imports: Vec<&str> = protocol_types().into_iter().filter(|name| used(name)).collect();
    let imports: String = imports.iter().map(|name| format!("  {name},\n")).collect();
    let declarations: String = found.declarations.values().map(|text| format!("\n{text}\n")).collect();
    format!("{HEADER}\nimport type {{\n{imports}}} from '../../protocol';\n{declarations}")
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
}

/// What the protocol's crate exports by itself.
fn protocol_types() -> Vec<&'static str> {
    include_str!("../../../ui/src/protocol/index.ts")
        .lines()
        .filter_map(|line| line.strip_prefix("export type { ")?.split(' ').next())
        .collect()
}

struct Found {
    config: Config,
    declarations: BTreeMap<String, String>,
}

impl TypeVisitor for Found {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_none() {
            return;
        }
        let name = T::ident(&self.config);
        if self.declarations.contains_key(&name) || protocol_types().contains(&name.as_str()) {
            return;
        }
        let text = format!("export {}", T::decl(&self.config));
        self.declarations.insert(name, text);
        T::visit_dependencies(self);
    }
}
