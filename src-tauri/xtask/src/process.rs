//! Running programs, and saying plainly what went wrong with one.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// How often a program that is waited for is looked at.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// How long after a program's end its output is still read.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The command as one would type it.
pub(crate) fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| {
            let word = word.to_string_lossy();
            if word.contains([' ', '#', '$', '"']) { format!("'{word}'") } else { word.into_owned() }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn not_started(command: &Command, source: std::io::Error) -> Failure {
    Failure::NotStarted { command: line(command), source }
}

fn succeeded(command: &Command, status: ExitStatus) -> Result<(), Failure> {
    if status.success() { Ok(()) } else { Err(Failure::Command { command: line(command), status }) }
}

/// Starts a program; it reads nothing from the terminal.
pub(crate) fn start(command: &mut Command) -> Result<Child, Failure> {
    command.stdin(Stdio::null());
    command.spawn().map_err(|source| not_started(command, source))
}

/// Runs a program to its end, its output going to the terminal.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let mut child = start(command)?;
    let status = child.wait().map_err(|source| not_started(command, source))?;
    succeeded(command, status)
}

/// Runs a program to its end; each line of its standard output goes to the terminal and to `see`.
pub(crate) fn run_watched(command: &mut Command, mut see: impl FnMut(&str)) -> Result<(), Failure> {
    let mut child = start(command.stdout(Stdio::piped()))?;
    let (lines, seen) = mpsc::sync_channel(64);
    if let Some(output) = child.stdout.take() {
        thread::spawn(move || pass_on(output, &lines));
    }
    let mut ended = None;
    // Something that the program left behind may hold its pipe open for ever: soon after its end nobody listens.
    while ended.is_none_or(|(_, at): (ExitStatus, Instant)| at.elapsed() < LAST_WORDS) {
        match seen.recv_timeout(POLL_INTERVAL) {
            Ok(line) => see(&line),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                let status = child.try_wait().map_err(|source| not_started(command, source))?;
                ended = ended.or(status.map(|status| (status, Instant::now())));
            }
        }
    }
    let status = child.wait().map_err(|source| not_started(command, source))?;
    succeeded(command, status)
}

/// Shows each line at once and hands it on.
fn pass_on(output: impl Read, lines: &SyncSender<String>) {
    let mut output = BufReader::new(output);
    let mut bytes = Vec::new();
    // Bytes, not lines of text: a test may print anything.
    while output.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
        let mut terminal = std::io::stdout().lock();
        // A closed terminal is no reason to leave the program's pipe full.
        let _ = terminal.write_all(&bytes).and_then(|()| terminal.flush());
        drop(terminal);
        if lines.send(String::from_utf8_lossy(&bytes).trim_end().to_owned()).is_err() {
            return;
        }
        bytes.clear();
    }
}

/// Runs a program to its end and gives what it wrote to its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| not_started(command, source))?;
    succeeded(command, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program is there and ends well; nothing is shown.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Waits for a program to end by itself; kills it when it doesn't in time.
pub(crate) fn wait_within(child: &mut Child, limit: Duration, what: &str) -> Result<ExitStatus, Failure> {
    let deadline = Instant::now() + limit;
    wait_unless(child, |_| {
        (Instant::now() >= deadline).then(|| Failure::TooLong { what: what.to_owned(), seconds: limit.as_secs() })
    })
}

/// Waits for a program to end by itself; kills it as soon as `give_up`, asked again and again, gives a reason.
pub(crate) fn wait_unless(
    child: &mut Child,
    mut give_up: impl FnMut(&mut Child) -> Option<Failure>,
) -> Result<ExitStatus, Failure> {
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Ok(status);
        }
        if let Some(failure) = give_up(child) {
            // It may have ended in between; either way it is gone afterwards.
            let _ = child.kill();
            let _ = child.wait();
            return Err(failure);
        }
        thread::sleep(POLL_INTERVAL);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn every_line_is_seen_and_a_failure_is_told() {
        let mut lines = Vec::new();
        let result = run_watched(&mut shell("echo one; echo two; exit 3"), |line| lines.push(line.to_owned()));
        assert_eq!(lines, ["one", "two"]);
        assert!(matches!(result, Err(Failure::Command { status, .. }) if status.code() == Some(3)));
    }

    #[test]
    fn a_program_left_behind_does_not_keep_us() {
        let started = Instant::now();
        let mut lines = Vec::new();
        run_watched(&mut shell("echo one; sleep 20 & exit 0"), |line| lines.push(line.to_owned())).unwrap();
        assert_eq!(lines, ["one"]);
        assert!(started.elapsed() < Duration::from_secs(15));
    }

    #[test]
    fn a_program_that_does_not_end_is_killed() {
        let mut child = start(&mut shell("sleep 20")).unwrap();
        assert!(matches!(wait_within(&mut child, Duration::from_millis(50), "sleep"), Err(Failure::TooLong { .. })));
        assert!(child.try_wait().unwrap().is_some());
    }
}
