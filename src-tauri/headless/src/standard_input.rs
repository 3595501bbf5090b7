//! Standard input, line by line: first what the arguments leave to it, then commands.

use std::io::{BufRead, IsTerminal as _, Read as _};

use conclave_call::keys::invitation::{self, InvitationError};
use conclave_call::keys::password::{Password, PasswordError};
use conclave_call::protocol::invite::InviteLink;
use thiserror::Error;
use tokio::sync::mpsc;

/// More bytes than a link or a command has.
const MAX_LINE: u64 = 4096;
/// How many lines may wait to be done; the writer waits beyond that.
const QUEUE: usize = 16;

/// Why a line could not be had.
#[derive(Debug, Error)]
pub(crate) enum InputError {
    #[error("standard input ended before the {0}")]
    Ended(&'static str),
    #[error("standard input: {0}")]
    Failed(#[from] std::io::Error),
    #[error("a line of standard input is longer than 4096 bytes, or no text")]
    NoLine,
}

/// The next line of standard input, which is to be the link or the password.
fn read_line(what: &'static str) -> Result<String, InputError> {
    next_line(&mut std::io::stdin().lock())?.ok_or(InputError::Ended(what))
}

/// The link that an argument says, or leaves to standard input.
pub(crate) fn link(argument: &str) -> Result<Result<InviteLink, InvitationError>, InputError> {
    match argument {
        "-" => Ok(invitation::parse(&read_line("link")?)),
        link => Ok(invitation::parse(link)),
    }
}

/// The password that an argument says, or leaves to standard input.
pub(crate) fn password(argument: Option<&str>) -> Result<Result<Option<Password>, PasswordError>, InputError> {
    let text = match argument {
        None => return Ok(Ok(None)),
        Some("-") => read_line("password")?,
        Some(text) => text.to_owned(),
    };
    Ok(Password::new(&text).map(Some))
}

/// All lines from now on, until there are no more.
pub(crate) fn lines() -> mpsc::Receiver<Result<String, InputError>> {
    let (lines, reader) = mpsc::channel(QUEUE);
    if is_ours() {
        // A thread of its own, never joined: nothing ends a read of standard input but its end.
        std::thread::spawn(move || {
            loop {
                let line = match next_line(&mut std::io::stdin().lock()) {
                    Ok(None) => return,
                    Ok(Some(line)) => Ok(line),
                    Err(error) => Err(error),
                };
                let is_last = matches!(line, Err(InputError::Failed(_)));
                if lines.blocking_send(line).is_err() || is_last {
                    return;
                }
            }
        });
    }
    reader
}

/// A program in the background that reads from a terminal is stopped by the system.
fn is_ours() -> bool {
    let input = std::io::stdin();
    #[cfg(unix)]
    if input.is_terminal() {
        return nix::unistd::tcgetpgrp(&input).is_ok_and(|foreground| foreground == nix::unistd::getpgrp());
    }
    let _ = input;
    true
}

/// `None` at the end. A line that is too long is read to its end all the same.
fn next_line(input: &mut impl BufRead) -> Result<Option<String>, InputError> {
    let mut line = Vec::new();
    if input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let mut is_whole = line.ends_with(b"\n") || (line.len() as u64) < MAX_LINE;
    if !is_whole {
        loop {
            line.clear();
            let read = input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?;
            if read == 0 || line.ends_with(b"\n") {
                break;
            }
        }
        is_whole = false;
        line.clear();
    }
    let text = String::from_utf8(line).ok().filter(|_| is_whole).ok_or(InputError::NoLine)?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_one_by_one_and_what_is_too_long_spoils_only_itself() {
        let long = "x".repeat(3 * MAX_LINE as usize);
        let text = format!("link\r\n{long}\n{{}}\nlast");
        let mut input = text.as_bytes();
        assert_eq!(next_line(&mut input).unwrap().as_deref(), Some("link"));
        assert!(matches!(next_line(&mut input), Err(InputError::NoLine)));
        assert_eq!(next_line(&mut input).unwrap().as_deref(), Some("{}"));
        assert_eq!(next_line(&mut input).unwrap().as_deref(), Some("last"));
        assert!(next_line(&mut input).unwrap().is_none());
        assert!(matches!(next_line(&mut b"\xff\n".as_slice()), Err(InputError::NoLine)));
    }
}
