//! A real participant without a window: `conclave-headless` as a process.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use super::binaries::binaries;
use super::error::{Result, RigError};
use super::event::Event;
use super::fake_cameras::FakeCameras;
use super::impaired_network::ImpairedNetwork;
use super::preload::preload_list;
use super::process::{Mark, Process, Signal};
use super::report::Report;
use super::server::Server;
use super::sound_server::SoundServer;

/// How long a participant may take to leave and write its report, once it should.
const PATIENCE: Duration = Duration::from_secs(10);

/// Has `conclave-headless create` make an invite link to a room on that server.
///
/// # Errors
/// When the program fails or prints no link.
pub fn create_link(server: &Server) -> Result<String> {
    create_link_at(server.url())
}

/// The same, on the server of that URL.
///
/// # Errors
/// When the program fails or prints no link.
pub fn create_link_at(url: &str) -> Result<String> {
    let mut command = Command::new(&binaries()?.headless);
    command.args(["create", "--server", url]);
    let mut process = Process::start("create", command)?;
    let link = process.wait_for_line("an invite link", Mark::default(), PATIENCE, |line| {
        line.text.starts_with("http").then(|| line.text.clone())
    })?;
    let status = process.wait_for_exit(PATIENCE)?;
    if !status.success() {
        return Err(process.ended_instead_of("success", status));
    }
    Ok(link)
}

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
            // Tests stay on this computer's loopback.
            .args(["--reach", "this-computer"])
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
        if !self.shims.is_empty() {
            command.env("LD_PRELOAD", preload_list(&self.shims));
        }
        Ok(Participant { process: Process::start(self.name, command)?, stay: self.stay, report, _directory: directory })
    }
}

/// A participant at work; killed when dropped.
#[derive(Debug)]
pub struct Participant {
    process: Process,
    stay: Duration,
    report: PathBuf,
    _directory: tempfile::TempDir,
}

/// An event and when it was read.
#[derive(Debug, Clone)]
pub struct TimedEvent {
    /// When the rig read it.
    pub at: Instant,
    /// What happened.
    pub event: Event,
}

/// A participant that has left.
#[derive(Debug)]
pub struct Finished {
    /// How the program ended.
    pub status: ExitStatus,
    /// All that happened.
    pub events: Vec<TimedEvent>,
    /// All that it logged.
    pub log: String,
    /// All that it printed and the end of its log, for a failure's message.
    pub story: String,
}

impl Participant {
    /// The program.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// All that happened so far.
    #[must_use]
    pub fn events(&self) -> Vec<TimedEvent> {
        let timed =
            |line: &super::process::Line| Event::parse(&line.text).map(|event| TimedEvent { at: line.at, event });
        self.process.lines().iter().filter_map(timed).collect()
    }

    /// The end of what happened so far.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.process.mark()
    }

    /// Waits for an event, now or in the past.
    ///
    /// # Errors
    /// When it doesn't come in time, or the program ends before.
    pub fn wait_for(&self, what: &str, within: Duration, accept: impl Fn(&Event) -> bool) -> Result<TimedEvent> {
        self.wait_for_after(Mark::default(), what, within, accept)
    }

    /// Waits for an event after a mark.
    ///
    /// # Errors
    /// When it doesn't come in time, or the program ends before.
    pub fn wait_for_after(
        &self,
        mark: Mark,
        what: &str,
        within: Duration,
        accept: impl Fn(&Event) -> bool,
    ) -> Result<TimedEvent> {
        self.process.wait_for_line(what, mark, within, |line| {
            Event::parse(&line.text).filter(|event| accept(event)).map(|event| TimedEvent { at: line.at, event })
        })
    }

    /// Waits until it is in the room.
    ///
    /// # Errors
    /// When it isn't within ten seconds.
    pub fn wait_until_joined(&self) -> Result<TimedEvent> {
        self.wait_for("joining", PATIENCE, |event| matches!(event, Event::Joined { .. }))
    }

    /// Waits until it is linked to somebody called `name`.
    ///
    /// # Errors
    /// When it isn't in time.
    pub fn wait_until_connected_to(&self, name: &str, within: Duration) -> Result<TimedEvent> {
        self.wait_for(
            &format!("a link to {name}"),
            within,
            |event| matches!(event, Event::Connected { name: Some(connected), .. } if connected == name),
        )
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        self.process.signal(signal)
    }

    /// Waits until it leaves when its time is over, cleanly, and reads its report.
    ///
    /// # Errors
    /// When it doesn't leave in time, leaves with a failure, or its report is missing or unreadable.
    pub fn finish(self) -> Result<Report> {
        Ok(self.finish_with_events()?.0)
    }

    /// The same, with all that happened.
    ///
    /// # Errors
    /// As [`Participant::finish`].
    pub fn finish_with_events(mut self) -> Result<(Report, Finished)> {
        // Joining takes a moment of its own.
        let end = self.process.started() + self.stay + 2 * PATIENCE;
        let finished = self.wait_for_end(end.saturating_duration_since(Instant::now()))?;
        if !finished.status.success() {
            return Err(self.process.ended_instead_of("success", finished.status));
        }
        Ok((self.read_report()?, finished))
    }

    /// Asks it to leave, as Ctrl-C does, and reads its report.
    ///
    /// # Errors
    /// As [`Participant::finish`].
    pub fn leave(mut self) -> Result<Report> {
        self.signal(Signal::Interrupt)?;
        let finished = self.wait_for_end(PATIENCE)?;
        if !finished.status.success() {
            return Err(self.process.ended_instead_of("success", finished.status));
        }
        self.read_report()
    }

    /// Waits until the program ends, however it does.
    ///
    /// # Errors
    /// When it doesn't in time.
    pub fn wait_for_end(&mut self, within: Duration) -> Result<Finished> {
        let status = self.process.wait_for_exit(within)?;
        Ok(Finished { status, events: self.events(), log: self.process.log(), story: self.process.story() })
    }

    fn read_report(&self) -> Result<Report> {
        let text = std::fs::read_to_string(&self.report)
            .map_err(|_| RigError::Missing { what: "a report", path: self.report.clone() })?;
        serde_json::from_str(&text).map_err(|error| RigError::Unreadable {
            what: format!("{}'s report", self.process.name()),
            reason: error.to_string(),
            text,
        })
    }
}
