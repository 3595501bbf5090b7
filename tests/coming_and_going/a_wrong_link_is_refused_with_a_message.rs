//! A link that leads nowhere is told so in plain words, at once, with a failing exit code and without its secret.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use conclave_protocol::bytes::encode;
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::{Result, RigError};

/// What the program may take to give up on a link that can't be right.
const AT_ONCE: Duration = Duration::from_secs(5);
/// And on a server that isn't there, which it tries more than once.
const PATIENCE: Duration = Duration::from_secs(40);

#[test]
fn a_damaged_link_is_refused_with_a_message() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let (address, key) = link.split_once('#').expect("a link with a key");
    let other = create_link(&server)?;
    let (_, other_key) = other.split_once('#').expect("a link with a key");
    let secret = key.split('.').nth(1).expect("S");
    let damaged = [
        ("not a link", "hello".to_owned()),
        ("the key left out", address.to_owned()),
        ("an empty key", format!("{address}#")),
        ("a key cut short", format!("{address}#{}", &key[..key.len() - 3])),
        ("a key of another room", format!("{address}#{other_key}")),
        ("a newer version", format!("{address}#9{}", &key[1..])),
        ("another scheme", link.replacen("http://", "ftp://", 1)),
        ("no room", format!("{}/#{key}", server.url())),
        ("a query", format!("{address}?x=1#{key}")),
        ("endless", format!("{link}{}", "A".repeat(10_000))),
    ];
    for (what, link) in damaged {
        let mut participant = ParticipantBuilder::new(&link, "Ada").start()?;
        let finished = participant.wait_for_end(AT_ONCE)?;
        assert!(!finished.status.success(), "{what}: {}", finished.story);
        let message = finished.log.lines().last().unwrap_or_default();
        eprintln!("{what}: {message}");
        assert!(message.contains(' ') && !message.contains("panicked"), "{what}: {}", finished.story);
        assert!(!finished.story.contains(secret), "{what}: the secret was shown");
    }
    Ok(())
}

#[test]
fn a_server_that_is_not_there_is_told() -> Result<()> {
    // A port that was free a moment ago.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(RigError::io("finding a free port"))?;
    let address = listener.local_addr().map_err(RigError::io("finding a free port"))?;
    drop(listener);
    let server = Server::start()?;
    let link = create_link(&server)?.replacen(&server.address().to_string(), &address.to_string(), 1);
    let mut participant = ParticipantBuilder::new(&link, "Ada").start()?;
    let finished = participant.wait_for_end(PATIENCE)?;
    assert!(!finished.status.success(), "{}", finished.story);
    assert!(finished.log.contains("can't be reached"), "{}", finished.story);
    Ok(())
}

#[test]
fn a_link_has_its_final_form() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let rest = link.strip_prefix(&format!("{}/j/", server.url())).expect("the server's address");
    let (room, key) = rest.split_once('#').expect("a key");
    let parts: Vec<&str> = key.split('.').collect();
    let [version, secret, host] = parts[..] else { panic!("three parts: {parts:?}") };
    assert_eq!(version, "1");
    for part in [room, secret, host] {
        assert_eq!(part.len(), encode(&[0; 16]).len(), "16 bytes in base64url");
        assert!(part.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)));
    }
    assert_ne!(create_link(&server)?, link, "every room has a secret of its own");
    Ok(())
}
