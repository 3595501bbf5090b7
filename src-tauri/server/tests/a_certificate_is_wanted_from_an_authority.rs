//! A certificate by ACME: what has to be said for it, and that a server without one goes on asking.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tokio::process::Command;

use crate::support::program::{PATH, Program};
use crate::support::tls::Pair;
use crate::support::within;

#[tokio::test]
async fn what_is_missing_or_makes_no_sense_is_named() {
    let cache = ["--acme-cache", "/nonexistent/cache"];
    for (arguments, expected) in [
        (["--acme", "rooms.example.org"].as_slice(), "--acme-cache"),
        (&cache, "--acme"),
        (&["--acme-contact", "mailto:me@example.org"], "--acme"),
        (&["--acme-directory", "https://localhost/dir"], "--acme"),
        (&["--acme", "*.example.org", cache[0], cache[1]], "rooms.example.org"),
        (&["--acme", "192.0.2.1", cache[0], cache[1]], "rooms.example.org"),
        (&["--acme", "a.example.org", cache[0], cache[1], "--acme-contact", "me@example.org"], "mailto:"),
        (&["--acme", "a.example.org", cache[0], cache[1], "--acme-directory", "http://localhost/"], "https://"),
        (&["--acme", "a.example.org", cache[0], cache[1], "--tls-cert", "a", "--tls-key", "b"], "cannot be used with"),
        (&["--acme", "a.example.org", cache[0], "/dev/null/cache"], "/dev/null/cache"),
    ] {
        let output = within(Command::new(PATH).args(arguments).kill_on_drop(true).output()).await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

#[tokio::test]
async fn an_authority_that_is_not_there_is_asked_again_while_the_server_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("acme");
    let mut command = Command::new(PATH);
    command.args(["--listen", "127.0.0.1:0", "--acme", "rooms.example.org", "--acme", "other.example.org"]);
    command.args(["--acme-directory", "https://127.0.0.1:1/directory", "--acme-cache"]).arg(&cache);
    let mut program = Program::start(&mut command).await;
    assert_eq!(program.url, format!("https://rooms.example.org:{}", program.listening.port()));
    for _ in 0..2 {
        program.logs("the certificate is asked for again later").await;
    }
    assert!(Pair::new().connect(program.listening).await.is_err(), "there is no certificate to show");
    assert_eq!(mode(&cache), 0o700);
    let kept: Vec<_> = std::fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(kept.len(), 1, "the account's key: {kept:?}");
    assert_eq!(mode(&kept[0]), 0o600);

    program.signal("TERM").await;
    assert_eq!(program.ended().await.status.code(), Some(0));
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
