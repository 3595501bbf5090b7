//! The app's processes as the system sees them: the core, the page, and WebKit's network process.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Command;
use std::time::Duration;

use super::window::AppWindow;
use crate::rigs::error::{Result, RigError};
use crate::rigs::process::Process;
use crate::rigs::process_tree::{Member, descendants};

const PATIENCE: Duration = Duration::from_secs(10);

/// The name of the process that the core runs in.
pub const CORE: &str = "conclave";

impl AppWindow {
    /// All of the app's processes: `conclave`, `WebKitWebProces`, `WebKitNetworkPr`.
    ///
    /// # Errors
    /// When the system's list of processes can't be read.
    pub fn processes(&self) -> Result<Vec<Member>> {
        let mut own = descendants(self.driver().process().id())?;
        // The driver and its bus are not the app.
        own.retain(|process| process.name == CORE || (process.name.starts_with("WebKit") && !is_driver(&process.name)));
        Ok(own)
    }
}

impl AppWindow {
    /// Starts the app once more as the system does when a link is opened, and waits until that start has ended: it hands
    /// the link to the one that runs.
    ///
    /// # Errors
    /// When it doesn't end in time, or fails.
    pub fn start_again(&self, argument: &str) -> Result<()> {
        let core = self.processes()?.into_iter().find(|process| process.name == CORE);
        let core = core.ok_or_else(|| self.failure("starting it again", "there is no process of the core"))?;
        let read = |file: &str| std::fs::read(format!("/proc/{}/{file}", core.id));
        let environment = read("environ").map_err(RigError::io("reading the app's environment"))?;
        let variables = environment.split(|byte| *byte == 0).filter_map(|variable| {
            let at = variable.iter().position(|byte| *byte == b'=')?;
            Some((OsStr::from_bytes(&variable[..at]), OsStr::from_bytes(&variable[at + 1..])))
        });
        let program = std::fs::read_link(format!("/proc/{}/exe", core.id));
        let mut command = Command::new(program.map_err(RigError::io("finding the app's program"))?);
        command.arg(argument).env_clear().envs(variables);
        let mut process = Process::start("the second start", command)?;
        let status = process.wait_for_exit(PATIENCE)?;
        if status.success() { Ok(()) } else { Err(process.ended_instead_of("success", status)) }
    }
}

fn is_driver(name: &str) -> bool {
    name.starts_with("WebKitWebDr")
}
