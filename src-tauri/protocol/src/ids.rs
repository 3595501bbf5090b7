//! Identifiers. All travel as base64url text.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::TS;

use crate::bytes::{InvalidBase64Url, decode_exact, encode};

macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $length:literal, $debug:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, TS)]
        #[ts(type = "string")]
        pub struct $name(pub [u8; $length]);

        impl $name {
            /// The id's base64url text.
            #[must_use]
            pub fn to_text(self) -> String {
                encode(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidBase64Url;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                decode_exact(text).map(Self)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let debug: fn(&Self) -> String = $debug;
                f.write_str(&debug(self))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.to_text())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

byte_id!(
    /// A room, as its server knows it: R of the invite link, 16 bytes derived from the link's secret.
    RoomId, 16, |id| format!("RoomId({})", id.to_text())
);
byte_id!(
    /// One participant's presence in a room, drawn by the server at the first hello; kept over a resume.
    ParticipantId, 16, |id| format!("ParticipantId({})", &id.to_text()[..6])
);
byte_id!(
    /// Proof of having been a participant before: lets a dropped client take its place again. A secret between
    /// one client and the server.
    ResumeToken, 16, |_| "ResumeToken(…)".into()
);
byte_id!(
    /// H of the invite link: the first 16 bytes of SHA-256 of the room creator's Ed25519 public key.
    HostKeyHash, 16, |id| format!("HostKeyHash({})", id.to_text())
);

byte_id!(
    /// A device's Ed25519 public key (RFC 8032), 32 bytes, as somebody wrote it: whether it is a key at all is for
    /// cryptography to say.
    DevicePublicKey, 32, |id| format!("DevicePublicKey({})", &id.to_text()[..6])
);
byte_id!(
    /// An Ed25519 signature (RFC 8032), 64 bytes, unchecked.
    DeviceSignature, 64, |_| "DeviceSignature(…)".into()
);

/// A room, as its server tells it from others: whoever claims another host is in another room. The server learns of
/// both no more than that they are the same for all who hold one link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomAddress {
    /// R of the link.
    pub room: RoomId,
    /// H of the link.
    pub host: HostKeyHash,
}

/// When a participant came into the room: smaller came earlier. Ties (possible after a server restarted empty) are
/// settled by the participant's id, so any two participants agree who joined later, which is who offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct JoinOrder(pub u32);

/// Which attempt at a link between two participants: the offerer counts up at each rebuild, so that what belongs to
/// an earlier attempt can be told and dropped. Zero stands for "none yet".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinkGeneration(pub u32);

impl LinkGeneration {
    /// The generation after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// Which offer of an attempt: the first opens the link, each further one restarts ICE, whether or not the one before was
/// answered. An answer names its offer, so that one which comes late isn't taken for the latest one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OfferRound(pub u32);

impl OfferRound {
    /// The offer that opens a link.
    pub const FIRST: Self = Self(1);

    /// The round after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}
