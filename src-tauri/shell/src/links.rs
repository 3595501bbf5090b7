//! Invite links from outside: opened by the system, given on the command line, pasted. Whatever is opened leads to the
//! lobby of its room or to a word on what is wrong with it, never straight into a call.

use conclave_call::keys::invitation::{self, InvitationError};
use conclave_call::protocol::ids::RoomId;
use conclave_call::protocol::invite::{InviteLink, InviteLinkError};
use serde::Serialize;
use ts_rs::TS;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum LinkOutcome {
    /// To the lobby of a room.
    Lobby {
        /// The link, as it is given to others.
        link: Link,
        /// The room, as its server knows it.
        #[ts(type = "string")]
        room: RoomId,
        /// The room server, as people read it: `HOST[:PORT]`.
        server: String,
    },
    /// Nowhere.
    Invalid {
        /// What is wrong with it.
        problem: LinkProblem,
    },
}

/// A link's text. It holds the room's key, so it doesn't show in logs.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(transparent)]
pub struct Link(pub String);

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link(…)")
    }
}

/// What is wrong with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LinkProblem {
    /// Longer than any invite link.
    TooLong,
    /// Not the address of a room server.
    NoServer,
    /// An address, and no invite link.
    NoInvitation,
    /// The room in it is damaged, or doesn't belong to its key.
    DamagedRoom,
    /// The part behind `#` is missing.
    MissingKey,
    /// The part behind `#` is damaged.
    DamagedKey,
    /// Made by a newer program.
    NewerVersion,
}

impl From<InvitationError> for LinkProblem {
    fn from(error: InvitationError) -> Self {
        match error {
            InvitationError::Link(error) => match error {
                InviteLinkError::TooLong => Self::TooLong,
                InviteLinkError::Server => Self::NoServer,
                InviteLinkError::Path => Self::NoInvitation,
                InviteLinkError::Room => Self::DamagedRoom,
                InviteLinkError::MissingKey => Self::MissingKey,
                InviteLinkError::Version => Self::NewerVersion,
                InviteLinkError::Key => Self::DamagedKey,
            },
            InvitationError::RoomMismatch => Self::DamagedRoom,
            // Only making an invitation draws.
            InvitationError::Random => Self::NoInvitation,
        }
    }
}

/// Reads a link.
///
/// # Errors
/// What is wrong with it.
pub fn read(text: &str) -> Result<InviteLink, LinkProblem> {
    invitation::parse(text).map_err(LinkProblem::from)
}

/// Where a text leads.
#[must_use]
pub fn outcome(text: &str) -> LinkOutcome {
    match read(text) {
        Ok(link) => LinkOutcome::Lobby { link: Link(link.to_text()), room: link.room, server: link.server.authority() },
        Err(problem) => LinkOutcome::Invalid { problem },
    }
}

/// Where a command line leads, its first word being the program; `None` when it has no link. Of several words the first
/// that isn't an option counts: the app takes one link.
#[must_use]
pub fn from_arguments(arguments: impl IntoIterator<Item = String>) -> Option<LinkOutcome> {
    let link = arguments.into_iter().skip(1).find(|argument| !argument.starts_with('-') && !argument.trim().is_empty());
    link.map(|link| outcome(&link))
}

#[cfg(test)]
mod tests {
    use conclave_call::keys::identity::DeviceIdentity;
    use conclave_call::protocol::invite::ServerAddress;

    use super::*;

    fn link() -> InviteLink {
        let server = ServerAddress::parse("http://127.0.0.1:7000").unwrap();
        invitation::create(server, &DeviceIdentity::generate().unwrap()).unwrap()
    }

    fn arguments(words: &[&str]) -> Option<LinkOutcome> {
        from_arguments(std::iter::once("conclave").chain(words.iter().copied()).map(str::to_owned))
    }

    #[test]
    fn a_link_leads_to_its_lobby_however_it_is_written() {
        let link = link();
        let text = link.to_text();
        let lobby = LinkOutcome::Lobby { link: Link(text.clone()), room: link.room, server: "127.0.0.1:7000".into() };
        let app = text.replacen("http://", "conclave://", 1);
        for written in [&text, &app, &format!(" {text}\n")] {
            assert_eq!(outcome(written), lobby);
            assert_eq!(arguments(&["--quiet", written]), Some(lobby.clone()));
        }
        assert!(!format!("{lobby:?}").contains("/j/"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let text = link().to_text();
        let (address, key) = text.split_once('#').unwrap();
        let problem = |text: &str| match outcome(text) {
            LinkOutcome::Invalid { problem } => problem,
            LinkOutcome::Lobby { .. } => panic!("{text} was taken for a link"),
        };
        assert_eq!(problem(&"x".repeat(10_000)), LinkProblem::TooLong);
        assert_eq!(problem("conclave://"), LinkProblem::NoServer);
        assert_eq!(problem("file:///etc/passwd"), LinkProblem::NoServer);
        assert_eq!(problem("$(touch /tmp/x)"), LinkProblem::NoServer);
        assert_eq!(problem("conclave://localhost/<img src=x onerror=alert(1)>"), LinkProblem::NoInvitation);
        assert_eq!(problem("http://localhost/j/AAAA#1.A.B"), LinkProblem::DamagedRoom);
        assert_eq!(problem(address), LinkProblem::MissingKey);
        assert_eq!(problem(&format!("{address}#2{}", &key[1..])), LinkProblem::NewerVersion);
        assert_eq!(problem(&format!("{address}#1.short.key")), LinkProblem::DamagedKey);
        let other = link().to_text();
        let swapped = format!("{address}#{}", other.split_once('#').unwrap().1);
        assert_eq!(problem(&swapped), LinkProblem::DamagedRoom);
    }

    #[test]
    fn a_command_line_without_a_link_leads_nowhere() {
        assert_eq!(arguments(&[]), None);
        assert_eq!(arguments(&["--hidden", ""]), None);
        assert_eq!(from_arguments(Vec::new()), None);
    }
}
