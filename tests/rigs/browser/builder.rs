//! What a browser is started with.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Browser, BrowserKind, chromium, firefox};
use crate::rigs::display::Display;
use crate::rigs::error::{Result, RigError};
use crate::rigs::fake_cameras::FakeCameras;
use crate::rigs::sound_server::SoundServer;
use crate::rigs::webdriver::Surroundings;

/// The size of its window.
const SIZE: (u32, u32) = (1280, 800);

/// What a person has answered when pages asked for camera and microphone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// They may have them.
    Granted,
    /// They may not.
    Denied,
}

/// The camera that Chromium has of its own; with it comes a microphone that beeps.
#[derive(Debug, Clone)]
pub(super) enum OwnCamera {
    /// Plays a Y4M file.
    Plays(PathBuf),
    /// Shows a moving shape, few times a second.
    Slow,
}

/// Where its window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Nowhere.
    Headless,
    /// On a display, which its environment names.
    Display,
}

/// What a browser is started with; started by [`BrowserBuilder::start`].
#[derive(Debug, Clone)]
pub struct BrowserBuilder {
    name: String,
    kind: BrowserKind,
    pub(super) place: Place,
    pub(super) size: (u32, u32),
    pub(super) devices: Permission,
    pub(super) own_camera: Option<OwnCamera>,
    pub(super) surroundings: Surroundings,
}

impl BrowserBuilder {
    /// A browser that was never started before, without a window, on a computer without devices; pages may have those
    /// that are added. `name` is what failures call it.
    #[must_use]
    pub fn new(kind: BrowserKind, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            place: Place::Headless,
            size: SIZE,
            devices: Permission::Granted,
            own_camera: None,
            surroundings: Surroundings::new(),
        }
    }

    /// The cameras it finds.
    #[must_use]
    pub fn cameras(mut self, cameras: &FakeCameras) -> Self {
        self.surroundings.add_cameras(cameras);
        self
    }

    /// The only camera it has: Chromium's own, which plays a Y4M file; with it comes a microphone that beeps.
    #[must_use]
    pub fn camera_file(mut self, file: &Path) -> Self {
        self.own_camera = Some(OwnCamera::Plays(file.to_path_buf()));
        self
    }

    /// The only camera it has: Chromium's own, which costs next to nothing; with it comes a microphone that beeps.
    #[must_use]
    pub fn slow_camera(mut self) -> Self {
        self.own_camera = Some(OwnCamera::Slow);
        self
    }

    /// The sound server whose devices it finds.
    #[must_use]
    pub fn sound_server(mut self, server: &SoundServer) -> Self {
        self.surroundings.add_sound_server(server);
        self
    }

    /// The display that its window is on, and that it shares when a page asks for a screen.
    #[must_use]
    pub fn display(mut self, display: &Display) -> Self {
        self.place = Place::Display;
        self.environment("DISPLAY", display.name())
    }

    /// The size of its window.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Self {
        self.size = (width, height);
        self
    }

    /// Whether pages may have camera and microphone.
    #[must_use]
    pub fn devices(mut self, permission: Permission) -> Self {
        self.devices = permission;
        self
    }

    /// An environment variable.
    #[must_use]
    pub fn environment(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.surroundings.set(name, value);
        self
    }

    /// Starts it, with an empty page.
    ///
    /// # Errors
    /// When it is missing or doesn't start.
    pub fn start(self) -> Result<Browser> {
        let own = TempDir::with_prefix("conclave-browser-").map_err(RigError::io("making a browser's folder"))?;
        let name = format!("the browser of {}", self.name);
        let page = match self.kind {
            BrowserKind::Chromium => chromium::start(name, &self, own.path())?,
            BrowserKind::Firefox => firefox::start(name, &self, own.path())?,
        };
        Ok(Browser { page, _own: own })
    }
}
