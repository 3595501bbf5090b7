//! The app's icon among the system's, for whoever wants the app to go on when its window is closed.

use tauri::menu::{Menu, MenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Runtime, Wry};

use crate::window;

const ID: &str = "conclave";
const SHOW: &str = "show";
const QUIT: &str = "quit";

/// Shows the icon, or takes it away. Whether there is one afterwards: not every desktop has a place for it.
pub(crate) fn set(app: &AppHandle<Wry>, wanted: bool) -> bool {
    if !wanted {
        app.remove_tray_by_id(ID);
        return false;
    }
    if app.tray_by_id(ID).is_some() {
        return true;
    }
    if !is_available() {
        tracing::info!("this desktop has no place for the app's icon");
        return false;
    }
    match show(app) {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!(%error, "the app's icon could not be shown");
            false
        }
    }
}

/// Whether the icon is there.
pub(crate) fn is_shown<R: Runtime>(app: &AppHandle<R>) -> bool {
    app.tray_by_id(ID).is_some()
}

fn show(app: &AppHandle<Wry>) -> tauri::Result<TrayIcon> {
    let show = MenuItem::with_id(app, SHOW, "Conclave", true, None::<&str>)?;
    let quit = MenuItem::with_id(app, QUIT, "Quit", true, None::<&str>)?;
    let mut tray = TrayIconBuilder::with_id(ID)
        .tooltip("Conclave")
        .menu(&Menu::with_items(app, &[&show, &quit])?)
        .on_menu_event(|app, event| match event.id().as_ref() {
            SHOW => window::show(app),
            QUIT => window::quit(app),
            _ => {}
        });
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app)
}

/// The library that draws it is looked for at run time, and its absence would end the program.
#[cfg(target_os = "linux")]
fn is_available() -> bool {
    const NAMES: [&str; 2] = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];
    let folders = std::iter::once("/usr/lib".into()).chain(std::iter::once("/usr/lib64".into()));
    let triplets = std::fs::read_dir("/usr/lib").into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    folders.chain(triplets).any(|folder: std::path::PathBuf| NAMES.iter().any(|name| folder.join(name).exists()))
}

#[cfg(not(target_os = "linux"))]
fn is_available() -> bool {
    true
}
