//! A certificate in files: what is wrong with them is said at once, and what they become is used.

use conclave_server::tls::{Certificate, CertificateFiles, FileError, TlsError};
use conclave_server::{BindError, Server, ServerConfig};
#[cfg(unix)]
use tokio::process::Command;

#[cfg(unix)]
use crate::support::program::{PATH, Program};
use crate::support::server::{ask, loopback, started};
use crate::support::tls::{Pair, loopback_with};
use crate::support::within;

async fn fault(files: CertificateFiles) -> FileError {
    let config = ServerConfig { certificate: Some(Certificate::Files(files)), ..loopback() };
    match Server::bind(config).await.map(|_| ()) {
        Err(BindError::Tls(TlsError::Files(error))) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_key_of_another_certificate_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let files = Pair::new().write(folder.path());
    std::fs::write(&files.key, Pair::new().key).unwrap();
    let error = fault(files).await;
    assert!(matches!(error, FileError::Mismatch { .. }), "{error}");
}

#[tokio::test]
async fn files_that_hold_something_else_are_refused_by_name() {
    let pair = Pair::new();
    let damaged = pair.certificate.replacen("MII", "M!I", 1);
    let nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned();
    for (certificate, key, at_fault) in [
        (pair.key.clone(), pair.key.clone(), "certificate.pem"),
        (String::new(), pair.key.clone(), "certificate.pem"),
        (damaged, pair.key.clone(), "certificate.pem"),
        (nonsense, pair.key.clone(), "certificate.pem"),
        ("x".repeat(2 * 1024 * 1024), pair.key.clone(), "certificate.pem"),
        (pair.certificate.clone(), pair.certificate.clone(), "key.pem"),
        (pair.certificate.clone(), String::new(), "key.pem"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let files = pair.write(folder.path());
        std::fs::write(&files.certificate, certificate).unwrap();
        std::fs::write(&files.key, key).unwrap();
        let said = fault(files).await.to_string();
        assert!(said.contains(at_fault) && said.lines().count() == 1, "{said}");
    }
}

#[tokio::test]
async fn a_new_certificate_is_shown_without_a_restart() {
    let (first, second) = (Pair::new(), Pair::new());
    let (config, folder) = loopback_with(&first);
    let server = started(config).await;
    let stays = first.connect(server.listening()).await.unwrap();
    assert!(second.connect(server.listening()).await.is_err(), "it isn't shown yet");
    // The key is replaced before the certificate, as it can't be otherwise.
    second.write(folder.path());
    within(async { while second.connect(server.listening()).await.is_err() {} }).await;
    assert!(first.connect(server.listening()).await.is_err(), "it isn't shown any more");
    assert_eq!(ask(stays, "localhost", "/healthz", "").await.status, 200);
}

#[cfg(unix)]
#[tokio::test]
async fn the_program_takes_them_and_says_that_it_is_reached_by_tls() {
    let folder = tempfile::tempdir().unwrap();
    let pair = Pair::new();
    let files = pair.write(folder.path());
    let mut command = Command::new(PATH);
    command.args(["--listen", "127.0.0.1:0", "--tls-cert"]).arg(&files.certificate).arg("--tls-key").arg(&files.key);
    let program = Program::start(&mut command).await;
    assert_eq!(program.url, format!("https://{}", program.listening));
    assert_eq!(pair.get(program.listening, "/healthz").await.status, 200);
}

#[cfg(unix)]
#[tokio::test]
async fn the_program_refuses_half_a_pair_and_names_a_file_that_is_not_there() {
    let both = ["--tls-cert", "/nonexistent/certificate.pem", "--tls-key", "/nonexistent/key.pem"];
    for (arguments, expected) in [
        (&both[..2], "--tls-key"),
        (&both[2..], "--tls-cert"),
        (&both[..], "/nonexistent/certificate.pem can't be read"),
    ] {
        let output = within(Command::new(PATH).args(arguments).kill_on_drop(true).output()).await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && output.stdout.is_empty());
        assert!(said.contains(expected), "{said}");
    }
}
