//! A program under test: its lines on stdout awaited with deadlines, its log kept for whoever reads a failure, itself
//! killed when dropped.

use std::fs::File;
use std::io::{BufRead, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::error::{Result, RigError};

/// How much of a log a failure shows, in bytes.
const LOG_TAIL: usize = 16 * 1024;

/// One line that a program printed.
#[derive(Debug, Clone)]
pub struct Line {
    /// When it was read.
    pub at: Instant,
    /// Without its end.
    pub text: String,
}

/// A place in a program's output: what was printed before it is past.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mark(usize);

/// A signal that ends a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGKILL: no time to say anything.
    Kill,
    /// SIGTERM: asked to stop.
    Terminate,
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGSTOP: frozen, sockets open.
    Stop,
    /// SIGCONT: goes on.
    Continue,
}

/// A running program.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    output: Arc<Output>,
    directory: TempDir,
    started: Instant,
}

#[derive(Debug, Default)]
struct Output {
    state: Mutex<OutputState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct OutputState {
    lines: Vec<Line>,
    ended: bool,
}

impl Output {
    fn lock(&self) -> MutexGuard<'_, OutputState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Process {
    /// Starts a program; `name` is what failures call it.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn start(name: impl Into<String>, command: Command) -> Result<Self> {
        Self::spawn(name.into(), command, Stdio::null())
    }

    /// Starts a program that reads its standard input.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn start_with_input(name: impl Into<String>, command: Command) -> Result<Self> {
        Self::spawn(name.into(), command, Stdio::piped())
    }

    /// Writes a line to its standard input.
    ///
    /// # Errors
    /// When it reads none, or is gone.
    pub fn write_line(&mut self, line: &str) -> Result<()> {
        let failed = RigError::io(format!("writing to {}", self.name));
        let Some(input) = &mut self.input else { return Err(failed(std::io::ErrorKind::NotConnected.into())) };
        writeln!(input, "{line}").and_then(|()| input.flush()).map_err(failed)
    }

    fn spawn(name: String, mut command: Command, input: Stdio) -> Result<Self> {
        let directory = TempDir::with_prefix("conclave-process-").map_err(RigError::io("making a process's folder"))?;
        let log = File::create(directory.path().join("log")).map_err(RigError::io("making a log"))?;
        let mut child = command
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(RigError::io(format!("starting {name}")))?;
        let output = Arc::new(Output::default());
        if let Some(stdout) = child.stdout.take() {
            let output = Arc::clone(&output);
            // Ends by itself with the program's output.
            std::thread::spawn(move || {
                for text in BufReader::new(stdout).lines().map_while(std::result::Result::ok) {
                    output.lock().lines.push(Line { at: Instant::now(), text });
                    output.changed.notify_all();
                }
                output.lock().ended = true;
                output.changed.notify_all();
            });
        }
        Ok(Self { name, input: child.stdin.take(), child, output, directory, started: Instant::now() })
    }

    /// What failures call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it was started.
    #[must_use]
    pub fn started(&self) -> Instant {
        self.started
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The end of what it printed so far.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark(self.output.lock().lines.len())
    }

    /// What it printed so far.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        self.output.lock().lines.clone()
    }

    /// Waits for the first line after `from` that `find` accepts.
    ///
    /// # Errors
    /// [`RigError::Deadline`] when none comes in time, [`RigError::Ended`] when none can come any more.
    pub fn wait_for_line<T>(
        &self,
        what: &str,
        from: Mark,
        within: Duration,
        mut find: impl FnMut(&Line) -> Option<T>,
    ) -> Result<T> {
        let deadline = Instant::now() + within;
        let mut next = from.0;
        let mut state = self.output.lock();
        loop {
            while let Some(line) = state.lines.get(next) {
                if let Some(found) = find(line) {
                    return Ok(found);
                }
                next += 1;
            }
            let ended = state.ended;
            let left = deadline.saturating_duration_since(Instant::now());
            if ended || left.is_zero() {
                drop(state);
                return Err(if ended {
                    self.ended_instead_of(what, "the end of its output")
                } else {
                    self.late_for(what, within)
                });
            }
            state = self.output.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits for the program to end by itself.
    ///
    /// # Errors
    /// [`RigError::Deadline`] when it doesn't in time.
    pub fn wait_for_exit(&mut self, within: Duration) -> Result<ExitStatus> {
        let deadline = Instant::now() + within;
        let mut state = self.output.lock();
        while !state.ended {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                drop(state);
                return Err(self.late_for("its end", within));
            }
            state = self.output.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(state);
        // Its output has ended, which a program does on its way out; the rest is at most tearing down its memory.
        self.child.wait().map_err(RigError::io(format!("waiting for {}", self.name)))
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let number = match signal {
            Signal::Kill => libc::SIGKILL,
            Signal::Terminate => libc::SIGTERM,
            Signal::Interrupt => libc::SIGINT,
            Signal::Stop => libc::SIGSTOP,
            Signal::Continue => libc::SIGCONT,
        };
        let id = self.pid();
        // SAFETY: kill takes no pointers; the child is ours and not waited for yet, so its id is not another's.
        if unsafe { libc::kill(id, number) } != 0 {
            return Err(RigError::io(format!("signalling {}", self.name))(std::io::Error::last_os_error()));
        }
        Ok(())
    }

    /// Kills it and all that it started, if it was made to lead a group of its own.
    pub fn kill_group(&self) {
        // SAFETY: kill takes no pointers. A group keeps its leader's number as long as anyone is in it.
        // Nothing is left to be done about a failure here: it means that the group is empty.
        let _ = unsafe { libc::kill(-self.pid(), libc::SIGKILL) };
    }

    fn pid(&self) -> libc::pid_t {
        libc::pid_t::try_from(self.child.id()).unwrap_or(libc::pid_t::MAX)
    }

    /// A folder that lives as long as this handle.
    #[must_use]
    pub fn directory(&self) -> PathBuf {
        self.directory.path().to_path_buf()
    }

    /// All that it logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read(self.directory.path().join("log"))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// What a failure shows of it: its output and the end of its log.
    #[must_use]
    pub fn story(&self) -> String {
        let log = self.log();
        let mut start = log.len().saturating_sub(LOG_TAIL);
        while !log.is_char_boundary(start) {
            start += 1;
        }
        let printed: Vec<String> = self
            .lines()
            .iter()
            .map(|line| {
                let at = line.at.duration_since(self.started);
                format!("{:>8.3} {}", at.as_secs_f64(), line.text)
            })
            .collect();
        format!(
            "--- {} printed:\n{}\n--- {} logged:\n{}",
            self.name,
            printed.join("\n"),
            self.name,
            log.get(start..).unwrap_or_default()
        )
    }

    /// The failure of having ended when it should not have.
    #[must_use]
    pub fn ended_instead_of(&self, what: &str, status: impl std::fmt::Display) -> RigError {
        RigError::Ended {
            process: self.name.clone(),
            status: status.to_string(),
            what: what.to_owned(),
            log: self.story(),
        }
    }

    fn late_for(&self, what: &str, waited: Duration) -> RigError {
        RigError::Deadline { process: self.name.clone(), what: what.to_owned(), waited, log: self.story() }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing is left to be done about a failure here: it means that the program is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
