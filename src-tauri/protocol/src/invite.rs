//! The invite link, `http(s)://HOST[:PORT]/j/R#1.S.H` or the same with `conclave://` for the installed app.
//!
//! This module knows the link's form only; that R belongs to S is checked by `conclave-keys`.

use std::fmt;

use thiserror::Error;
use url::Url;

use crate::bytes::{decode_exact, encode};
use crate::ids::{HostKeyHash, RoomAddress, RoomId};

/// The longest link that is read, in bytes.
pub const MAX_LINK_LENGTH: usize = 512;

/// The link version this program writes and reads.
pub const LINK_VERSION: &str = "1";

/// S of the link: 16 random bytes that no server ever receives. Never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct InviteSecret(pub [u8; 16]);

impl fmt::Debug for InviteSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InviteSecret(…)")
    }
}

/// Where the room server is: scheme, host and port of an `http` or `https` address, nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress(Url);

/// An address that a room server can't have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a room server's address looks like https://HOST or http://HOST:PORT")]
pub struct InvalidServerAddress;

impl ServerAddress {
    /// From `http(s)://HOST[:PORT]`, with nothing but an optional `/` behind it.
    ///
    /// # Errors
    /// [`InvalidServerAddress`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InvalidServerAddress> {
        let url = Url::parse(text).map_err(|_| InvalidServerAddress)?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidServerAddress);
        }
        Self::from_url(&url)
    }

    fn from_url(url: &Url) -> Result<Self, InvalidServerAddress> {
        let plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        if !plain || url.host().is_none() {
            return Err(InvalidServerAddress);
        }
        let mut origin = url.clone();
        origin.set_path("/");
        origin.set_query(None);
        origin.set_fragment(None);
        Ok(Self(origin))
    }

    /// The address of the signalling WebSocket: `ws(s)://HOST[:PORT]/signal`.
    #[must_use]
    pub fn signalling_url(&self) -> String {
        let scheme = if self.0.scheme() == "https" { "wss" } else { "ws" };
        format!("{scheme}://{}/signal", self.authority())
    }

    /// Whether the server is on this computer, by a loopback address or the name `localhost`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
            None => false,
        }
    }

    /// `HOST[:PORT]`, without the scheme's usual port.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

impl fmt::Display for ServerAddress {
    /// `http(s)://HOST[:PORT]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.0.scheme(), self.authority())
    }
}

/// What is wrong with a text that should be an invite link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InviteLinkError {
    /// Longer than [`MAX_LINK_LENGTH`].
    #[error("the link is longer than any invite link")]
    TooLong,
    /// Not an `http`, `https` or `conclave` address with a host and no user name.
    #[error("this is not the address of a room server")]
    Server,
    /// The path is not `/j/R`, or there is a query.
    #[error("this address is not an invite link")]
    Path,
    /// R is not base64url of 16 bytes.
    #[error("the room in the link is damaged")]
    Room,
    /// Nothing behind `#`: copied without the key.
    #[error("the link's key is missing: copy the whole link, with all that follows #")]
    MissingKey,
    /// A version that this program doesn't know.
    #[error("the link was made by a newer version of the app")]
    Version,
    /// S or H is not base64url of 16 bytes, or there are further parts.
    #[error("the link's key is damaged: copy the whole link again")]
    Key,
}

/// An invite link of the right form. Its text contains the room's secret: [`InviteLink::to_text`] gives it, `Debug`
/// does not, and there is no `Display` that could end in a log by accident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteLink {
    /// The room's server.
    pub server: ServerAddress,
    /// R.
    pub room: RoomId,
    /// S.
    pub secret: InviteSecret,
    /// H.
    pub host: HostKeyHash,
}

impl InviteLink {
    /// Reads a link; leading and trailing white space is ignored, as people paste it along.
    ///
    /// # Errors
    /// An [`InviteLinkError`] that names the first fault.
    pub fn parse(text: &str) -> Result<Self, InviteLinkError> {
        let text = text.trim();
        if text.len() > MAX_LINK_LENGTH {
            return Err(InviteLinkError::TooLong);
        }
        // The installed app's scheme names the same server; `url` treats unknown schemes' hosts as opaque.
        let text = match text.strip_prefix("conclave://") {
            Some(rest) => format!("{}://{rest}", Self::scheme_for_app_link(rest)),
            None => text.to_owned(),
        };
        let url = Url::parse(&text).map_err(|_| InviteLinkError::Server)?;
        let server = ServerAddress::from_url(&url).map_err(|_| InviteLinkError::Server)?;
        let room = url.path().strip_prefix("/j/").ok_or(InviteLinkError::Path)?;
        if url.query().is_some() || room.contains('/') {
            return Err(InviteLinkError::Path);
        }
        let room = room.parse().map_err(|_| InviteLinkError::Room)?;
        let key = url.fragment().filter(|key| !key.is_empty()).ok_or(InviteLinkError::MissingKey)?;
        let mut parts = key.split('.');
        if parts.next() != Some(LINK_VERSION) {
            return Err(InviteLinkError::Version);
        }
        let (Some(secret), Some(host), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err(InviteLinkError::Key);
        };
        let secret = InviteSecret(decode_exact(secret).map_err(|_| InviteLinkError::Key)?);
        let host = host.parse().map_err(|_| InviteLinkError::Key)?;
        let link = Self { server, room, secret, host };
        if link.is_written_as(&text) { Ok(link) } else { Err(InviteLinkError::Path) }
    }

    /// What the room's server is asked for.
    #[must_use]
    pub fn address(&self) -> RoomAddress {
        RoomAddress { room: self.room, host: self.host }
    }

    /// Whether the text is the link's own but for the way the host is written: `url` also takes `\` for `/`, leaves
    /// out line breaks and resolves `..`.
    fn is_written_as(&self, text: &str) -> bool {
        let host = text.strip_suffix(&self.room_and_key()).and_then(|origin| origin.split_once("://"));
        host.is_some_and(|(_, host)| {
            !host.contains(|c: char| c.is_control() || c.is_whitespace() || matches!(c, '/' | '\\'))
        })
    }

    fn room_and_key(&self) -> String {
        let (room, secret, host) = (self.room.to_text(), encode(&self.secret.0), self.host.to_text());
        format!("/j/{room}#{LINK_VERSION}.{secret}.{host}")
    }

    /// An app link has no room for the scheme: loopback and private addresses have no certificate, all others must.
    fn scheme_for_app_link(rest: &str) -> &'static str {
        let probe = Url::parse(&format!("http://{rest}"));
        let private = probe.as_ref().ok().and_then(Url::host).is_some_and(|host| match host {
            url::Host::Ipv4(a) => a.is_loopback() || a.is_private() || a.is_link_local(),
            url::Host::Ipv6(a) => a.is_loopback() || a.is_unique_local() || a.is_unicast_link_local(),
            url::Host::Domain(name) => name == "localhost" || name.ends_with(".local"),
        });
        if private { "http" } else { "https" }
    }

    /// The link to hand to people: `http(s)://HOST[:PORT]/j/R#1.S.H`.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}{}", self.server, self.room_and_key())
    }
}
