//! Firefox, by geckodriver.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::builder::{BrowserBuilder, Permission, Place};
use super::connections::WATCH;
use crate::rigs::binaries::profile_directory;
use crate::rigs::error::{Result, RigError};
use crate::rigs::webdriver::{Console, Driver, Page, free_port};

const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn start(name: String, builder: &BrowserBuilder, own: &Path) -> Result<Page> {
    let program = geckodriver()?;
    let bidi = free_port()?;
    let driver = Driver::start(name, |port| {
        let mut command = Command::new(program);
        command
            .args([format!("--port={port}"), format!("--websocket-port={bidi}"), "--log=warn".to_owned()])
            .arg("--profile-root")
            .arg(own);
        builder.surroundings.configure(&mut command, own, own);
        command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:").env("TMPDIR", own).env("MOZ_CRASHREPORTER_DISABLE", "1");
        command
    })?;
    let (width, height) = builder.size;
    let mut arguments = vec![format!("--width={width}"), format!("--height={height}")];
    if builder.place == Place::Headless {
        arguments.push("-headless".to_owned());
    }
    let capabilities = [
        ("moz:firefoxOptions".to_owned(), json!({ "args": arguments, "prefs": preferences(builder.devices) })),
        // Where it speaks WebDriver BiDi, which alone can run a script before a page's own.
        ("webSocketUrl".to_owned(), json!(true)),
    ];
    let page = Page::open(driver, capabilities.into_iter().collect(), Console::WithTheDriver)?;
    let watched = page.block_on(async |client| Ok(preload(client.capabilities().and_then(socket).as_deref()).await));
    match watched {
        Ok(Ok(())) => Ok(page),
        Ok(Err(reason)) => Err(page.failure("watching connections", &reason)),
        Err(error) => Err(page.failure("watching connections", &error.to_string())),
    }
}

fn preferences(devices: Permission) -> Value {
    // 2 is "never".
    let answer = match devices {
        Permission::Granted => 0,
        Permission::Denied => 2,
    };
    json!({
        "media.navigator.permission.disabled": devices == Permission::Granted,
        "permissions.default.camera": answer,
        "permissions.default.microphone": answer,
        // A computer may have no other network than the loopback.
        "media.peerconnection.ice.loopback": true,
        "media.autoplay.default": 0,
        "media.autoplay.blocking_policy": 0,
        // Nothing but what a test asks for goes to the network.
        "media.gmp-manager.updateEnabled": false,
        "media.gmp-provider.enabled": false,
        "devtools.console.stdout.content": true,
    })
}

fn socket(capabilities: &serde_json::Map<String, Value>) -> Option<String> {
    Some(capabilities.get("webSocketUrl")?.as_str()?.to_owned())
}

/// Has the script run in every page before its own, as long as the session lasts.
async fn preload(socket: Option<&str>) -> std::result::Result<(), String> {
    let socket = socket.ok_or("it has no WebDriver BiDi")?;
    let command = json!({
        "id": 1,
        "method": "script.addPreloadScript",
        "params": { "functionDeclaration": format!("() => {{\n{WATCH}\n}}") },
    });
    let ask = async {
        let (mut socket, _) = tokio_tungstenite::connect_async(socket).await?;
        socket.send(Message::text(command.to_string())).await?;
        socket.next().await.transpose()
    };
    let answer = tokio::time::timeout(PATIENCE, ask).await.map_err(|_| "no answer".to_owned())?;
    let answer = answer.map_err(|error| error.to_string())?.map(|answer| answer.to_string()).unwrap_or_default();
    let answer: Value = serde_json::from_str(&answer).map_err(|error| format!("{error}: {answer}"))?;
    if answer["type"] == "success" { Ok(()) } else { Err(answer.to_string()) }
}

/// The one on the search path, or the one that `cargo xtask` has installed into the target folder.
fn geckodriver() -> Result<PathBuf> {
    const NAME: &str = "geckodriver";
    let path = std::env::var_os("PATH").unwrap_or_default();
    let target = profile_directory()?.parent().map(PathBuf::from).unwrap_or_default();
    let own = target.join("tools/bin");
    std::env::split_paths(&path)
        .chain([own.clone()])
        .map(|folder| folder.join(NAME))
        .find(|program| program.is_file())
        .ok_or(RigError::Missing { what: "geckodriver, which `cargo xtask test` installs,", path: own })
}
