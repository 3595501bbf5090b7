//! A PulseAudio of its own: a speaker `spk` that can be listened to, and a microphone `mic` that can be spoken into.
//!
//! `spk` is a sink to nowhere, whose monitor is what the person hears. `micfeed` is another; what is played into it
//! comes out of the microphone. More of both come and go, as if they were plugged in and pulled out.

use std::ffi::OsString;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::error::{Result, RigError};
use super::process::{Process, Signal};
use super::sound::Sound;

/// The speaker that is there from the start, and the default one.
pub const SPEAKER: &str = "spk";

/// The microphone that is there from the start, and the default one.
pub const MICROPHONE: &str = "mic";

/// The sink whose sound comes out of [`MICROPHONE`].
pub const MICROPHONE_FEED: &str = "micfeed";

/// A sink to nowhere plays two seconds of silence ahead while nobody uses it, and does not take them back when
/// somebody does: sound would be late by as much, which no device is. Without rewinds it stays 50 ms ahead at most.
const NO_REWINDS: &str = "norewinds=1";

/// How long the server and its tools may take for anything.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two looks at whether the server is there.
const LOOK: Duration = Duration::from_millis(10);

/// A format of samples, as PulseAudio calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleSpec {
    /// `u8`, `s16le`, `s24le`, `s32le`, `float32le`.
    pub format: &'static str,
    /// Samples a second.
    pub rate: u32,
    /// Samples at a time.
    pub channels: u8,
}

impl SampleSpec {
    /// What most sound cards do.
    pub const USUAL: Self = Self { format: "s16le", rate: 48_000, channels: 2 };

    fn arguments(self) -> [String; 3] {
        [format!("format={}", self.format), format!("rate={}", self.rate), format!("channels={}", self.channels)]
    }
}

/// Something that was plugged in; its number at the server.
#[derive(Debug)]
pub struct Plugged(Vec<String>);

/// A private PulseAudio; killed when dropped.
#[derive(Debug)]
pub struct SoundServer {
    process: Process,
    speaker: SampleSpec,
    directory: TempDir,
}

impl SoundServer {
    /// Starts a server with a usual speaker and microphone.
    ///
    /// # Errors
    /// When PulseAudio is missing or doesn't start.
    pub fn start() -> Result<Self> {
        Self::start_with_speaker(SampleSpec::USUAL)
    }

    /// Starts a server whose speaker has this format.
    ///
    /// # Errors
    /// When PulseAudio is missing or doesn't start.
    pub fn start_with_speaker(speaker: SampleSpec) -> Result<Self> {
        let directory =
            TempDir::with_prefix("conclave-sound-").map_err(RigError::io("making a sound server's folder"))?;
        let process = launch(directory.path(), speaker)?;
        Ok(Self { process, speaker, directory })
    }

    /// The variable that makes programs use this server.
    #[must_use]
    pub fn environment(&self) -> (&'static str, OsString) {
        ("PULSE_SERVER", server_address(self.directory.path()))
    }

