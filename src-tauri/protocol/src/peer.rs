//! What two participants say to each other on the link's `control` channel, once it is up.

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;
use ts_rs::TS;

use crate::bytes::BoundedBytes;
use crate::line::{MediaState, TileSize, VideoLine};

/// The longest control message that is read, in bytes.
pub const MAX_PEER_MESSAGE_LENGTH: usize = 16 * 1024;
/// The longest name, in characters.
pub const MAX_NAME_CHARACTERS: usize = 64;

/// Bytes of the key agreement; in JSON they fit in a control message.
pub type Told = BoundedBytes<{ 8 * 1024 }>;

/// What somebody is in a room with, as they say: nothing proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ClientKind {
    /// The app.
    App,
    /// A page in a browser. Whoever is in it trusts the server that the page came from.
    Browser,
    /// The same in a browser that can neither show nor send pictures, as it has no H.264.
    BrowserWithoutVideo,
}

/// One control message from participant to participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PeerMessage {
    /// Who I am; sent when the channel opens and at each change.
    Profile {
        /// The sender's name.
        name: DisplayName,
        /// What they are in the room with.
        client: ClientKind,
    },
    /// What I send; sent when the channel opens and at each change.
    MediaState {
        /// Every line's state.
        state: MediaState,
    },
    /// How large I draw your picture; the sender chooses the layer that fits.
    WantVideo {
        /// Which of your lines.
        line: VideoLine,
        /// How large, in device pixels.
        size: TileSize,
    },
    /// What the room's host has said, for who hasn't heard it: no server can keep it back here.
    Statements {
        /// Signed statements as the key agreement packs them.
        #[ts(type = "string")]
        packed: Told,
    },
    /// The secret of an epoch of the room.
    Epoch {
        /// Its number and secret, as the key agreement writes them.
        #[ts(type = "string")]
        told: Told,
    },
    /// I am leaving; close the link without waiting for it to fail.
    Bye,
}

/// Why a control message from another participant was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PeerMessageError {
    /// Longer than [`MAX_PEER_MESSAGE_LENGTH`].
    #[error("the message is too long")]
    TooLong,
    /// Not JSON of a known message.
    #[error("unreadable message")]
    Malformed,
}

impl PeerMessage {
    /// Reads a message that a participant sent; hostile until proven otherwise.
    ///
    /// # Errors
    /// [`PeerMessageError`] when it is too long or unreadable.
    pub fn from_json(bytes: &[u8]) -> Result<Self, PeerMessageError> {
        if bytes.len() > MAX_PEER_MESSAGE_LENGTH {
            return Err(PeerMessageError::TooLong);
        }
        serde_json::from_slice(bytes).map_err(|_| PeerMessageError::Malformed)
    }

    /// The JSON to send.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Serialising strings and numbers into memory has no failure.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// A participant's name: 1 to [`MAX_NAME_CHARACTERS`] characters, no control or direction-changing ones, no white
/// space around it. Whoever receives one applies the same rule again, so a hostile name can't break a page or a log.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(transparent)]
pub struct DisplayName(String);

impl DisplayName {
    /// What is left of `text` under the rule; "Someone" when nothing is.
    #[must_use]
    pub fn from_untrusted(text: &str) -> Self {
        let shown = |c: &char| {
            !c.is_control()
                && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        };
        let name: String = text.trim().chars().filter(shown).take(MAX_NAME_CHARACTERS).collect();
        let name = name.trim();
        Self(if name.is_empty() { "Someone".to_owned() } else { name.to_owned() })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for DisplayName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from_untrusted(&<std::borrow::Cow<'de, str>>::deserialize(deserializer)?))
    }
}
