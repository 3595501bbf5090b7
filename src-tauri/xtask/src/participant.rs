//! Participants without a window, as processes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::failure::Failure;
use crate::programs::Programs;
use crate::{interrupt, process};

/// How long one may take to get into the room.
const JOIN_WITHIN: Duration = Duration::from_secs(10);
/// How long leaving may take when asked to.
const LEAVE_WITHIN: Duration = Duration::from_secs(5);

/// Who can take part with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    Network,
    /// Only others on this computer.
    ThisComputer,
}

/// How someone takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) name: String,
    /// `pattern`, `device`, `off`, …
    pub(crate) camera: &'static str,
    /// `tone`, `device`, `off`, …
    pub(crate) microphone: &'static str,
    /// `device` or `null`.
    pub(crate) speaker: &'static str,
    pub(crate) reach: Reach,
    /// How long to stay; until asked to leave when absent.
    pub(crate) stay: Option<Duration>,
    /// Where to write the figures of the call.
    pub(crate) report: Option<PathBuf>,
}

/// What a participant says of its call, a line each.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    Joined,
    Connected {
        name: Option<String>,
    },
    Reconnecting,
    Left {
        name: Option<String>,
    },
    Notice {
        notice: serde_json::Value,
    },
    #[serde(other)]
    Other,
}

/// A running `conclave-headless join`; dropping the handle kills it.
#[derive(Debug)]
pub(crate) struct Participant {
    name: String,
    child: Child,
    reader: Option<JoinHandle<()>>,
}

/// Makes a room and gives its invite link.
pub(crate) fn create_room(programs: &Programs, server: &str) -> Result<String, Failure> {
    let link = process::output(programs.headless().args(["create", "--server", server]))?;
    Ok(link.trim().to_owned())
}

impl Participant {
    /// Joins the room of `link`; `see` is called for each event on a thread of its own.
    pub(crate) fn join(
        programs: &Programs,
        link: &str,
        seat: &Seat,
        mut see: impl FnMut(Event) + Send + 'static,
    ) -> Result<Self, Failure> {
        let mut command = programs.headless();
        // The link holds the room's key: by standard input no list of processes shows it.
        command.args(["join", "-", "--name", &seat.name]);
        command.args(["--camera", seat.camera, "--microphone", seat.microphone, "--speaker", seat.speaker]);
        if seat.reach == Reach::ThisComputer {
            command.args(["--reach", "this-computer"]);
        }
        if let Some(stay) = seat.stay {
            command.arg("--for").arg(stay.as_secs_f64().to_string());
        }
        if let Some(report) = &seat.report {
            command.arg("--report").arg(report);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child =
            command.spawn().map_err(|source| Failure::NotStarted { command: process::line(&command), source })?;
        if let Some(mut input) = child.stdin.take() {
            // A program that ended at once explains itself on standard error and by its exit code.
            let _ = input.write_all(link.as_bytes());
        }
        let reader = child.stdout.take().map(|output| {
            thread::spawn(move || {
                let lines = BufReader::new(output).lines().map_while(Result::ok);
                lines.filter_map(|line| serde_json::from_str(&line).ok()).for_each(&mut see);
            })
        });
        Ok(Self { name: seat.name.clone(), child, reader })
    }

    /// Joins the room of `link` and is in it when this returns.
    pub(crate) fn join_first(programs: &Programs, link: &str, seat: &Seat) -> Result<Self, Failure> {
        let (joined, is_joined) = mpsc::sync_channel(1);
        let participant = Self::join(programs, link, seat, move |event| {
            if event == Event::Joined {
                // Told once; nobody waits for a second one.
                let _ = joined.try_send(());
            }
        })?;
        is_joined.recv_timeout(JOIN_WITHIN).map_err(|_| Failure::TooLong {
            what: format!("the join of {}", seat.name),
            seconds: JOIN_WITHIN.as_secs(),
        })?;
        Ok(participant)
    }

    /// Waits until it has left by itself, at most `limit`; Ctrl-C ends the wait and the participant.
    pub(crate) fn wait(mut self, limit: Duration) -> Result<(), Failure> {
        let deadline = Instant::now() + limit;
        let status = process::wait_unless(&mut self.child, |_| {
            if interrupt::requested() {
                return Some(Failure::Interrupted);
            }
            (Instant::now() >= deadline)
                .then(|| Failure::TooLong { what: format!("the call of {}", self.name), seconds: limit.as_secs() })
        })?;
        self.finish(status)
    }

    /// Waits until it has left, however long the call is; Ctrl-C makes it leave.
    pub(crate) fn wait_for_leave(mut self) -> Result<(), Failure> {
        let mut asked = None;
        let status = process::wait_unless(&mut self.child, |child| {
            if !interrupt::requested() {
                return None;
            }
            let asked = *asked.get_or_insert_with(|| {
                interrupt::ask_to_end(child);
                Instant::now()
            });
            (asked.elapsed() > LEAVE_WITHIN)
                .then(|| Failure::TooLong { what: "leaving the room".into(), seconds: LEAVE_WITHIN.as_secs() })
        })?;
        self.finish(status)
    }

    fn finish(&mut self, status: ExitStatus) -> Result<(), Failure> {
        if let Some(reader) = self.reader.take() {
            // It ends with the pipe; a panic in it has been shown already.
            let _ = reader.join();
        }
        if status.success() {
            Ok(())
        } else {
            Err(Failure::Command { command: format!("conclave-headless join ({})", self.name), status })
        }
    }
}

impl Drop for Participant {
    fn drop(&mut self) {
        // It has usually ended; then both do nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(line: &str) -> Event {
        serde_json::from_str(line).unwrap()
    }

    #[test]
    fn events_are_read_and_unknown_ones_passed_over() {
        assert_eq!(event(r#"{"event":"joined","participant":"AAAA","at_ms":12}"#), Event::Joined);
        assert_eq!(
            event(r#"{"event":"connected","peer":"AAAA","name":"Ada","at_ms":12}"#),
            Event::Connected { name: Some("Ada".into()) }
        );
        assert_eq!(event(r#"{"event":"ended","reason":{"type":"left"},"at_ms":12}"#), Event::Other);
    }
}
