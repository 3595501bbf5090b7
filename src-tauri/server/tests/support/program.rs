//! The server as a program.

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

use super::within;

/// Where the program is.
pub(crate) const PATH: &str = env!("CARGO_BIN_EXE_conclave-server");

/// One that said it is ready.
pub(crate) struct Program {
    pub(crate) listening: SocketAddr,
    pub(crate) url: String,
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
    logged: String,
}

/// What it left behind.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// What it said on standard output after it was ready.
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    pub(crate) async fn start(command: &mut Command) -> Self {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().expect("it starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut line = String::new();
        within(stdout.read_line(&mut line)).await.expect("a line");
        let ready: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
        let field = |name: &str| ready[name].as_str().expect("a text").to_owned();
        let listening = field("listening").parse().expect("an address");
        Self { listening, url: field("url"), child, stdout, stderr, logged: String::new() }
    }

    /// Waits for a line of its log that has this in it.
    pub(crate) async fn logs(&mut self, expected: &str) {
        let read = async {
            loop {
                let mut line = String::new();
                assert_ne!(self.stderr.read_line(&mut line).await.expect("text"), 0, "it ended: {}", self.logged);
                self.logged.push_str(&line);
                if line.contains(expected) {
                    return;
                }
            }
        };
        within(read).await;
    }

    /// Sends it a signal.
    pub(crate) async fn signal(&self, name: &str) {
        let id = self.child.id().expect("it runs").to_string();
        let status = Command::new("kill").args(["-s", name, &id]).status().await.expect("kill runs");
        assert!(status.success());
    }

    /// Waits for its end.
    pub(crate) async fn ended(mut self) -> Ended {
        let (mut stdout, mut stderr) = (String::new(), self.logged);
        let (status, read, logged) = within(async {
            tokio::join!(
                self.child.wait(),
                self.stdout.read_to_string(&mut stdout),
                self.stderr.read_to_string(&mut stderr)
            )
        })
        .await;
        read.and(logged).expect("text");
        Ended { status: status.expect("it ended"), stdout, stderr }
    }
}
