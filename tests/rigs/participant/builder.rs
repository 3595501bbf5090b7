//! What a participant is told to be like.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::Participant;
use crate::rigs::binaries::binaries;
use crate::rigs::display::Display;
use crate::rigs::error::{Result, RigError};
use crate::rigs::fake_cameras::FakeCameras;
use crate::rigs::impaired_network::ImpairedNetwork;
use crate::rigs::preload::preload_list;
use crate::rigs::process::Process;
use crate::rigs::sound_server::SoundServer;

/// What a participant shall be like; started by [`ParticipantBuilder::start`].
#[derive(Debug, Clone)]
pub struct ParticipantBuilder {
    link: String,
    name: String,
    camera: String,
    microphone: String,
    speaker: String,
    stay: Duration,
    view: Option<(u16, u16)>,
    camera_switches: Vec<(String, Duration)>,
    save_video: Option<PathBuf>,
    save_audio: Option<PathBuf>,
    screen: String,
    view_screens: Option<(u16, u16)>,
    reach: &'static str,
    save_screens: Option<PathBuf>,
    identity: Option<PathBuf>,
    password: Option<String>,
    log_filter: String,
    shims: Vec<PathBuf>,
    environment: Vec<(OsString, OsString)>,
}

impl ParticipantBuilder {
    /// Somebody who sends nothing, hears through no device and stays for a minute.
    #[must_use]
    pub fn new(link: &str, name: &str) -> Self {
        Self {
            link: link.to_owned(),
            name: name.to_owned(),
            camera: "off".to_owned(),
            microphone: "off".to_owned(),
            speaker: "null".to_owned(),
            stay: Duration::from_secs(60),
            view: None,
            camera_switches: Vec::new(),
            save_video: None,
            save_audio: None,
            screen: "off".to_owned(),
            view_screens: None,
            // Tests stay on this computer's loopback.
            reach: "this-computer",
            save_screens: None,
            identity: None,
            password: None,
            log_filter: "info".to_owned(),
            shims: Vec::new(),
            environment: Vec::new(),
        }
    }

    /// Its camera: `pattern[:WxH@FPS]`, `device[:NAME]`, `file:PATH.y4m` or `off`.
    #[must_use]
    pub fn camera(mut self, spec: &str) -> Self {
        spec.clone_into(&mut self.camera);
        self
    }

    /// Its microphone: `tone[:HZ]`, `device[:NAME]`, `file:PATH.wav` or `off`.
    #[must_use]
    pub fn microphone(mut self, spec: &str) -> Self {
        spec.clone_into(&mut self.microphone);
        self
    }

    /// Its speaker: `device[:NAME]` or `null`.
    #[must_use]
    pub fn speaker(mut self, spec: &str) -> Self {
        spec.clone_into(&mut self.speaker);
        self
    }

    /// How long it stays.
    #[must_use]
    pub fn stay(mut self, stay: Duration) -> Self {
        self.stay = stay;
        self
    }

    /// How large it draws the others, in pixels.
    #[must_use]
    pub fn view(mut self, width: u16, height: u16) -> Self {
        self.view = Some((width, height));
        self
    }

    /// To which camera it switches, and when after joining.
    #[must_use]
    pub fn switch_camera(mut self, spec: &str, after: Duration) -> Self {
        self.camera_switches.push((spec.to_owned(), after));
        self
    }

    /// Where it saves the others' pictures.
    #[must_use]
    pub fn save_video(mut self, directory: &Path) -> Self {
        self.save_video = Some(directory.to_path_buf());
        self
    }

    /// Where it saves the others' sound.
    #[must_use]
    pub fn save_audio(mut self, directory: &Path) -> Self {
        self.save_audio = Some(directory.to_path_buf());
        self
    }

    /// The screen that it shares: `monitor[:ID]`, `window:ID`, `pattern[:WxH@FPS]`, `file:PATH.y4m` or `off`.
    #[must_use]
    pub fn screen(mut self, spec: &str) -> Self {
        spec.clone_into(&mut self.screen);
        self
    }

    /// How large it draws the screens of others, in pixels.
    #[must_use]
    pub fn view_screens(mut self, width: u16, height: u16) -> Self {
        self.view_screens = Some((width, height));
        self
    }

