//! A display in memory.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::rigs::error::{Result, RigError};
use crate::rigs::process::{Mark, Process};

const PATIENCE: Duration = Duration::from_secs(10);

/// A running Xvfb; ended when dropped.
#[derive(Debug)]
pub struct Display {
    _process: Process,
    name: String,
}

impl Display {
    /// Starts one of this size in pixels, under a free number.
    ///
    /// # Errors
    /// When Xvfb is missing or doesn't start.
    pub fn start(width: u32, height: u32) -> Result<Self> {
        let mut command = Command::new("Xvfb");
        let screen = format!("{width}x{height}x24");
        command.args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp"]);
        let process = Process::start("Xvfb", command)?;
        let number = process.wait_for_line("its number", Mark::default(), PATIENCE, |line| line.text.parse().ok());
        let number: u32 = number?;
        Ok(Self { _process: process, name: format!(":{number}") })
    }

    /// What programs know it by: `:NUMBER`.
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
