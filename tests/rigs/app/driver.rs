//! WebKitWebDriver: starts the app as a browser is started, and passes on what a person would do.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::rigs::error::{Result, RigError};
use crate::rigs::process::Process;

const PATIENCE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(20);

/// A running WebKitWebDriver with a session bus of its own; ended, with the app, when dropped.
#[derive(Debug)]
pub(super) struct Driver {
    process: Process,
    port: u16,
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.process.kill_group();
    }
}

impl Driver {
    /// Starts one; the app gets its environment. `configure` adds to it.
    pub(super) fn start(name: &str, configure: impl FnOnce(&mut Command)) -> Result<Self> {
        let port = free_port()?;
        // With a bus of its own the app doesn't find others of its kind, which it would show instead of itself.
        let mut command = Command::new("dbus-run-session");
        command.args(["--", "WebKitWebDriver", &format!("--port={port}")]);
        // What the bus starts of itself ends with it.
        command.process_group(0);
        configure(&mut command);
        let process = Process::start(format!("the app of {name}"), command)?;
        let driver = Self { process, port };
        driver.wait_until_listening()?;
        Ok(driver)
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn process(&self) -> &Process {
        &self.process
    }

    fn wait_until_listening(&self) -> Result<()> {
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if start.elapsed() > PATIENCE {
                return Err(RigError::Deadline {
                    process: self.process.name().to_owned(),
                    what: "WebKitWebDriver to listen".to_owned(),
                    waited: PATIENCE,
                    log: self.process.story(),
                });
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }
}

/// WebKitWebDriver can't choose one by itself.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(RigError::io("finding a free port"))?;
    Ok(listener.local_addr().map_err(RigError::io("finding a free port"))?.port())
}
