//! What an app is started with.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::driver::Driver;
use super::window::AppWindow;
use crate::rigs::binaries::app_binary;
use crate::rigs::display::Display;
use crate::rigs::error::{Result, RigError};
use crate::rigs::fake_cameras::FakeCameras;
use crate::rigs::preload::preload_list;
use crate::rigs::sound_server::SoundServer;

/// The size of the display that an app has to itself.
const DISPLAY: (u16, u16) = (1280, 800);

/// What an app is started with; started by [`AppBuilder::start`].
#[derive(Debug, Clone)]
pub struct AppBuilder {
    name: String,
    data: Option<PathBuf>,
    display: (u16, u16),
    arguments: Vec<String>,
    shims: Vec<PathBuf>,
    environment: Vec<(OsString, OsString)>,
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
            shims: Vec::new(),
            // Nothing of this machine's own sound.
            environment: vec![("PULSE_SERVER".into(), "unix:/nonexistent".into())],
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
        let (name, directory) = cameras.environment();
        self.shims.push(cameras.shim().to_path_buf());
        self.environment(name, directory)
    }

    /// The sound server whose devices it finds.
    #[must_use]
    pub fn sound_server(self, server: &SoundServer) -> Self {
        let (name, address) = server.environment();
        self.environment(name, address)
    }

    /// An environment variable.
    #[must_use]
    pub fn environment(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
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
        let driver = Driver::start(&self.name, |command| self.configure(command, &display, &home, own.path()))?;
        AppWindow::open(driver, display, own, &binary, &self.arguments)
    }

    fn configure(&self, command: &mut Command, display: &Display, home: &Path, own: &Path) {
        command
            .env("DISPLAY", display.name())
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY")
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", own)
            .env("LANG", "C.UTF-8")
            .env("LANGUAGE", "en")
            // Otherwise the program starts itself again, and the driver loses it.
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("NO_AT_BRIDGE", "1")
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(self.environment.iter().cloned());
        if !self.shims.is_empty() {
            command.env("LD_PRELOAD", preload_list(&self.shims));
        }
    }
}
