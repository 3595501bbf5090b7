//! A room server on this computer, for as long as its handle lives.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde::Deserialize;

use crate::failure::Failure;
use crate::programs::Programs;
use crate::{interrupt, process};

/// How long the server may take to say that it listens.
const READY_WITHIN: Duration = Duration::from_secs(10);
/// How long it may take to end when asked to.
const END_WITHIN: Duration = Duration::from_secs(5);

/// A running `conclave-server`; dropping the handle ends it.
#[derive(Debug)]
pub(crate) struct RoomServer {
    child: Child,
    url: String,
}

/// The line that the server prints when it is ready.
#[derive(Debug, Deserialize)]
struct Ready {
    url: String,
}

impl RoomServer {
    /// Starts a server on a free port of this computer's loopback address.
    pub(crate) fn start(programs: &Programs) -> Result<Self, Failure> {
        let mut command = programs.server();
        command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let mut child = process::start(&mut command)?;
        let (first_line, ready) = mpsc::sync_channel(1);
        if let Some(output) = child.stdout.take() {
            // Read to its end, so that whatever else the server prints never fills the pipe.
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    // Only the first line is waited for.
                    let _ = first_line.try_send(line);
                }
            });
        }
        let mut server = Self { child, url: String::new() };
        let line = ready.recv_timeout(READY_WITHIN).map_err(|_| Failure::TooLong {
            what: "starting conclave-server".into(),
            seconds: READY_WITHIN.as_secs(),
        })?;
        let ready: Ready = serde_json::from_str(&line)
            .map_err(|error| Failure::UnexpectedOutput { from: "conclave-server".into(), detail: error.to_string() })?;
        server.url = ready.url;
        Ok(server)
    }

    /// Where it is, as `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for RoomServer {
    fn drop(&mut self) {
        interrupt::ask_to_end(&mut self.child);
        // One that doesn't end is killed by the wait itself.
        let _ = process::wait_within(&mut self.child, END_WITHIN, "ending conclave-server");
    }
}
