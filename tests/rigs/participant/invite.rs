//! Invite links, as `conclave-headless create` makes them.

use std::process::Command;

use super::PATIENCE;
use crate::rigs::binaries::binaries;
use crate::rigs::error::Result;
use crate::rigs::process::{Mark, Process};
use crate::rigs::server::Server;

/// Has `conclave-headless create` make an invite link to a room on that server.
///
/// # Errors
/// When the program fails or prints no link.
pub fn create_link(server: &Server) -> Result<String> {
    create_link_at(server.url())
}

/// The same, on the server of that URL.
///
/// # Errors
/// When the program fails or prints no link.
pub fn create_link_at(url: &str) -> Result<String> {
    create_link_with(url, &[])
}

/// The same, with more arguments.
///
/// # Errors
/// When the program fails or prints no link.
pub fn create_link_with(url: &str, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(&binaries()?.headless);
    command.args(["create", "--server", url]).args(arguments);
    let mut process = Process::start("create", command)?;
    let link = process.wait_for_line("an invite link", Mark::default(), PATIENCE, |line| {
        line.text.starts_with("http").then(|| line.text.clone())
    })?;
    let status = process.wait_for_exit(PATIENCE)?;
    if !status.success() {
        return Err(process.ended_instead_of("success", status));
    }
    Ok(link)
}
