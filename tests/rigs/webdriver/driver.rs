//! The program that drives a page: starts what the page is in, and passes on what a person would do.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::rigs::error::{Result, RigError};
use crate::rigs::process::Process;
use crate::rigs::process_tree::{Member, descendants, kill};

const PATIENCE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(20);

/// A running WebDriver; ended, with all that it started, when dropped.
#[derive(Debug)]
pub(in crate::rigs) struct Driver {
    process: Process,
    port: u16,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let family = self.family();
        self.process.kill_group();
        kill(&family);
    }
}

impl Driver {
    /// Starts one that shall listen on a port of the loopback address; `name` is what failures call it.
    pub(in crate::rigs) fn start(name: String, command: impl FnOnce(u16) -> Command) -> Result<Self> {
        let port = free_port()?;
        let mut command = command(port);
        // What it starts is of its group, unless that makes a group of its own.
        command.process_group(0);
        let driver = Self { process: Process::start(name, command)?, port };
        driver.wait_until_listening()?;
        Ok(driver)
    }

    pub(in crate::rigs) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(in crate::rigs) fn process(&self) -> &Process {
        &self.process
    }

    /// Everything that descends from it at this moment. Nothing, where the system doesn't say.
    pub(super) fn family(&self) -> Vec<Member> {
        descendants(self.process.id()).unwrap_or_default()
    }

    fn wait_until_listening(&self) -> Result<()> {
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if start.elapsed() > PATIENCE {
                return Err(RigError::Deadline {
                    process: self.process.name().to_owned(),
                    what: "its driver to listen".to_owned(),
                    waited: PATIENCE,
                    log: self.process.story(),
                });
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }
}

/// Drivers are told theirs: not all of them can choose one and say which.
pub(in crate::rigs) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(RigError::io("finding a free port"))?;
    Ok(listener.local_addr().map_err(RigError::io("finding a free port"))?.port())
}
