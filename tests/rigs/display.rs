//! A display in memory, with nothing on it and nobody who manages windows.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::error::{Result, RigError};
use super::process::{Mark, Process};

/// How long Xvfb may take to be there.
const PATIENCE: Duration = Duration::from_secs(10);

/// A private X server; killed when dropped.
#[derive(Debug)]
pub struct Display {
    _process: Process,
    name: String,
}

impl Display {
    /// Starts one with a free number and one monitor of this size.
    ///
    /// # Errors
    /// When Xvfb is missing or doesn't start.
    pub fn start(width: u16, height: u16) -> Result<Self> {
        let mut command = Command::new("Xvfb");
        let size = format!("{width}x{height}x24");
        command.args(["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp", "-noreset"]);
        let process = Process::start("Xvfb", command)?;
        let number = process
            .wait_for_line("its number", Mark::default(), PATIENCE, |line| line.text.trim().parse::<u32>().ok())?;
        Ok(Self { _process: process, name: format!(":{number}") })
    }

    /// What `DISPLAY` is to be for programs that shall use it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes a picture of all that is shown, as PNG.
    ///
    /// # Errors
    /// When scrot is missing or fails.
    pub fn photograph(&self, picture: &Path) -> Result<()> {
        if let Some(folder) = picture.parent() {
            std::fs::create_dir_all(folder).map_err(RigError::io("making a folder for pictures"))?;
        }
        let status = Command::new("scrot")
            .args(["--silent", "--overwrite"])
            .arg(picture)
            .env("DISPLAY", &self.name)
            .status()
            .map_err(RigError::io("running scrot"))?;
        if status.success() { Ok(()) } else { Err(RigError::Missing { what: "a picture", path: picture.to_owned() }) }
    }
}

impl From<x11rb::errors::ReplyOrIdError> for RigError {
    fn from(error: x11rb::errors::ReplyOrIdError) -> Self {
        Self::Unreadable { what: "a display".into(), reason: error.to_string(), text: String::new() }
    }
}

impl From<x11rb::errors::ReplyError> for RigError {
    fn from(error: x11rb::errors::ReplyError) -> Self {
        x11rb::errors::ReplyOrIdError::from(error).into()
    }
}

impl From<x11rb::errors::ConnectionError> for RigError {
    fn from(error: x11rb::errors::ConnectionError) -> Self {
        x11rb::errors::ReplyOrIdError::from(error).into()
    }
}
