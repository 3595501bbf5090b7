//! A room full of people, for the cost of their packets.

use std::process::Command;
use std::time::Duration;

use super::binaries::binaries;
use super::error::Result;
use super::process::{Mark, Process};
use super::process_tree::Member;

/// How long all of them may take to join.
const PATIENCE: Duration = Duration::from_secs(30);

/// People of one process who show the same camera, encoded once; killed when this is dropped. As many participants of
/// their own would each encode, which in a real call other computers do.
#[derive(Debug)]
pub struct Crowd {
    process: Process,
}

impl Crowd {
    /// Has so many join, who are called "Person 1" and so on.
    ///
    /// # Errors
    /// When they don't all come to show the camera.
    pub fn start(link: &str, people: usize, camera: &str) -> Result<Self> {
        let mut command = Command::new(&binaries()?.headless);
        command.args(["crowd", link, "--people", &people.to_string(), "--camera", camera]);
        command.args(["--reach", "this-computer"]);
        let process = Process::start("crowd", command)?;
        let mut joined = 0;
        process.wait_for_line("everybody of the crowd", Mark::default(), PATIENCE, |line| {
            joined += usize::from(line.text.contains("\"joined\""));
            (joined == people).then_some(())
        })?;
        Ok(Self { process })
    }
    /// How many encoders of cameras run in it just now: each has a thread.
    ///
    /// # Errors
    /// When it is gone.
    pub fn encoders(&self) -> Result<usize> {
        let threads = Member::of(self.process.id())?.threads()?;
        Ok(threads.iter().filter(|name| name.starts_with("encode-")).count())
    }
}
