//! The file that lists STUN and TURN servers.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use conclave_protocol::signalling::IceServer;
use conclave_server::limits::MAX_ICE_SERVERS_BYTES;
use thiserror::Error;

/// What is wrong with the file. Says nothing of what is in it: there are passwords.
#[derive(Debug, Error)]
pub(crate) enum IceServersError {
    #[error("the list of ICE servers can't be read: {0}")]
    Read(#[from] io::Error),
    #[error("the list of ICE servers is larger than {MAX_ICE_SERVERS_BYTES} bytes")]
    TooLarge,
    #[error("the list of ICE servers is no JSON list of {{urls, username, credential}}: line {line}, column {column}")]
    Form { line: usize, column: usize },
    #[error("entry {entry} of the ICE servers: an address starts with stun:, stuns:, turn: or turns:")]
    Scheme { entry: usize },
    #[error("entry {entry} of the ICE servers: a TURN server needs a username and a credential")]
    Credential { entry: usize },
}

/// Reads and checks the list.
pub(crate) fn read(path: &Path) -> Result<Vec<IceServer>, IceServersError> {
    let mut text = String::new();
    let limit = MAX_ICE_SERVERS_BYTES as u64;
    File::open(path)?.take(limit + 1).read_to_string(&mut text)?;
    if text.len() > MAX_ICE_SERVERS_BYTES {
        return Err(IceServersError::TooLarge);
    }
    parse(&text)
}

fn parse(text: &str) -> Result<Vec<IceServer>, IceServersError> {
    let form = |error: serde_json::Error| IceServersError::Form { line: error.line(), column: error.column() };
    let servers: Vec<IceServer> = serde_json::from_str(text).map_err(form)?;
    for (server, entry) in servers.iter().zip(1..) {
        let scheme = |url: &String| url.split_once(':').map(|(scheme, _)| scheme.to_owned()).unwrap_or_default();
        let schemes: Vec<_> = server.urls.iter().map(scheme).collect();
        let is_turn = |scheme: &String| matches!(scheme.as_str(), "turn" | "turns");
        if schemes.is_empty()
            || !schemes.iter().all(|scheme| is_turn(scheme) || matches!(scheme.as_str(), "stun" | "stuns"))
        {
            return Err(IceServersError::Scheme { entry });
        }
        if schemes.iter().any(is_turn) && (server.username.is_none() || server.credential.is_none()) {
            return Err(IceServersError::Credential { entry });
        }
    }
    Ok(servers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_stun_and_turn_servers_is_read() {
        let servers = parse(
            r#"[{"urls": ["stun:stun.example.org"]},
                {"urls": ["turn:turn.example.org:3478", "turns:turn.example.org"], "username": "u", "credential": "c"}]"#,
        )
        .unwrap();
        assert_eq!(servers.len(), 2);
        assert_eq!(servers[1].credential.as_deref(), Some("c"));
        assert_eq!(parse("[]").unwrap(), []);
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        let secret = "hunter2";
        for (text, expected) in [
            (format!(r#"[{{"urls": "turn:x", "credential": "{secret}"}}]"#), "line 1"),
            (format!(r#"[{{"urls": ["http://x"], "credential": "{secret}"}}]"#), "entry 1"),
            (format!(r#"[{{"urls": [], "credential": "{secret}"}}]"#), "entry 1"),
            (format!(r#"[{{"urls": ["stun:x"]}}, {{"urls": ["turn:x"], "credential": "{secret}"}}]"#), "entry 2"),
        ] {
            let error = parse(&text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains(secret), "{error}");
        }
    }
}