    /// Where it saves the others' screens.
    #[must_use]
    pub fn save_screens(mut self, directory: &Path) -> Self {
        self.save_screens = Some(directory.to_path_buf());
        self
    }

    /// The display whose screens it finds.
    #[must_use]
    pub fn display(mut self, display: &Display) -> Self {
        self.environment.push(("DISPLAY".into(), display.name().into()));
        self.environment.push(("XDG_SESSION_TYPE".into(), "x11".into()));
        // A variable that is empty counts as one that isn't set.
        self.environment("WAYLAND_DISPLAY", "")
    }

    /// That the others find it by the addresses of real interfaces as well, as Firefox wants it.
    #[must_use]
    pub fn on_the_network(mut self) -> Self {
        self.reach = "network";
        self
    }

    /// That the others learn none of its addresses: all goes through a TURN server of the room's server.
    #[must_use]
    pub fn by_relay_only(mut self) -> Self {
        self.reach = "relay-only";
        self
    }

    /// The file with its device's key.
    #[must_use]
    pub fn identity(mut self, file: &Path) -> Self {
        self.identity = Some(file.to_path_buf());
        self
    }

    /// The password it gives.
    #[must_use]
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// What it logs, as `RUST_LOG` has it.
    #[must_use]
    pub fn log_filter(mut self, filter: &str) -> Self {
        filter.clone_into(&mut self.log_filter);
        self
    }

    /// The network that its datagrams go through. One for each participant.
    #[must_use]
    pub fn network(self, network: &ImpairedNetwork) -> Self {
        let (name, directory) = network.environment();
        self.preload(network.shim()).environment(name, directory)
    }

    /// The cameras it finds.
    #[must_use]
    pub fn cameras(self, cameras: &FakeCameras) -> Self {
        let (name, directory) = cameras.environment();
        self.preload(cameras.shim()).environment(name, directory)
    }

    /// The sound server whose devices it finds.
    #[must_use]
    pub fn sound_server(self, server: &SoundServer) -> Self {
        let (name, address) = server.environment();
        self.environment(name, address)
    }

    /// A shim to be loaded before its libraries.
    #[must_use]
    pub fn preload(mut self, shim: &Path) -> Self {
        self.shims.push(shim.to_path_buf());
        self
    }

    /// An environment variable.
    #[must_use]
    pub fn environment(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// When it can't be built or started.
    pub fn start(self) -> Result<Participant> {
        let mut command = Command::new(&binaries()?.headless);
        // The report's place must be known before there is a process with a folder of its own.
        let directory = tempfile::TempDir::with_prefix("conclave-participant-")
            .map_err(RigError::io("making a participant's folder"))?;
        let report = directory.path().join("report.json");
        command
            .args(["join", &self.link, "--name", &self.name])
            .args(["--camera", &self.camera])
            .args(["--microphone", &self.microphone])
            .args(["--speaker", &self.speaker])
            .args(["--reach", self.reach])
            .args(["--for", &self.stay.as_secs_f64().to_string()])
            .arg("--report")
            .arg(&report)
            .env("RUST_LOG", &self.log_filter)
            .envs(self.environment);
        if let Some((width, height)) = self.view {
            command.args(["--view", &format!("{width}x{height}")]);
        }
        for (spec, after) in &self.camera_switches {
            command.args(["--switch-camera", &format!("{spec}@{}", after.as_secs_f64())]);
        }
        if let Some(save) = &self.save_video {
            command.arg("--save-video").arg(save);
        }
        if let Some(save) = &self.save_audio {
            command.arg("--save-audio").arg(save);
        }
        if self.screen != "off" {
            command.args(["--screen", &self.screen]);
        }
        if let Some((width, height)) = self.view_screens {
            command.args(["--view-screens", &format!("{width}x{height}")]);
        }
        if let Some(save) = &self.save_screens {
            command.arg("--save-screens").arg(save);
        }
        if let Some(identity) = &self.identity {
            command.arg("--identity").arg(identity);
        }
        if let Some(password) = &self.password {
            command.args(["--password", password]);
        }
        if !self.shims.is_empty() {
            command.env("LD_PRELOAD", preload_list(&self.shims));
        }
        Ok(Participant {
            process: Process::start_with_input(self.name, command)?,
            stay: self.stay,
            report,
            _directory: directory,
        })
    }
}
