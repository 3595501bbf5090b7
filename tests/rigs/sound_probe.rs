//! A program that does with a microphone and a speaker what a call does, and tells what happens: what they are tested
//! by.
//!
//! A sound server is chosen by an environment variable, so this is a process of its own: `sound_probe list` prints the
//! devices; `sound_probe echo MICROPHONE SPEAKER SECONDS` encodes what the microphone hears and plays it through the
//! speaker, by way of a jitter buffer and no network.

use std::process::Command;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::error::Result;
use super::process::{Line, Mark, Process};
use super::sound_server::SoundServer;

/// Which way sound goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoundDevice {
    /// Into the program.
    Microphone,
    /// Out of it.
    Speaker,
}

/// Something that happened in the probe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum SoundEvent {
    /// There is this device.
    Listed {
        /// Which kind.
        device: SoundDevice,
        /// What people call it.
        name: String,
        /// What it is opened by.
        id: String,
    },
    /// The listing is over.
    ListEnded,
    /// The device asked for is in use.
    Opened {
        /// Which.
        device: SoundDevice,
    },
    /// The device asked for can't be had.
    Refused {
        /// Which.
        device: SoundDevice,
        /// Why.
        error: String,
    },
    /// A notice: the device in use is at fault.
    Fault {
        /// Which.
        device: SoundDevice,
        /// The name of the `DeviceFault`.
        fault: String,
    },
    /// A notice: the device works again.
    Recovered {
        /// Which.
        device: SoundDevice,
    },
    /// How things are, ten times a second.
    Levels {
        /// What the microphone hears.
        sent_dbfs: f32,
        /// What goes to the speaker.
        heard_dbfs: f32,
        /// Packets that went from one to the other so far.
        packets: u64,
        /// Ten milliseconds that were decoded so far.
        frames: u64,
    },
    /// All is closed.
    Closed {
        /// How long that took.
        took_ms: u64,
    },
}

/// The probe as a process.
#[derive(Debug)]
pub struct SoundProbe {
    process: Process,
}

impl SoundProbe {
    /// Starts the probe `program` with these arguments at this server.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn start(program: &str, arguments: &[&str], server: &SoundServer) -> Result<Self> {
        let (variable, address) = server.environment();
        let mut command = Command::new(program);
        command.args(arguments).env(variable, address);
        Ok(Self { process: Process::start("sound probe", command)? })
    }

    /// The end of what happened so far.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.process.mark()
    }

    /// Waits for an event after a mark, and says when it came.
    ///
    /// # Errors
    /// When it doesn't come in time, or the probe ends before.
    pub fn wait_for<T>(
        &self,
        what: &str,
        from: Mark,
        within: Duration,
        mut find: impl FnMut(SoundEvent) -> Option<T>,
    ) -> Result<(T, Instant)> {
        self.process
            .wait_for_line(what, from, within, |Line { text, at }| Some((find(serde_json::from_str(text).ok()?)?, *at)))
    }

    /// Waits for that very event after a mark, and says when it came.
    ///
    /// # Errors
    /// When it doesn't come in time, or the probe ends before.
    pub fn wait_for_event(&self, event: &SoundEvent, from: Mark, within: Duration) -> Result<Instant> {
        let told = self.wait_for(&format!("{event:?}"), from, within, |told| (told == *event).then_some(()))?;
        Ok(told.1)
    }

    /// Everything that happened so far.
    #[must_use]
    pub fn events(&self) -> Vec<SoundEvent> {
        self.process.lines().iter().filter_map(|line| serde_json::from_str(&line.text).ok()).collect()
    }

    /// Waits for the probe's end.
    ///
    /// # Errors
    /// When it doesn't end in time.
    pub fn wait_for_exit(&mut self, within: Duration) -> Result<()> {
        self.process.wait_for_exit(within).map(drop)
    }

    /// What a failure shows of it.
    #[must_use]
    pub fn story(&self) -> String {
        self.process.story()
    }
}
