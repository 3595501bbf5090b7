//! The app's processes as the system sees them: the core, the page, and WebKit's network process.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Command;
use std::time::Duration;

use super::window::AppWindow;
use crate::rigs::error::{Result, RigError};
use crate::rigs::process::Process;
use crate::rigs::process_tree::{descendants, field, ticks};

const PATIENCE: Duration = Duration::from_secs(10);

/// One of the app's processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppProcess {
    /// Its id.
    pub id: u32,
    /// Its name, as the system cuts it: `conclave`, `WebKitWebProces`, `WebKitNetworkPr`.
    pub name: String,
}

/// The name of the process that the core runs in.
pub const CORE: &str = "conclave";

impl AppWindow {
    /// All of the app's processes.
    ///
    /// # Errors
    /// When the system's list of processes can't be read.
    pub fn processes(&self) -> Result<Vec<AppProcess>> {
        let family = descendants(self.driver().process().id())?;
        let mut own: Vec<_> =
            family.into_iter().map(|member| AppProcess { id: member.id, name: member.name }).collect();
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

impl AppProcess {
    /// The memory that it has to itself, and its share of what it has together with others (PSS), in bytes.
    ///
    /// # Errors
    /// When it is gone.
    pub fn proportional_set_size(&self) -> Result<u64> {
        let rollup = self.read("smaps_rollup")?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        Ok(kilobytes.ok_or_else(|| self.unreadable("smaps_rollup", &rollup))? * 1024)
    }

    /// The processor time that it has used.
    ///
    /// # Errors
    /// When it is gone.
    pub fn processor_time(&self) -> Result<Duration> {
        let stat = self.read("stat")?;
        let (user, system) = (field(&stat, 14), field(&stat, 15));
        match (user, system) {
            (Some(user), Some(system)) => Ok(ticks(user + system)),
            _ => Err(self.unreadable("stat", &stat)),
        }
    }

    /// When it was started, after the system was.
    ///
    /// # Errors
    /// When it is gone.
    pub fn started(&self) -> Result<Duration> {
        let stat = self.read("stat")?;
        field(&stat, 22).map(ticks).ok_or_else(|| self.unreadable("stat", &stat))
    }

    fn read(&self, file: &str) -> Result<String> {
        let path = format!("/proc/{}/{file}", self.id);
        std::fs::read_to_string(&path).map_err(RigError::io(format!("reading {path}")))
    }

    fn unreadable(&self, file: &str, text: &str) -> RigError {
        RigError::Unreadable {
            what: format!("/proc/{}/{file}", self.id),
            reason: "not of the form that proc(5) says".to_owned(),
            text: text.to_owned(),
        }
    }
}

fn is_driver(name: &str) -> bool {
    name.starts_with("WebKitWebDr")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory() {
        let id = std::process::id();
        let process = AppProcess { id, name: String::new() };
        assert!(process.proportional_set_size().unwrap() > 1 << 20);
        assert!(process.started().unwrap() > Duration::ZERO);
    }
}
