//! What an app is started with.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::window::AppWindow;
use crate::rigs::binaries::app_binary;
use crate::rigs::display::Display;
use crate::rigs::error::{Result, RigError};
use crate::rigs::fake_cameras::FakeCameras;
use crate::rigs::sound_server::SoundServer;
use crate::rigs::webdriver::{Driver, Surroundings};

/// The size of the display that an app has to itself.
const DISPLAY: (u16, u16) = (1280, 800);

/// What an app is started with; started by [`AppBuilder::start`].
#[derive(Debug, Clone)]
pub struct AppBuilder {
    name: String,
    data: Option<PathBuf>,
    display: (u16, u16),
    arguments: Vec<String>,
    surroundings: Surroundings,
}

impl AppBuilder {
    /// An app that was never started before, on a computer without devices; `name` is what failures call it.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            data: None,
            display: DISPLAY,
            arguments: Vec::new(),
            surroundings: Surroundings::new(),
        }
    }

    /// The folder with what it kept from former starts; otherwise there were none.
    #[must_use]
    pub fn data(mut self, folder: &Path) -> Self {
        self.data = Some(folder.to_path_buf());
        self
    }

    /// The size of its display.
    #[must_use]
    pub fn display(mut self, width: u16, height: u16) -> Self {
        self.display = (width, height);
        self
    }

    /// What stands behind its name on the command line.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// The cameras it finds.
    #[must_use]
    pub fn cameras(mut self, cameras: &FakeCameras) -> Self {
        self.surroundings.add_cameras(cameras);
        self
    }

    /// The sound server whose devices it finds.
    #[must_use]
    pub fn sound_server(mut self, server: &SoundServer) -> Self {
        self.surroundings.add_sound_server(server);
        self
    }

    /// An environment variable.
    #[must_use]
    pub fn environment(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.surroundings.set(name, value);
        self
    }

    /// Starts it, and waits for its page.
    ///
    /// # Errors
    /// When it can't be built or started, or shows nothing.
    pub fn start(self) -> Result<AppWindow> {
        let binary = app_binary()?;
        let display = Display::start(self.display.0, self.display.1)?;
        let own = tempfile::TempDir::with_prefix("conclave-app-").map_err(RigError::io("making an app's folder"))?;
        let home = self.data.clone().unwrap_or_else(|| own.path().to_path_buf());
        let driver = Driver::start(format!("the app of {}", self.name), |port| {
            // With a bus of its own the app doesn't find others of its kind, which it would show instead of itself.
            let mut command = Command::new("dbus-run-session");
            command.args(["--", "WebKitWebDriver", &format!("--port={port}")]);
            self.configure(&mut command, &display, &home, own.path());
            command
        })?;
        AppWindow::open(driver, display, own, &binary, &self.arguments)
    }

    fn configure(&self, command: &mut Command, display: &Display, home: &Path, own: &Path) {
        self.surroundings.configure(command, home, own);
        command
            .env("DISPLAY", display.name())
            .env("GDK_BACKEND", "x11")
            // Otherwise the program starts itself again, and the driver loses it.
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true");
    }
}
