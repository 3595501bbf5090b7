//! A display in memory, for a window where nobody could see one.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::failure::Failure;
use crate::{interrupt, process};

const READY_WITHIN: Duration = Duration::from_secs(10);
const END_WITHIN: Duration = Duration::from_secs(5);

/// Whether a window can be seen here. Elsewhere than on Linux that is taken for granted.
pub(crate) fn is_there() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// A running Xvfb; dropping the handle ends it.
#[derive(Debug)]
pub(crate) struct Display {
    child: Child,
    name: String,
}

impl Display {
    /// Starts one with a free number.
    pub(crate) fn start() -> Result<Self, Failure> {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]);
        let mut child = process::start(command.stdout(Stdio::piped()).stderr(Stdio::null()))?;
        let (line, number) = mpsc::sync_channel(1);
        if let Some(output) = child.stdout.take() {
            thread::spawn(move || {
                let mut text = String::new();
                if BufReader::new(output).read_line(&mut text).is_ok() {
                    // Whoever waited has given up, if nobody takes it.
                    let _ = line.send(text);
                }
            });
        }
        let mut display = Self { child, name: String::new() };
        let number = number
            .recv_timeout(READY_WITHIN)
            .map_err(|_| Failure::TooLong { what: "starting Xvfb".into(), seconds: READY_WITHIN.as_secs() })?;
        let number: u32 = number.trim().parse().map_err(|_| Failure::UnexpectedOutput {
            from: "Xvfb".into(),
            detail: format!("{number:?} is no display's number"),
        })?;
        display.name = format!(":{number}");
        Ok(display)
    }

    /// Has a program show its windows here.
    pub(crate) fn show<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("DISPLAY", &self.name).env_remove("WAYLAND_DISPLAY").env("GDK_BACKEND", "x11")
    }

    /// Takes a picture of all that is shown.
    pub(crate) fn photograph(&self, picture: &Path) -> Result<(), Failure> {
        process::run(self.show(Command::new("scrot").args(["--silent", "--overwrite"]).arg(picture)))
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        interrupt::ask_to_end(&mut self.child);
        // One that doesn't end is killed by the wait itself.
        let _ = process::wait_within(&mut self.child, END_WITHIN, "ending Xvfb");
    }
}
