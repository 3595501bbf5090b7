//! Chromium, by chromedriver.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::builder::{BrowserBuilder, OwnCamera, Permission, Place};
use super::connections::WATCH;
use crate::rigs::error::Result;
use crate::rigs::webdriver::{Console, Driver, Extension, Page};

const ARGUMENTS: &[&str] = &[
    // Root has no sandbox.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    // Nothing but what a test asks for goes to the network.
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Sound may be heard before anything was clicked on.
    "--autoplay-policy=no-user-gesture-required",
    // A computer may have no other network than the loopback.
    "--allow-loopback-in-peer-connection",
    // What is asked for a screen gives the whole of the first one.
    "--auto-select-desktop-capture-source=Entire",
];

pub(super) fn start(name: String, builder: &BrowserBuilder, own: &Path) -> Result<Page> {
    let driver = Driver::start(name, |port| {
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}"));
        builder.surroundings.configure(&mut command, own, own);
        // It would ask a desktop for secrets and settings.
        command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:").env("TMPDIR", own);
        command
    })?;
    let (width, height) = builder.size;
    let place = match builder.place {
        Place::Headless => "--headless=new",
        Place::Display => "--ozone-platform=x11",
    };
    let camera = match &builder.own_camera {
        None => Vec::new(),
        Some(OwnCamera::Plays(file)) => {
            let plays = format!("--use-file-for-fake-video-capture={}", file.display());
            vec!["--use-fake-device-for-media-stream".to_owned(), plays]
        }
        Some(OwnCamera::Slow) => vec!["--use-fake-device-for-media-stream=fps=5".to_owned()],
    };
    let own = [
        place.to_owned(),
        format!("--user-data-dir={}", own.join("profile").display()),
        format!("--window-size={width},{height}"),
        "--window-position=0,0".to_owned(),
    ];
    let arguments: Vec<&str> = ARGUMENTS.iter().copied().chain(own.iter().chain(&camera).map(String::as_str)).collect();
    let capabilities = [
        ("goog:chromeOptions".to_owned(), json!({ "args": arguments })),
        ("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" })),
    ];
    let page = Page::open(driver, capabilities.into_iter().collect(), Console::asked())?;
    answer_for(&page, builder.devices)?;
    devtools(&page, "Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH }))?;
    Ok(page)
}

/// As if the person had answered already, once for all pages.
fn answer_for(page: &Page, permission: Permission) -> Result<()> {
    let setting = match permission {
        Permission::Granted => "granted",
        Permission::Denied => "denied",
    };
    ["camera", "microphone"].into_iter().try_for_each(|device| {
        devtools(page, "Browser.setPermission", json!({ "permission": { "name": device }, "setting": setting }))
    })
}

/// A command of the DevTools protocol.
fn devtools(page: &Page, command: &str, parameters: Value) -> Result<()> {
    let body = json!({ "cmd": command, "params": parameters });
    page.block_on(async |client| client.issue_cmd(Extension::post("goog/cdp/execute", body)).await)
        .map(drop)
        .map_err(|error| page.failure(command, &error.to_string()))
}
