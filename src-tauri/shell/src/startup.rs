//! From the program's start to its window, and from the window's end to the program's.

use std::sync::Arc;

use tauri::{AppHandle, Manager as _, RunEvent, Wry};
use tauri_plugin_deep_link::DeepLinkExt as _;
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};
use tauri_plugin_window_state::StateFlags;
use thiserror::Error;

use crate::app::{App, Post};
use crate::frames::{AllowedOrigins, Frames, FramesError, poll};
use crate::identity::IdentityKeeper;
use crate::preview::Previews;
use crate::rooms::{Company, Hosting, Nearby};
use crate::session::Sessions;
use crate::settings::{Settings, WhenClosed};
use crate::{commands, global_keys, links, logs, tray, window};

/// In the app's data folder: says where this device's identity is, or holds it.
const IDENTITY_FILE: &str = "identity";

/// Why the app can't be started.
#[derive(Debug, Error)]
pub(crate) enum StartupError {
    #[error(transparent)]
    Tauri(#[from] tauri::Error),
    #[error("the settings can't be opened: {0}")]
    Settings(#[from] tauri_plugin_store::Error),
    #[error(transparent)]
    Frames(#[from] FramesError),
}

pub(crate) fn run() -> Result<(), StartupError> {
    logs::log_panics();
    let builder = tauri::Builder::<Wry>::new();
    #[cfg(target_os = "macos")]
    let builder = builder.on_web_content_process_terminate(|page| crate::page_process::ended(page.app_handle()));
    let app = builder
        // First, so that a second start ends before it does anything.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| started_again(app, arguments)))
        .plugin(logs::plugin())
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_store::Builder::new().build())
        // Whether it fills the screen belongs to a call, not to the window.
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(StateFlags::all() - StateFlags::FULLSCREEN - StateFlags::VISIBLE)
                .build(),
        )
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .invoke_handler(tauri::generate_handler![
            commands::life::start,
            commands::life::set_preferences,
            commands::window::notify,
            commands::life::set_global_keys,
            commands::life::forget_known_devices,
            commands::life::report,
            commands::life::restart,
            commands::rooms::recent_rooms,
            commands::rooms::forget_room,
            commands::rooms::forget_all_rooms,
            commands::rooms::create_room,
            commands::rooms::create_test_room,
            commands::rooms::watch_nearby_rooms,
            commands::call::join,
            commands::call::dispatch,
            commands::call::leave,
            commands::devices::list_devices,
            commands::devices::open_preview,
            commands::devices::close_preview,
            commands::devices::test_speaker,
            commands::devices::list_screens,
            commands::pictures::set_tiles,
            commands::window::set_full_screen,
            commands::window::set_compact,
            commands::window::open_data_folder,
        ])
        .register_asynchronous_uri_scheme_protocol(poll::SCHEME, |context, request, responder| {
            // Without it there is no page that could ask.
            let Some(app) = context.app_handle().try_state::<Arc<App<Wry>>>() else { return };
            let app = Arc::clone(&app);
            tauri::async_runtime::spawn(async move { responder.respond(app.frames.answer(&request).await) });
        })
        .setup(|app| {
            if let Err(error) = set_up(app.handle()) {
                give_up(app.handle(), &error);
            }
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            end(app);
        }
    });
    Ok(())
}

fn set_up(handle: &AppHandle) -> Result<(), StartupError> {
    let frames = Frames::new();
    let frames_address = tauri::async_runtime::block_on(frames.serve(AllowedOrigins::default()))?;
    let app = Arc::new(App {
        settings: Arc::new(Settings::open(handle)?),
        identity: IdentityKeeper::new(handle.path().app_data_dir()?.join(IDENTITY_FILE)),
        hosting: Hosting::default(),
        nearby: Nearby::default(),
        company: Company::default(),
        sessions: Sessions::default(),
        previews: Previews::default(),
        frames,
        frames_address,
        post: Post::default(),
    });
    if let Some(outcome) = links::from_arguments(std::env::args()) {
        app.post.link_opened(outcome);
    }
    if cfg!(target_os = "macos") {
        // There links come as events; elsewhere as arguments, which are read above and when it is started again.
        let (opened, handle) = (Arc::clone(&app), handle.clone());
        handle.clone().deep_link().on_open_url(move |event| {
            if let Some(url) = event.urls().first() {
                opened.post.link_opened(links::outcome(url.as_str()));
                window::show(&handle);
            }
        });
    }
    global_keys::set_up(handle);
    tray::set(handle, app.settings.kept().preferences.when_closed == WhenClosed::Tray);
    handle.manage(app);
    window::open(handle)?;
    Ok(())
}

/// Says why there is no window. Tauri would panic, and the person see nothing.
fn give_up(handle: &AppHandle, error: &StartupError) {
    tracing::error!(%error, "the app can't be started");
    let ended = handle.clone();
    handle
        .dialog()
        .message(format!("Conclave can't be started: {error}"))
        .title("Conclave")
        .kind(MessageDialogKind::Error)
        .show(move |_| ended.exit(1));
}

/// Somebody started the app though it runs, mostly by opening a link.
fn started_again(handle: &AppHandle, arguments: Vec<String>) {
    if let (Some(app), Some(outcome)) = (handle.try_state::<Arc<App<Wry>>>(), links::from_arguments(arguments)) {
        app.post.link_opened(outcome);
    }
    window::show(handle);
}

/// Leaves the call, so that the others see it at once, and frees the devices.
fn end(handle: &AppHandle) {
    let Some(app) = handle.try_state::<Arc<App<Wry>>>() else { return };
    tauri::async_runtime::block_on(async {
        app.company.send_home();
        app.sessions.leave().await;
        app.hosting.shutdown().await;
    });
    app.nearby.end();
    app.previews.close();
}
