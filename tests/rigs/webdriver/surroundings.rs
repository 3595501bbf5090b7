//! The computer that a program with a page finds itself on: its devices, its home, its display.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::rigs::fake_cameras::FakeCameras;
use crate::rigs::preload::preload_list;
use crate::rigs::sound_server::SoundServer;

/// A computer: without devices at first, and with nothing of this one's.
#[derive(Debug, Clone)]
pub(in crate::rigs) struct Surroundings {
    shims: Vec<PathBuf>,
    environment: Vec<(OsString, OsString)>,
}

impl Surroundings {
    pub(in crate::rigs) fn new() -> Self {
        // Nothing of this machine's own sound.
        Self { shims: Vec::new(), environment: vec![("PULSE_SERVER".into(), "unix:/nonexistent".into())] }
    }

    /// The cameras of it.
    pub(in crate::rigs) fn add_cameras(&mut self, cameras: &FakeCameras) {
        let (name, directory) = cameras.environment();
        self.shims.push(cameras.shim().to_path_buf());
        self.set(name, directory);
    }

    /// The sound server with its speakers and microphones.
    pub(in crate::rigs) fn add_sound_server(&mut self, server: &SoundServer) {
        let (name, address) = server.environment();
        self.set(name, address);
    }

    /// An environment variable; the last one of a name counts.
    pub(in crate::rigs) fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.environment.push((name.into(), value.into()));
    }

    /// Has a program find itself there: at home in `home`, with `own` for what lives as long as it runs.
    pub(in crate::rigs) fn configure(&self, command: &mut Command, home: &Path, own: &Path) {
        command
            .env_remove("WAYLAND_DISPLAY")
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", own)
            .env("LANG", "C.UTF-8")
            .env("LANGUAGE", "en")
            .env("NO_AT_BRIDGE", "1")
            .envs(self.environment.iter().cloned());
        if !self.shims.is_empty() {
            command.env("LD_PRELOAD", preload_list(&self.shims));
        }
    }
}