    /// Kills the server: every connection breaks.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn kill(&mut self) -> Result<()> {
        self.process.signal(Signal::Kill)?;
        self.process.wait_for_exit(PATIENCE)?;
        Ok(())
    }

    /// Starts the server again after [`SoundServer::kill`].
    ///
    /// # Errors
    /// When it doesn't start.
    pub fn restart(&mut self) -> Result<()> {
        self.process = launch(self.directory.path(), self.speaker)?;
        Ok(())
    }

    /// Freezes the server: connections stay, nothing is answered.
    ///
    /// # Errors
    /// When it is gone.
    pub fn freeze(&self) -> Result<()> {
        self.process.signal(Signal::Stop)
    }

    /// Lets a frozen server go on.
    ///
    /// # Errors
    /// When it is gone.
    pub fn thaw(&self) -> Result<()> {
        self.process.signal(Signal::Continue)
    }

    /// Plugs in another speaker.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn plug_in_speaker(&self, name: &str, spec: SampleSpec) -> Result<Plugged> {
        Ok(Plugged(vec![self.load("module-null-sink", &[&format!("sink_name={name}"), NO_REWINDS], spec)?]))
    }

    /// Plugs in another microphone, with a feed called `NAME-feed`.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn plug_in_microphone(&self, name: &str, spec: SampleSpec) -> Result<Plugged> {
        let feed = self.load("module-null-sink", &[&format!("sink_name={name}-feed"), NO_REWINDS], spec)?;
        let arguments = [format!("source_name={name}"), format!("master={name}-feed.monitor")];
        let microphone = self.load("module-remap-source", &arguments.each_ref().map(String::as_str), spec)?;
        // The microphone must go before its feed.
        Ok(Plugged(vec![microphone, feed]))
    }

    /// Pulls out what was plugged in. What used it is cut off.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn unplug(&self, plugged: Plugged) -> Result<()> {
        plugged.0.iter().try_for_each(|module| self.pactl(&["unload-module", module]).map(drop))
    }

    /// Makes a speaker the default one.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn prefer_speaker(&self, name: &str) -> Result<()> {
        self.pactl(&["set-default-sink", name]).map(drop)
    }

    /// Makes a microphone the default one.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn prefer_microphone(&self, name: &str) -> Result<()> {
        self.pactl(&["set-default-source", name]).map(drop)
    }

    /// Has the microphone hear the speaker from now on, as on a desk: at two fifths, and after the buffers of both.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn put_microphone_beside_speaker(&self) -> Result<()> {
        let monitor = format!("{SPEAKER}.monitor");
        self.pactl(&["set-source-volume", &monitor, "0.4"])?;
        let (source, sink) = (format!("source={monitor}"), format!("sink={MICROPHONE_FEED}"));
        // It would change its speed to keep its delay; air doesn't.
        let arguments: [&str; 6] =
            ["load-module", "module-loopback", &source, &sink, "latency_msec=50", "adjust_time=0"];
        self.pactl(&arguments).map(drop)
    }

    /// Begins to play a WAV file into a sink, such as [`MICROPHONE_FEED`]; it stops when the handle is dropped.
    ///
    /// # Errors
    /// When the player can't be started.
    pub fn play(&self, wav: &Path, sink: &str) -> Result<Process> {
        let mut command = self.tool("paplay");
        command.arg(format!("--device={sink}")).arg(wav);
        Process::start(format!("paplay into {sink}"), command)
    }

    /// Begins to listen to a speaker.
    ///
    /// # Errors
    /// When the recorder can't be started.
    pub fn listen_to(&self, speaker: &str) -> Result<Recording> {
        let path = self.directory.path().join(format!("{speaker}-{}.wav", Instant::now().elapsed().as_nanos()));
        let mut command = self.tool("parecord");
        command
            .arg(format!("--device={speaker}.monitor"))
            .args(["--rate=48000", "--channels=1", "--format=s16le", "--file-format=wav", "--latency-msec=20"])
            .arg(&path);
        let process = Process::start(format!("parecord of {speaker}"), command)?;
        Ok(Recording { process, path })
    }

    fn load(&self, module: &str, arguments: &[&str], spec: SampleSpec) -> Result<String> {
        let spec = spec.arguments();
        let command: Vec<&str> = ["load-module", module]
            .into_iter()
            .chain(arguments.iter().copied())
            .chain(spec.iter().map(String::as_str))
            .collect();
        self.pactl(&command)
    }

    fn pactl(&self, arguments: &[&str]) -> Result<String> {
        pactl(self.directory.path(), arguments)
    }

    fn tool(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("PULSE_SERVER", server_address(self.directory.path())).env("HOME", self.directory.path());
        command
    }
}

/// Somebody who listens to a speaker; stops when dropped.
#[derive(Debug)]
pub struct Recording {
    process: Process,
    path: PathBuf,
}

impl Recording {
    /// Stops listening, and gives what was heard.
    ///
    /// # Errors
    /// When the recorder failed.
    pub fn finish(mut self) -> Result<Sound> {
        self.process.signal(Signal::Interrupt)?;
        self.process.wait_for_exit(PATIENCE)?;
        Sound::read_wav(&self.path)
    }
}

fn socket(directory: &Path) -> PathBuf {
    directory.join("native")
}

fn server_address(directory: &Path) -> OsString {
    let mut address = OsString::from("unix:");
    address.push(socket(directory));
    address
}

fn launch(directory: &Path, speaker: SampleSpec) -> Result<Process> {
    let [format, rate, channels] = speaker.arguments();
    let mut command = Command::new("pulseaudio");
    command
        .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes"])
        .args(["--realtime=no", "--high-priority=no", "--log-target=stderr", "--log-level=notice"])
        .arg("-L")
        .arg(format!("module-native-protocol-unix socket={} auth-anonymous=1", socket(directory).display()))
        .arg("-L")
        .arg(format!("module-null-sink sink_name={SPEAKER} {NO_REWINDS} {format} {rate} {channels}"))
        .arg("-L")
        .arg(format!("module-null-sink sink_name={MICROPHONE_FEED} {NO_REWINDS} rate=48000 channels=1"))
        .arg("-L")
        .arg(format!("module-remap-source source_name={MICROPHONE} master={MICROPHONE_FEED}.monitor"))
        // It keeps its state where it is at home, and asks the desktop's bus for devices.
        .env("HOME", directory)
        .env("XDG_RUNTIME_DIR", directory)
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("PULSE_SERVER");
    let process = Process::start("pulseaudio", command)?;
    let deadline = Instant::now() + PATIENCE;
    while UnixStream::connect(socket(directory)).is_err() {
        if Instant::now() >= deadline {
            return Err(process.ended_instead_of("a socket", "no socket in time"));
        }
        std::thread::sleep(LOOK);
    }
    // Answered once all modules are loaded.
    pactl(directory, &["set-default-sink", SPEAKER])?;
    pactl(directory, &["set-default-source", MICROPHONE])?;
    Ok(process)
}

fn pactl(directory: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("pactl")
        .args(arguments)
        .env("PULSE_SERVER", server_address(directory))
        .env("HOME", directory)
        .stdin(Stdio::null())
        .output()
        .map_err(RigError::io("running pactl"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if !output.status.success() {
        return Err(RigError::Ended {
            process: format!("pactl {}", arguments.join(" ")),
            status: output.status.to_string(),
            what: "success".to_owned(),
            log: text(&output.stderr),
        });
    }
    Ok(text(&output.stdout))
}
